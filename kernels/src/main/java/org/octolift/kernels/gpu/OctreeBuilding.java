package org.octolift.kernels.gpu;

import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The steps that build an octree on the device from sorted keys ([RadixSort]), with [Scan]
/// between them. From the leaves up, each level is the same three steps: mark where a new key
/// begins, scan the marks, write the distinct keys; then the children of the level above.
public final class OctreeBuilding {
  private OctreeBuilding() {}

  /// Keys of points in their tree, and the points' numbers.
  ///
  /// @param keys written, (capacity)
  /// @param points written, (capacity)
  /// @param xyz not modified, (capacity, 3), each in -1..1
  /// @param trees not modified, (capacity): the tree of each point
  public static void pointKeys(
      LongArray keys,
      IntArray points,
      FloatArray xyz,
      IntArray trees,
      IntArray counts,
      int slot,
      int capacity,
      int depth) {
    for (@Parallel int i = 0; i < capacity; i++) {
      if (i < counts.get(slot)) {
        long key =
            OctreeKeys.ofPoint(xyz.get(3 * i), xyz.get(3 * i + 1), xyz.get(3 * i + 2), depth);
        keys.set(i, OctreeKeys.addBatch(key, trees.get(i)));
        points.set(i, i);
      }
    }
  }

  /// Marks the first of equal keys with 1, others and what lies behind the count with 0.
  ///
  /// @param marks written, (capacity)
  /// @param keys not modified, sorted
  /// @param shift bits of the position that are left out of the comparison: 3 for parents, else 0
  public static void markFirst(
      IntArray marks, LongArray keys, IntArray counts, int slot, int capacity, int shift) {
    for (@Parallel int i = 0; i < capacity; i++) {
      int mark = 0;
      if (i < counts.get(slot)) {
        mark = 1;
        if (i > 0) {
          mark = keys.get(i) >> shift == keys.get(i - 1) >> shift ? 0 : 1;
        }
      }
      marks.set(i, mark);
    }
  }

  /// The distinct keys, where they start, and how many there are.
  ///
  /// @param distinct written, (capacity): keys of nodes; of their parents if {@code shift} is 3
  /// @param starts written, (capacity + 1): first of the equal keys; behind the last one the count
  /// @param keys not modified, sorted
  /// @param numbers not modified, (capacity): prefix sums of the marks
  /// @param counts updated: {@code distinctSlot}
  public static void distinct(
      LongArray distinct,
      IntArray starts,
      LongArray keys,
      IntArray numbers,
      IntArray counts,
      int slot,
      int distinctSlot,
      int capacity,
      int shift) {
    for (@Parallel int i = 0; i < capacity; i++) {
      int count = counts.get(slot);
      if (i == 0 && count == 0) {
        counts.set(distinctSlot, 0);
      }
      if (i < count) {
        long key = keys.get(i);
        boolean first = i == 0 || key >> shift != keys.get(i - 1) >> shift;
        if (first) {
          distinct.set(numbers.get(i), shift == 0 ? key : OctreeKeys.parent(key));
          starts.set(numbers.get(i), i);
        }
        if (i == count - 1) {
          int all = numbers.get(i) + (first ? 1 : 0);
          starts.set(all, count);
          counts.set(distinctSlot, all);
        }
      }
    }
  }

  /// Children of the non-empty nodes of the level above: for each of their 8 nodes its number among
  /// the non-empty ones, or -1; and the inverse.
  ///
  /// @param children written, (8·capacity of parents)
  /// @param nodes written, (capacity): the node of each non-empty node
  /// @param keys not modified, (capacity): keys of the level's non-empty nodes, sorted
  /// @param parents not modified, (capacity of parents + 1): where each parent's nodes start, from
  ///     [#distinct]
  /// @param slot the number of parents
  public static void children(
      IntArray children,
      IntArray nodes,
      LongArray keys,
      IntArray parents,
      IntArray counts,
      int slot,
      int capacity) {
    for (@Parallel int parent = 0; parent < capacity; parent++) {
      if (parent < counts.get(slot)) {
        for (int sibling = 0; sibling < 8; sibling++) {
          children.set(8 * parent + sibling, -1);
        }
        for (int i = parents.get(parent); i < parents.get(parent + 1); i++) {
          int node = 8 * parent + (int) (keys.get(i) & 7);
          children.set(node, i);
          nodes.set(i, node);
        }
      }
    }
  }

  /// Children of a level that has all its nodes, each tree's in the order of their keys: for each
  /// node its number among the non-empty ones, or -1; and the inverse.
  ///
  /// @param children written, (trees·8^depth)
  /// @param nodes written, (capacity): the node of each non-empty node
  /// @param keys not modified, (capacity): keys of the non-empty nodes, sorted
  /// @param slot the number of non-empty nodes
  public static void allChildren(
      IntArray children,
      IntArray nodes,
      LongArray keys,
      IntArray counts,
      int slot,
      int capacity,
      int depth) {
    for (@Parallel int i = 0; i < capacity; i++) {
      int count = counts.get(slot);
      if (i < count) {
        int node = node(keys.get(i), depth);
        int first = i > 0 ? node(keys.get(i - 1), depth) + 1 : 0;
        for (int empty = first; empty < node; empty++) {
          children.set(empty, -1);
        }
        children.set(node, i);
        nodes.set(i, node);
        if (i == count - 1) {
          for (int empty = node + 1; empty < children.getSize(); empty++) {
            children.set(empty, -1);
          }
        }
      }
    }
  }

  private static int node(long key, int depth) {
    return (OctreeKeys.batch(key) << (3 * depth)) + (int) (key & OctreeKeys.POSITION_MASK);
  }

  /// The mean of the points' rows in each leaf, summed in the order of the points.
  ///
  /// @param means written, (leaves, channels)
  /// @param x not modified, (points, channels)
  /// @param points not modified: the points in the order of their keys
  /// @param starts not modified, (leaves + 1)
  /// @param slot the number of leaves
  public static void leafMeans(
      FloatArray means,
      FloatArray x,
      IntArray points,
      IntArray starts,
      IntArray counts,
      int slot,
      int capacity,
      int channels) {
    for (@Parallel int leaf = 0; leaf < capacity; leaf++) {
      for (@Parallel int channel = 0; channel < channels; channel++) {
        if (leaf < counts.get(slot)) {
          int from = starts.get(leaf);
          int to = starts.get(leaf + 1);
          float sum = 0;
          for (int i = from; i < to; i++) {
            sum += x.get(points.get(i) * channels + channel);
          }
          means.set(leaf * channels + channel, sum / (to - from));
        }
      }
    }
  }
}
