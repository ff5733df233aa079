package org.octolift.kernels.gpu;

import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The nodes of all octrees of a batch at once, from points on the device. The points' keys, with
/// the number of their tree in front, are sorted once at the finest depth ([RadixSort]): so are the
/// nodes of every depth, tree after tree. A point begins a node at a depth where its key, without
/// the digits of finer depths, differs from that before it. These marks of all levels, level after
/// level, are scanned together ([Scan]), and from the sums every level is written by itself.
///
/// A level's number is its depth less the full depth; its prefix sums begin at `level · pitch`.
/// One work-item an element; whatever lies behind a count is left alone. Unlike those of
/// [OctreeKeys], keys are compact: `tree << 3 · depth | position`.
public final class OctreeBuilding {
  /// Work-items of a group.
  public static final int THREADS = 256;

  private OctreeBuilding() {}

  /// Keys of points in their tree, and the points' numbers.
  ///
  /// @param keys written, (points)
  /// @param points written, (points)
  /// @param found slot {@code rejected} is set to 1 if a point lies outside the cube -1 ≤ p < 1 or
  ///     is not a number
  /// @param xyz not modified, (points, 3)
  /// @param scans not modified, (trees + 1): where each tree's points begin
  /// @param slot the number of points
  /// @param trees slot of the number of trees
  public static void pointKeys(
      KernelContext context,
      LongArray keys,
      IntArray points,
      IntArray found,
      FloatArray xyz,
      IntArray scans,
      int slot,
      int trees,
      int rejected,
      int depth) {
    int i = context.globalIdx;
    if (i < found.get(slot)) {
      float x = xyz.get(3 * i);
      float y = xyz.get(3 * i + 1);
      float z = xyz.get(3 * i + 2);
      float least = x < y ? x : y;
      least = least < z ? least : z;
      // Not a number is below nothing: all three must be seen to be below 1.
      int below = (x < 1 ? 1 : 0) + (y < 1 ? 1 : 0) + (z < 1 ? 1 : 0);
      if (below < 3 || least < -1) {
        found.set(rejected, 1);
      }
      long key = OctreeKeys.ofPoint(x, y, z, depth);
      keys.set(i, key | (long) tree(scans, found.get(trees), i) << (3 * depth));
      points.set(i, i);
    }
  }

