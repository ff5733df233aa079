package org.octolift.kernels.gpu;

import org.octolift.kernels.OctreeNeighbourKernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The tables of [OctreeNeighbourKernels], one work-item an entry, so that neighbouring work-items
/// write neighbouring entries. `parents` are the 27 neighbours of the non-empty nodes one level up,
/// (parents, 27); `children` maps nodes to their number among the non-empty ones, or -1, `nodes`
/// back. Groups have [OctreeBuilding#THREADS] work-items. And inverses of lists of rows, by
/// sorting.
public final class OctreeTables {
  private static final int OFFSETS = 27;
  private static final int CENTRE = 13;

  private OctreeTables() {}

  /// The neighbours at depth 0: every tree has itself.
  ///
  /// @param table written, (trees, 27)
  /// @param slot the number of trees
  public static void roots(KernelContext context, IntArray table, IntArray counts, int slot) {
    int i = context.globalIdx;
    int row = i / OFFSETS;
    if (row < counts.get(slot)) {
      table.set(i, i - OFFSETS * row == CENTRE ? row : -1);
    }
  }

  /// The neighbours of the non-empty nodes among the non-empty nodes.
  ///
  /// @param table written, (non-empty nodes, 27)
  /// @param slot not modified, (1): the slot of the number of non-empty nodes
  public static void neighbours(
      KernelContext context,
      IntArray table,
      IntArray parents,
      IntArray children,
      IntArray nodes,
      IntArray counts,
      IntArray slot) {
    int i = context.globalIdx;
    int row = i / OFFSETS;
    if (row < counts.get(slot.get(0))) {
      int node = nodes.get(row);
      int found = OctreeNeighbourKernels.neighbour(parents, node >> 3, node & 7, i - OFFSETS * row);
      table.set(i, found < 0 ? -1 : children.get(found));
    }
  }

  /// The neighbours of all nodes among all nodes.
  ///
  /// @param table written, (nodes, 27)
  /// @param slot the number of nodes
  public static void allNeighbours(
      KernelContext context, IntArray table, IntArray parents, IntArray counts, int slot) {
    int i = context.globalIdx;
    int row = i / OFFSETS;
    if (row < counts.get(slot)) {
      table.set(i, OctreeNeighbourKernels.neighbour(parents, row >> 3, row & 7, i - OFFSETS * row));
    }
  }

  /// What a kernel of stride 2 reads for a sibling group.
  ///
  /// @param table written, (groups, offsets): nodes, by their number among the non-empty ones if
  ///     {@code nonEmpty} is 1
  /// @param offsets not modified, (offsets): which of the 27
  /// @param slot the number of groups
  public static void down(
      KernelContext context,
      IntArray table,
      IntArray parents,
      IntArray children,
      IntArray offsets,
      IntArray counts,
      int slot,
      int size,
      int nonEmpty) {
    int i = context.globalIdx;
    int group = i / size;
    if (group < counts.get(slot)) {
      int node = OctreeNeighbourKernels.neighbour(parents, group, 0, offsets.get(i - size * group));
      if (nonEmpty == 1 && node > -1) {
        node = children.get(node);
      }
      table.set(i, node);
    }
  }

  /// The transpose of [#down]: which group reads a node, for each offset.
  ///
  /// @param table written, (rows, offsets)
  /// @param nodes not modified, (rows): the rows' nodes if {@code nonEmpty} is 1, else anything
  /// @param offsets not modified, (offsets): which of the 27
  /// @param slot not modified, (1): the slot of the number of rows
  public static void up(
      KernelContext context,
      IntArray table,
      IntArray parents,
      IntArray nodes,
      IntArray offsets,
      IntArray counts,
      IntArray slot,
      int size,
      int nonEmpty) {
    int i = context.globalIdx;
    int row = i / size;
    if (row < counts.get(slot.get(0))) {
      int node = nonEmpty == 1 ? nodes.get(row) : row;
      table.set(
          i,
          OctreeNeighbourKernels.reader(parents, node >> 3, node & 7, offsets.get(i - size * row)));
    }
  }

  /// Keys that sort the places of a list by the row that they name, those that name none last.
  ///
  /// @param keys written, (places)
  /// @param places written, (places): their numbers
  /// @param index not modified, (places): rows, or -1
  /// @param slot the number of places
  /// @param rows slot of the number of rows
  public static void inverseKeys(
      KernelContext context,
      LongArray keys,
      IntArray places,
      IntArray index,
      IntArray counts,
      int slot,
      int rows) {
    int i = context.globalIdx;
    if (i < counts.get(slot)) {
      int row = index.get(i);
      keys.set(i, (long) (row < 0 ? counts.get(rows) : row));
      places.set(i, i);
    }
  }

  /// Where the places that name each row begin.
  ///
  /// @param starts written, (rows + 1)
  /// @param keys not modified, sorted
  /// @param slot the number of places
  /// @param rows slot of the number of rows
  public static void inverseStarts(
      KernelContext context, IntArray starts, LongArray keys, IntArray counts, int slot, int rows) {
    int row = context.globalIdx;
    if (row < counts.get(rows) + 1) {
      int low = 0;
      int high = counts.get(slot);
      while (low < high) {
        int middle = (low + high) / 2;
        if (keys.get(middle) < row) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      starts.set(row, low);
    }
  }
}
