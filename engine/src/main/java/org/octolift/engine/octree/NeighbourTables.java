package org.octolift.engine.octree;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.OctreeNeighbourKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The index tables of an octree, computed when first asked for and kept. All derive from the 27
/// neighbours among the non-empty nodes one level up, and those from the level above.
final class NeighbourTables {
  private static final int GRAIN = 1 << 12;
  private static final int OFFSETS = 27;
  private static final int CENTRE = 13;
  private static final int GROUP_ENTRIES = 64;
  private static final Map<KernelShape, IntArray> SHAPES = shapes();

  private final Octree octree;
  private final Workers workers;
  private final IntArray[] neighbours;
  private final IntArray[] nodes;
  private final IntArray[] groups;
  private final Map<Relation, IntArray> others = new HashMap<>();

  NeighbourTables(Octree octree, Workers workers) {
    this.octree = octree;
    this.workers = workers;
    this.neighbours = new IntArray[octree.depth() + 1];
    this.nodes = new IntArray[octree.depth() + 1];
    this.groups = new IntArray[octree.depth() + 1];
  }

  /// The table of a relation: (output rows, offsets).
  IntArray table(Relation relation) {
    if (relation.depth() > octree.depth()) {
      throw new IllegalArgumentException(
          "%s of an octree of depth %d".formatted(relation, octree.depth()));
    }
    Relation key = relation.table();
    if (key.stride() == 1 && key.nonEmpty()) {
      return neighbours(key.depth());
    }
    IntArray table = others.get(key);
    if (table == null) {
      table = compute(key);
      others.put(key, table);
    }
    return table;
  }

  /// Node of each non-empty node at depth {@code d}.
  IntArray nodes(int d) {
    if (nodes[d] == null) {
      IntArray children = octree.children(d);
      IntArray inverse = new IntArray(octree.nonEmpty(d));
      workers.parallel(
          children.getSize(),
          GRAIN,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              int child = children.get(i);
              if (child >= 0) {
                inverse.set(child, i);
              }
            }
          });
      nodes[d] = inverse;
    }
    return nodes[d];
  }

  /// The 64 neighbours of each sibling group at depth {@code d} ≥ 1.
  IntArray groups(int d) {
    if (groups[d] == null) {
      IntArray parents = neighbours(d - 1);
      IntArray table = table(octree.nonEmpty(d - 1), GROUP_ENTRIES);
      workers.parallel(
          octree.nonEmpty(d - 1),
          GRAIN,
          (from, to) -> {
            for (int row = from; row < to; row++) {
              OctreeNeighbourKernels.groupRow(table, parents, row);
            }
          });
      groups[d] = table;
    }
    return groups[d];
  }

  private IntArray neighbours(int d) {
    if (neighbours[d] == null) {
      neighbours[d] = d == 0 ? roots() : nextNeighbours(d, neighbours(d - 1));
    }
    return neighbours[d];
  }

  private IntArray roots() {
    IntArray table = table(octree.batchSize(), OFFSETS);
    table.init(-1);
    for (int tree = 0; tree < octree.batchSize(); tree++) {
      table.set(OFFSETS * tree + CENTRE, tree);
    }
    return table;
  }

  private IntArray nextNeighbours(int d, IntArray parents) {
    IntArray children = octree.children(d);
    IntArray inverse = nodes(d);
    IntArray table = table(octree.nonEmpty(d), OFFSETS);
    workers.parallel(
        octree.nonEmpty(d),
        GRAIN,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            OctreeNeighbourKernels.nonEmptyRow(table, parents, children, inverse, row);
          }
        });
    return table;
  }

  private IntArray compute(Relation relation) {
    int d = relation.depth();
    int size = relation.shape().size();
    IntArray parents = neighbours(d - 1);
    IntArray offsets = SHAPES.get(relation.shape());
    IntArray children = octree.children(d);
    int nonEmpty = relation.nonEmpty() ? 1 : 0;
    if (relation.stride() == 1) {
      IntArray table = table(octree.nodes(d), OFFSETS);
      workers.parallel(
          octree.nodes(d),
          GRAIN,
          (from, to) -> {
            for (int row = from; row < to; row++) {
              OctreeNeighbourKernels.allRow(table, parents, row);
            }
          });
      return table;
    }
    if (!relation.transposed()) {
      if (relation.shape() == KernelShape.K222 && relation.nonEmpty()) {
        return children; // the offsets of this shape are the siblings, in their order
      }
      IntArray table = table(octree.nonEmpty(d - 1), size);
      workers.parallel(
          octree.nonEmpty(d - 1),
          GRAIN,
          (from, to) -> {
            for (int row = from; row < to; row++) {
              OctreeNeighbourKernels.downRow(table, parents, children, offsets, nonEmpty, row);
            }
          });
      return table;
    }
    IntArray inverse = relation.nonEmpty() ? nodes(d) : null;
    int rows = relation.nonEmpty() ? octree.nonEmpty(d) : octree.nodes(d);
    IntArray table = table(rows, size);
    workers.parallel(
        rows,
        GRAIN,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int node = inverse == null ? row : inverse.get(row);
            OctreeNeighbourKernels.upRow(table, parents, offsets, node, row);
          }
        });
    return table;
  }

  private static IntArray table(int rows, int columns) {
    return new IntArray(Math.multiplyExact(rows, columns));
  }

  private static Map<KernelShape, IntArray> shapes() {
    Map<KernelShape, IntArray> shapes = new EnumMap<>(KernelShape.class);
    for (KernelShape shape : KernelShape.values()) {
      IntArray offsets = new IntArray(shape.size());
      for (int k = 0; k < shape.size(); k++) {
        offsets.set(k, shape.offset(k));
      }
      shapes.put(shape, offsets);
    }
    return shapes;
  }
}
