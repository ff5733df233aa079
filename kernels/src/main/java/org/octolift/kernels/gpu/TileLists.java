package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// What the convolution kernels want to know of a relation beside its table: which offsets a tile
/// of consecutive output rows has at all. A tile that lacks an offset skips its product.
public final class TileLists {
  /// Rows of a tile: the rows of a group of the convolution kernels.
  public static final int ROWS = 128;

  /// Ints of a tile's list: the number of offsets, then the offsets.
  public static final int PITCH = 28;

  /// Rows that are ordered together: their keys fill 32 KiB of local memory.
  public static final int WINDOW = 4096;

  /// Work-items that order a window.
  public static final int SORTERS = 512;

  private static final int OFFSETS = 27;

  private TileLists() {}

  /// The offsets of each tile of [#ROWS] rows that at least one of its rows has. One group of
  /// [#ROWS] work-items a tile; groups past the last row write empty lists.
  ///
  /// @param lists written, (tiles, [#PITCH]): the number of offsets, then the offsets, ascending
  /// @param masks written, (tiles): bit k says that offset k is in the list
  /// @param table not modified, (rows, width)
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param order not modified, (rows): which row the tiles take at each place; anything if
  ///     {@code ordered} is 0, where they take the rows as they come
  public static void lists(
      KernelContext context,
      IntArray lists,
      IntArray masks,
      IntArray table,
      IntArray columns,
      IntArray order,
      IntArray counts,
      int slot,
      int offsets,
      int width,
      int ordered) {
    int[] parts = context.allocateIntLocalArray(ROWS);
    int id = context.localIdx;
    int tile = context.groupIdx;
    int place = ROWS * tile + id;
    int mask = 0;
    if (place < counts.get(slot)) {
      int row = ordered == 1 ? order.get(place) : place;
      for (int k = 0; k < offsets; k++) {
        mask |= (table.get(row * width + columns.get(k)) < 0 ? 0 : 1) << k;
      }
    }
    parts[id] = mask;
    context.localBarrier();
    for (int stride = ROWS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        parts[id] = parts[id] | parts[id + stride];
      }
      context.localBarrier();
    }
    int all = parts[0];
    if (id < OFFSETS) {
      int before = Integer.bitCount(all & ((1 << id) - 1));
      if ((all >> id & 1) == 1) {
        lists.set(PITCH * tile + 1 + before, id);
      }
    }
    if (id == 0) {
      lists.set(PITCH * tile, Integer.bitCount(all));
      masks.set(tile, all);
    }
  }

  /// Orders the rows so that those of a tile have much the same offsets: within each window of
  /// [#WINDOW] consecutive rows, which keeps neighbours near each other in memory, by the rank of
  /// the offsets that a row has in a Gray code: sets of neighbouring ranks differ in few offsets.
  /// Equal rows stay in their order. One group of [#SORTERS] work-items a window, which sorts in
  /// local memory by Batcher's bitonic network (1968).
  ///
  /// @param order written, (rows)
  /// @param table not modified, (rows, width)
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  public static void sortWindows(
      KernelContext context,
      IntArray order,
      IntArray table,
      IntArray columns,
      IntArray counts,
      int slot,
      int offsets,
      int width) {
    long[] keys = context.allocateLongLocalArray(WINDOW);
    int id = context.localIdx;
    int first = WINDOW * context.groupIdx;
    int rows = counts.get(slot);
    for (int i = id; i < WINDOW; i += SORTERS) {
      int row = first + i;
      int mask = 1 << OFFSETS; // rows past the end come last
      if (row < rows) {
        mask = 0;
        for (int k = 0; k < offsets; k++) {
          mask |= (table.get(row * width + columns.get(k)) < 0 ? 0 : 1) << k;
        }
        for (int shift = 1; shift < OFFSETS; shift = shift * 2) {
          mask ^= mask >> shift;
        }
      }
      keys[i] = (long) mask * WINDOW + i;
    }
    context.localBarrier();
    for (int size = 2; size < 2 * WINDOW; size = size * 2) {
      for (int stride = size / 2; stride > 0; stride = stride / 2) {
        for (int pair = id; pair < WINDOW / 2; pair += SORTERS) {
          int low = 2 * pair - (pair & (stride - 1));
          int high = low + stride;
          long a = keys[low];
          long b = keys[high];
          int descending = (low & size) == 0 ? 0 : 1;
          int greater = a > b ? 1 : 0;
          if (greater != descending) {
            keys[low] = b;
            keys[high] = a;
          }
        }
        context.localBarrier();
      }
    }
    for (int i = id; i < WINDOW; i += SORTERS) {
      if (first + i < rows) {
        order.set(first + i, first + (int) (keys[i] & (WINDOW - 1)));
      }
    }
  }
}