  /// The tree of a point: the last one that begins at it or before and is not empty.
  private static int tree(IntArray scans, int trees, int point) {
    int low = 0;
    int high = trees;
    while (low + 1 < high) {
      int middle = (low + high) / 2;
      if (scans.get(middle) > point) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low;
  }

  /// Marks, for every level, the points that begin a node with 1, all else with 0.
  ///
  /// @param marks written, (levels · pitch + 1), a level's after the other's, and a last 0
  /// @param keys not modified, sorted
  /// @param slot the number of points
  /// @param pitch from a level to the next, at least the number of points
  public static void marks(
      KernelContext context,
      IntArray marks,
      LongArray keys,
      IntArray found,
      int slot,
      int pitch,
      int levels) {
    int i = context.globalIdx;
    if (i < levels * pitch + 1) {
      int level = i / pitch;
      int point = i - level * pitch;
      int mark = 0;
      if (level < levels && point < found.get(slot)) {
        mark = 1;
        if (point > 0) {
          int shift = 3 * (levels - 1 - level);
          mark = keys.get(point) >> shift == keys.get(point - 1) >> shift ? 0 : 1;
        }
      }
      marks.set(i, mark);
    }
  }

  /// The numbers of nodes, by one work-item: slot d for the non-empty ones at depth d, slot
  /// depth + 1 + d for all, the other slots behind them. If something was rejected or does not fit,
  /// later kernels shall do nothing: they get counts of 0.
  ///
  /// @param found updated: the levels from {@code fullDepth} on
  /// @param counts written, (slots): {@code found}, or zeros
  /// @param sums not modified, (levels · pitch + 1): prefix sums of the marks
  /// @param capacities not modified, (slots): the most that each may be
  public static void counts(
      KernelContext context,
      IntArray found,
      IntArray counts,
      IntArray sums,
      IntArray capacities,
      int pitch,
      int fullDepth,
      int depth,
      int slots) {
    if (context.globalIdx == 0) {
      for (int d = fullDepth; d < depth + 1; d++) {
        int level = d - fullDepth;
        int nodes = sums.get((level + 1) * pitch) - sums.get(level * pitch);
        found.set(d, nodes);
        if (d < depth) {
          found.set(depth + 2 + d, 8 * nodes);
        }
      }
      int unfit = 0;
      for (int i = 0; i < slots; i++) {
        unfit += found.get(i) > capacities.get(i) ? 1 : 0;
      }
      for (int i = 0; i < slots; i++) {
        counts.set(i, unfit > 0 ? 0 : found.get(i));
      }
    }
  }

  /// The numbers from 0 on: nodes and children of a level that all its nodes belong to.
  ///
  /// @param numbers written, (rows)
  /// @param slot not modified, (1): the slot of the number of rows
  public static void sequence(
      KernelContext context, IntArray numbers, IntArray counts, IntArray slot) {
    int i = context.globalIdx;
    if (i < counts.get(slot.get(0))) {
      numbers.set(i, i);
    }
  }

  /// All nodes are empty at first.
  ///
  /// @param children written, (nodes): -1
  /// @param slot not modified, (1): the slot of the number of nodes
  public static void noChildren(
      KernelContext context, IntArray children, IntArray counts, IntArray slot) {
    int i = context.globalIdx;
    if (i < counts.get(slot.get(0))) {
      children.set(i, -1);
    }
  }

  /// The non-empty nodes of a level: a node's place among all nodes is its own among its siblings,
  /// which come in the order of their parents; at level 0 it is its key.
  ///
  /// @param children written, (nodes), where there are points: the node's number among the
  ///     non-empty ones
  /// @param nodes written, (non-empty nodes): the inverse
  /// @param keys not modified, sorted
  /// @param sums not modified, (levels · pitch + 1): prefix sums of the marks
  /// @param sizes not modified, (4): the slot of the number of points, pitch, level, levels
  public static void level(
      KernelContext context,
      IntArray children,
      IntArray nodes,
      LongArray keys,
      IntArray sums,
      IntArray counts,
      IntArray sizes) {
    int i = context.globalIdx;
    int pitch = sizes.get(1);
    int level = sizes.get(2);
    int levels = sizes.get(3);
    if (i < counts.get(sizes.get(0))) {
      int sum = sums.get(level * pitch + i);
      if (sums.get(level * pitch + i + 1) > sum) {
        int number = sum - sums.get(level * pitch);
        int node = (int) (keys.get(i) >> (3 * (levels - 1 - level)));
        if (level > 0) {
          node = 8 * number(sums, pitch, level - 1, i) + (node & 7);
        }
        children.set(node, number);
        nodes.set(number, node);
      }
    }
  }

  /// The number, among the non-empty nodes of a level, of the node that holds a sorted point.
  private static int number(IntArray sums, int pitch, int level, int i) {
    return sums.get(level * pitch + i + 1) - sums.get(level * pitch) - 1;
  }

  /// Keys of the non-empty nodes of a level, as [OctreeKeys] has them.
  ///
  /// @param nodeKeys written, (non-empty nodes)
  /// @param keys not modified, sorted
  /// @param sums not modified, (levels · pitch + 1): prefix sums of the marks
  /// @param slot the number of points
  public static void levelKeys(
      KernelContext context,
      LongArray nodeKeys,
      LongArray keys,
      IntArray sums,
      IntArray counts,
      int slot,
      int pitch,
      int level,
      int levels,
      int depth) {
    int i = context.globalIdx;
    if (i < counts.get(slot)) {
      int sum = sums.get(level * pitch + i);
      if (sums.get(level * pitch + i + 1) > sum) {
        long key = keys.get(i) >> (3 * (levels - 1 - level));
        nodeKeys.set(sum - sums.get(level * pitch), spread(key, depth));
      }
    }
  }

  /// As [#levelKeys], of a level that all its nodes belong to.
  ///
  /// @param slot the number of nodes
  public static void allKeys(
      KernelContext context, LongArray nodeKeys, IntArray counts, int slot, int depth) {
    int i = context.globalIdx;
    if (i < counts.get(slot)) {
      nodeKeys.set(i, spread(i, depth));
    }
  }

  /// A compact key with the tree where [OctreeKeys] has it.
  private static long spread(long key, int depth) {
    long tree = key >> (3 * depth);
    return key - (tree << (3 * depth)) + (tree << OctreeKeys.BATCH_SHIFT);
  }

  /// Where the points of each leaf begin among the sorted ones.
  ///
  /// @param starts written, (leaves + 1)
  /// @param sums not modified, (levels · pitch + 1): prefix sums of the marks
  /// @param slot the number of points
  public static void leafStarts(
      KernelContext context,
      IntArray starts,
      IntArray sums,
      IntArray counts,
      int slot,
      int pitch,
      int levels) {
    int i = context.globalIdx;
    int points = counts.get(slot);
    if (i < points) {
      int before = (levels - 1) * pitch;
      int sum = sums.get(before + i);
      int next = sums.get(before + i + 1);
      if (next > sum) {
        starts.set(sum - sums.get(before), i);
      }
      if (i == points - 1) {
        starts.set(next - sums.get(before), points);
      }
    }
  }

  /// The node of each point at a level: among all nodes, or, if {@code nonEmpty} is 1, among those.
  ///
  /// @param index written, (points)
  /// @param order not modified: the points in the order of their keys
  /// @param nodes not modified, (non-empty nodes), from [#level]
  /// @param sums not modified, (levels · pitch + 1): prefix sums of the marks
  /// @param slot the number of points
  public static void pointNodes(
      KernelContext context,
      IntArray index,
      IntArray order,
      IntArray nodes,
      IntArray sums,
      IntArray counts,
      int slot,
      int pitch,
      int level,
      int nonEmpty) {
    int i = context.globalIdx;
    if (i < counts.get(slot)) {
      int number = number(sums, pitch, level, i);
      index.set(order.get(i), nonEmpty == 1 ? number : nodes.get(number));
    }
  }

  /// As [#pointNodes], at a depth at which all nodes exist and have children.
  ///
  /// @param keys not modified, sorted
  /// @param shift bits of finer depths
  public static void pointNodesAbove(
      KernelContext context,
      IntArray index,
      IntArray order,
      LongArray keys,
      IntArray counts,
      int slot,
      int shift) {
    int i = context.globalIdx;
    if (i < counts.get(slot)) {
      index.set(order.get(i), (int) (keys.get(i) >> shift));
    }
  }

  /// The tree of each point.
  ///
  /// @param index written, (points)
  /// @param scans not modified, (trees + 1): where each tree's points begin
  /// @param slot the number of points
  /// @param trees slot of the number of trees
  public static void pointTrees(
      KernelContext context, IntArray index, IntArray scans, IntArray counts, int slot, int trees) {
    int i = context.globalIdx;
    if (i < counts.get(slot)) {
      index.set(i, tree(scans, counts.get(trees), i));
    }
  }
}
