package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Neighbour tables of octrees, each level's from the level above it (O-CNN, `calc_neigh`).
///
/// A sibling group of eight nodes at depth d has the number of its parent among the non-empty
/// nodes at depth d-1, so the 27 neighbours of those parents, (groups, 27) with -1 for none, are
/// all that any table at depth d needs: the neighbour of sibling i at offset o is a child of the
/// parent's neighbour in that direction. Offsets and columns count `9x + 3y + z`, x, y, z in 0..2
/// for -1..+1.
///
/// The array `children` maps a node to its number among the non-empty nodes, or -1; `nodes` is its
/// inverse. Row helpers write one row of `table` and modify nothing else; the loop kernels run
/// them for the rows `0..counts[slot]`, one work-item a row. Indices fit `int` while rows·64 < 2³¹.
public final class OctreeNeighbourKernels {
  private OctreeNeighbourKernels() {}

  /// The node at {@code offset} from sibling {@code sibling} of group {@code group}, or -1.
  public static int neighbour(IntArray parents, int group, int sibling, int offset) {
    int x = (sibling >> 2) + offset / 9 + 1;
    int y = (sibling >> 1 & 1) + offset / 3 % 3 + 1;
    int z = (sibling & 1) + offset % 3 + 1;
    int parent = parents.get(27 * group + 9 * (x >> 1) + 3 * (y >> 1) + (z >> 1));
    return parent < 0 ? -1 : 8 * parent + 4 * (x & 1) + 2 * (y & 1) + (z & 1);
  }

  /// Row of the 27 neighbours of a non-empty node among the non-empty nodes. Along z two of three
  /// neighbours share a parent: the one in the node's own column.
  public static void nonEmptyRow(
      IntArray table, IntArray parents, IntArray children, IntArray nodes, int row) {
    int node = nodes.get(row);
    int parent = 27 * (node >> 3);
    int firstX = (node >> 2 & 1) + 1;
    int firstY = (node >> 1 & 1) + 1;
    int bitZ = node & 1;
    int out = 27 * row;
    for (int x = firstX; x < firstX + 3; x++) {
      for (int y = firstY; y < firstY + 3; y++) {
        int column = parent + 9 * (x >> 1) + 3 * (y >> 1);
        int child = 4 * (x & 1) + 2 * (y & 1);
        int own = parents.get(column + 1);
        int next = parents.get(column + 2 * bitZ);
        int pair = out + 1 - bitZ;
        table.set(pair, own < 0 ? -1 : children.get(8 * own + child));
        table.set(pair + 1, own < 0 ? -1 : children.get(8 * own + child + 1));
        table.set(out + 2 * bitZ, next < 0 ? -1 : children.get(8 * next + child + 1 - bitZ));
        out += 3;
      }
    }
  }

  /// Table (non-empty nodes, 27) of the neighbours among the non-empty nodes.
  public static void nonEmpty(
      IntArray table,
      IntArray parents,
      IntArray children,
      IntArray nodes,
      IntArray counts,
      int slot) {
    for (@Parallel int row = 0; row < nodes.getSize(); row++) {
      if (row < counts.get(slot)) {
        nonEmptyRow(table, parents, children, nodes, row);
      }
    }
  }

  /// Row of the 27 neighbours of a node among all nodes.
  public static void allRow(IntArray table, IntArray parents, int row) {
    for (int k = 0; k < 27; k++) {
      table.set(27 * row + k, neighbour(parents, row >> 3, row & 7, k));
    }
  }

  /// Table (nodes, 27) of the neighbours among all nodes.
  public static void all(IntArray table, IntArray parents, IntArray counts, int slot) {
    for (@Parallel int row = 0; row < table.getSize() / 27; row++) {
      if (row < counts.get(slot)) {
        allRow(table, parents, row);
      }
    }
  }

