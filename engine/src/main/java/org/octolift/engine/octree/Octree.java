package org.octolift.engine.octree;

import java.util.Objects;
import org.octolift.kernels.OctreeKeys;
import org.octolift.kernels.OctreeQueryKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// An octree, or several merged into one. At each depth nodes are numbered in the order of their
/// keys, tree after tree. Non-empty nodes have a number of their own, and the eight children of
/// non-empty node t are nodes 8t..8t+7 one level down; so the keys of the non-empty nodes and the
/// map from nodes to them describe the whole structure.
///
/// Matrices are (rows, channels) row-major. Immutable by contract: nobody writes to an array that
/// an octree returns.
public final class Octree {
  /// The arrays of one depth.
  ///
  /// @param keys shuffled keys of the non-empty nodes, ascending
  /// @param children a node's number among the non-empty nodes, or -1
  /// @param feature rows of features, or null
  /// @param labels rows of labels, or null
  /// @param splits split labels of all nodes, or null
  record Level(
      LongArray keys, IntArray children, FloatArray feature, IntArray labels, IntArray splits) {}

  private final OctreeOptions options;
  private final FileTraits traits;
  private final int batchSize;
  private final int channels;
  private final boolean dense;
  private final Level[] levels;

  /// @param channels number of feature channels
  /// @param dense whether features and labels have a row for every node or for the non-empty nodes
  /// alone, in which case the others' are 0 and -1
  Octree(
      OctreeOptions options,
      FileTraits traits,
      int batchSize,
      int channels,
      boolean dense,
      Level[] levels) {
    this.options = Objects.requireNonNull(options, "options");
    this.traits = traits;
    this.batchSize = batchSize;
    this.channels = channels;
    this.dense = dense;
    this.levels = levels;
  }

  /// How it was built.
  public OctreeOptions options() {
    return options;
  }

  /// Depth of the finest voxels.
  public int depth() {
    return options.depth();
  }

  /// Down to this depth all nodes exist.
  public int fullDepth() {
    return options.fullDepth();
  }

  /// Number of trees.
  public int batchSize() {
    return batchSize;
  }

  /// Number of feature channels; 0 without features.
  public int channels() {
    return channels;
  }

  /// Number of nodes at depth {@code d}.
  public int nodes(int d) {
    return level(d).children.getSize();
  }

  /// Number of non-empty nodes at depth {@code d}.
  public int nonEmpty(int d) {
    return level(d).keys.getSize();
  }

  /// Shuffled keys of all nodes at depth {@code d}, ascending; computed by the call.
  public LongArray keys(int d) {
    LongArray result = new LongArray(nodes(d));
    if (d == 0) {
      for (int i = 0; i < batchSize; i++) {
        result.set(i, OctreeKeys.addBatch(0, i));
      }
      return result;
    }
    LongArray parents = level(d - 1).keys;
    for (int i = 0; i < result.getSize(); i++) {
      result.set(i, OctreeKeys.child(parents.get(i >> 3), i & 7));
    }
    return result;
  }

  /// Shuffled keys of the non-empty nodes at depth {@code d}, ascending.
  public LongArray nonEmptyKeys(int d) {
    return level(d).keys;
  }

  /// For each node at depth {@code d} its number among the non-empty nodes, or -1.
  public IntArray children(int d) {
    return level(d).children;
  }

  /// Whether nodes at depth {@code d} have features.
  public boolean hasFeature(int d) {
    return level(d).feature != null;
  }

  /// Whether nodes at depth {@code d} have labels.
  public boolean hasLabels(int d) {
    return level(d).labels != null;
  }

  /// Features of all nodes at depth {@code d}, (nodes, channels).
  public FloatArray feature(int d) {
    FloatArray values = present(level(d).feature, "features", d);
    if (dense) {
      return values;
    }
    IntArray children = children(d);
    FloatArray result = new FloatArray(Math.multiplyExact(nodes(d), channels));
    for (int i = 0; i < children.getSize(); i++) {
      if (children.get(i) >= 0) {
        copyRow(values, children.get(i), result, i, channels);
      }
    }
    return result;
  }

  /// Features of the non-empty nodes at depth {@code d}, (non-empty nodes, channels).
  public FloatArray nonEmptyFeature(int d) {
    FloatArray values = present(level(d).feature, "features", d);
    if (!dense) {
      return values;
    }
    IntArray children = children(d);
    FloatArray result = new FloatArray(Math.multiplyExact(nonEmpty(d), channels));
    for (int i = 0; i < children.getSize(); i++) {
      if (children.get(i) >= 0) {
        copyRow(values, i, result, children.get(i), channels);
      }
    }
    return result;
  }

  /// Labels of all nodes at depth {@code d}; -1 = none.
  public IntArray labels(int d) {
    IntArray values = present(level(d).labels, "labels", d);
    if (dense) {
      return values;
    }
    IntArray children = children(d);
    IntArray result = new IntArray(nodes(d));
    for (int i = 0; i < children.getSize(); i++) {
      int row = children.get(i);
      result.set(i, row < 0 ? -1 : values.get(row));
    }
    return result;
  }

  /// Labels of the non-empty nodes at depth {@code d}; -1 = none.
  public IntArray nonEmptyLabels(int d) {
    IntArray values = present(level(d).labels, "labels", d);
    if (!dense) {
      return values;
    }
    IntArray children = children(d);
    IntArray result = new IntArray(nonEmpty(d));
    for (int i = 0; i < children.getSize(); i++) {
      if (children.get(i) >= 0) {
        result.set(children.get(i), values.get(i));
      }
    }
    return result;
  }

  /// Split labels of all nodes at depth {@code d}: 0 = empty, 1 = has children, 2 = adaptive leaf.
  public IntArray splits(int d) {
    return present(level(d).splits, "split labels", d);
  }

  /// Whether nodes have split labels.
  public boolean hasSplits() {
    return levels[0].splits != null;
  }

  /// Numbers of the nodes with the given shuffled keys at depth {@code d}, or -1: among the
  /// non-empty nodes or among all nodes.
  public IntArray search(LongArray keys, int d, boolean nonEmpty) {
    boolean exact = nonEmpty || d == 0;
    LongArray sorted = level(exact ? d : d - 1).keys;
    IntArray result = new IntArray(keys.getSize());
    for (int i = 0; i < keys.getSize(); i++) {
      result.set(i, OctreeQueryKernels.node(sorted, sorted.getSize(), exact ? 1 : 0, keys.get(i)));
    }
    return result;
  }

  FileTraits traits() {
    return traits;
  }

  boolean dense() {
    return dense;
  }

  Level level(int d) {
    return levels[Objects.checkIndex(d, levels.length)];
  }

  private static <T> T present(T values, String what, int d) {
    if (values == null) {
      throw new IllegalStateException("the octree has no %s at depth %d".formatted(what, d));
    }
    return values;
  }

  private static void copyRow(
      FloatArray from, int fromRow, FloatArray to, int toRow, int channels) {
    for (int c = 0; c < channels; c++) {
      to.set(toRow * channels + c, from.get(fromRow * channels + c));
    }
  }
}
