package org.octolift.engine.octree;

import java.util.List;
import java.util.Objects;
import org.octolift.engine.Rows;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.OctreeQueryKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The octrees of one step, merged, with everything that networks look up in them. Tables are
/// computed in parallel when first asked for and kept; nobody writes to a returned array.
///
/// Calls may come from several threads, but all compute on the workers given at construction: a
/// loader that hands a batch to another thread first [prepares][#prepare] what will be asked for.
public final class OctreeBatch {
  private static final int GRAIN = 1 << 12;

  private final Octree octree;
  private final Workers workers;
  private final NeighbourTables tables;
  private FloatArray feature;
  private FloatArray nodeFeature;
  private IntArray labels;

  private OctreeBatch(Octree octree, Workers workers) {
    this.octree = Objects.requireNonNull(octree, "octree");
    this.workers = Objects.requireNonNull(workers, "workers");
    this.tables = new NeighbourTables(octree, workers);
  }

  /// A batch of octrees of the same options and signals, in their order.
  ///
  /// @throws org.octolift.engine.InputException if options or signals differ
  public static OctreeBatch merge(List<Octree> octrees, Workers workers) {
    return new OctreeBatch(OctreeMerge.merge(octrees, workers), workers);
  }

  /// A batch of the trees that an octree already holds.
  public static OctreeBatch of(Octree octree, Workers workers) {
    return new OctreeBatch(octree, workers);
  }

  /// The merged octree.
  public Octree octree() {
    return octree;
  }

  /// Depth of the finest voxels.
  public int depth() {
    return octree.depth();
  }

  /// Number of trees.
  public int batchSize() {
    return octree.batchSize();
  }

  /// The number that a symbol stands for; points are not part of the octrees, so their symbol has
  /// none here.
  public int rows(Rows rows) {
    return switch (rows.kind()) {
      case NODES -> octree.nodes(rows.value());
      case NON_EMPTY -> octree.nonEmpty(rows.value());
      case BATCH -> octree.batchSize();
      case FIXED -> rows.value();
      case POINTS -> throw new IllegalArgumentException("an octree batch does not count points");
    };
  }

  /// The table of {@code relation.table()}: input rows by output row and column, -1 = none; read
  /// offset k of the relation in column {@code relation.column(k)}.
  public synchronized IntArray table(Relation relation) {
    return tables.table(relation);
  }

  /// Computes tables ahead of their use.
  public void prepare(Iterable<Relation> relations) {
    for (Relation relation : relations) {
      table(relation);
    }
  }

  /// Neighbours of the sibling groups at depth {@code d} ≥ 1, (nodes / 8, 64): entry
  /// `x << 4 | y << 2 | z` is the node at -1..+2 from sibling 0, or -1.
  public synchronized IntArray siblingNeighbours(int d) {
    return tables.groups(d);
  }

  /// The node of each non-empty node at depth {@code d}: the inverse of [#children].
  public synchronized IntArray nonEmptyNodes(int d) {
    return tables.nodes(d);
  }

  /// Each node's number among the non-empty nodes at depth {@code d}, or -1.
  public IntArray children(int d) {
    return octree.children(d);
  }

  /// Number of feature channels.
  public int channels() {
    return octree.channels();
  }

  /// Features of the non-empty leaves, (non-empty nodes, channels).
  public synchronized FloatArray feature() {
    if (feature == null) {
      feature = octree.nonEmptyFeature(depth());
    }
    return feature;
  }

  /// Features of all leaves, (nodes, channels).
  public synchronized FloatArray nodeFeature() {
    if (nodeFeature == null) {
      nodeFeature = octree.feature(depth());
    }
    return nodeFeature;
  }

  /// Labels of the non-empty leaves; -1 = none.
  public synchronized IntArray labels() {
    if (labels == null) {
      labels = octree.nonEmptyLabels(depth());
    }
    return labels;
  }

  /// The voxel at depth {@code d} that holds each point, numbered among the non-empty nodes or all
  /// nodes; -1 if there is none or the point lies outside the cube -1 ≤ p < 1.
  ///
  /// @param xyz coordinates, (N, 3)
  /// @param trees tree of each point, (N); in one that the batch lacks nothing is found
  public IntArray nearest(float[] xyz, int[] trees, int d, boolean nonEmpty) {
    requirePoints(xyz, trees);
    FloatArray points = FloatArray.fromArray(xyz);
    IntArray treeOf = IntArray.fromArray(trees);
    boolean exact = nonEmpty || d == 0;
    LongArray keys = octree.nonEmptyKeys(exact ? d : d - 1);
    int count = keys.getSize();
    IntArray index = new IntArray(trees.length);
    workers.parallel(
        trees.length,
        GRAIN,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            OctreeQueryKernels.nearestRow(
                index, points, treeOf, keys, count, d, exact ? 1 : 0, row);
          }
        });
    return index;
  }

  /// The voxels at depth {@code d} around each point and their trilinear weights, numbered among
  /// the non-empty nodes or all nodes. Corners outside the grid do not exist.
  ///
  /// @param xyz coordinates, (N, 3)
  /// @param trees tree of each point, (N); in one that the batch lacks nothing is found
  public LinearWeights linear(float[] xyz, int[] trees, int d, boolean nonEmpty) {
    requirePoints(xyz, trees);
    FloatArray points = FloatArray.fromArray(xyz);
    IntArray treeOf = IntArray.fromArray(trees);
    boolean exact = nonEmpty || d == 0;
    LongArray keys = octree.nonEmptyKeys(exact ? d : d - 1);
    int count = keys.getSize();
    IntArray index = new IntArray(Math.multiplyExact(8, trees.length));
    FloatArray weights = new FloatArray(index.getSize());
    workers.parallel(
        trees.length,
        GRAIN,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            OctreeQueryKernels.linearRow(
                index, weights, points, treeOf, keys, count, d, exact ? 1 : 0, row);
          }
        });
    return new LinearWeights(index, weights);
  }

  private void requirePoints(float[] xyz, int[] trees) {
    if (xyz.length != 3 * trees.length) {
      throw new IllegalArgumentException(
          "%d points need %d coordinates, got %d"
              .formatted(trees.length, 3 * trees.length, xyz.length));
    }
    for (int tree : trees) {
      Objects.checkIndex(tree, OctreeMerge.MAX_TREES);
    }
  }
}