  /// Row of a sibling group's 64 neighbours: entry `x << 4 | y << 2 | z`, x, y, z in 0..3, is the
  /// node at -1..+2 from sibling 0. The layout of the `.octree` format.
  public static void groupRow(IntArray table, IntArray parents, int row) {
    for (int entry = 0; entry < 64; entry++) {
      int x = (entry >> 4) + 1;
      int y = (entry >> 2 & 3) + 1;
      int z = (entry & 3) + 1;
      int parent = parents.get(27 * row + 9 * (x >> 1) + 3 * (y >> 1) + (z >> 1));
      table.set(
          64 * row + entry, parent < 0 ? -1 : 8 * parent + 4 * (x & 1) + 2 * (y & 1) + (z & 1));
    }
  }

  /// Table (groups, 64) of all sibling groups.
  public static void group(IntArray table, IntArray parents, IntArray counts, int slot) {
    for (@Parallel int row = 0; row < table.getSize() / 64; row++) {
      if (row < counts.get(slot)) {
        groupRow(table, parents, row);
      }
    }
  }

  /// Row of what a stride-2 kernel of shape {@code offsets} reads for a sibling group: the nodes at
  /// those offsets from sibling 0, by their non-empty number if {@code nonEmpty} is 1.
  public static void downRow(
      IntArray table,
      IntArray parents,
      IntArray children,
      IntArray offsets,
      int nonEmpty,
      int row) {
    int size = offsets.getSize();
    for (int k = 0; k < size; k++) {
      int node = neighbour(parents, row, 0, offsets.get(k));
      table.set(size * row + k, node < 0 || nonEmpty == 0 ? node : children.get(node));
    }
  }

  /// Table (groups, K) of a stride-2 kernel.
  public static void down(
      IntArray table,
      IntArray parents,
      IntArray children,
      IntArray offsets,
      IntArray counts,
      int slot,
      int nonEmpty) {
    for (@Parallel int row = 0; row < table.getSize() / offsets.getSize(); row++) {
      if (row < counts.get(slot)) {
        downRow(table, parents, children, offsets, nonEmpty, row);
      }
    }
  }

  /// The group whose sibling 0 lies at minus {@code offset} from sibling {@code sibling} of group
  /// {@code group}, or -1: on each axis the sibling bit and the offset must both be odd or even.
  public static int reader(IntArray parents, int group, int sibling, int offset) {
    int x = (sibling >> 2) - offset / 9 + 1;
    int y = (sibling >> 1 & 1) - offset / 3 % 3 + 1;
    int z = (sibling & 1) - offset % 3 + 1;
    if (((x | y | z) & 1) != 0) {
      return -1;
    }
    return parents.get(27 * group + 9 * (x / 2 + 1) + 3 * (y / 2 + 1) + z / 2 + 1);
  }

  /// Row of the transpose of [#downRow]: per offset the group that reads node {@code node} there.
  public static void upRow(IntArray table, IntArray parents, IntArray offsets, int node, int row) {
    int size = offsets.getSize();
    for (int k = 0; k < size; k++) {
      table.set(size * row + k, reader(parents, node >> 3, node & 7, offsets.get(k)));
    }
  }

  /// Table (nodes, K) of the transpose of a stride-2 kernel over all nodes.
  public static void upAll(
      IntArray table, IntArray parents, IntArray offsets, IntArray counts, int slot) {
    for (@Parallel int row = 0; row < table.getSize() / offsets.getSize(); row++) {
      if (row < counts.get(slot)) {
        upRow(table, parents, offsets, row, row);
      }
    }
  }

  /// Table (non-empty nodes, K) of the transpose of a stride-2 kernel over the non-empty nodes.
  public static void upNonEmpty(
      IntArray table,
      IntArray parents,
      IntArray nodes,
      IntArray offsets,
      IntArray counts,
      int slot) {
    for (@Parallel int row = 0; row < nodes.getSize(); row++) {
      if (row < counts.get(slot)) {
        upRow(table, parents, offsets, nodes.get(row), row);
      }
    }
  }
}
