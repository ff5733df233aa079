package org.octolift.kernels.gpu;

import org.octolift.kernels.Shape;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// What the convolution kernels want to know of a relation beside its table: an order of the rows
/// that brings those with the same neighbours together, the offsets that a tile of rows has at all,
/// and the blocks of rows that have an offset. A tile skips the products of offsets that it lacks.
///
/// All of it is made from the rows' masks: which columns of the table a row has.
public final class TileLists {
  /// Rows of a tile: the rows of a group of the convolution kernels.
  public static final int ROWS = 128;

  /// Ints of a tile's list: the number of offsets, then the offsets.
  public static final int PITCH = 28;

  /// Rows of a block: the depth of a product of tensor cores.
  public static final int BLOCK = 16;

  /// The most rows that [#sort] orders: their keys fill 32 KiB of local memory.
  public static final int WINDOW = 4096;

  /// Work-items that order a window.
  public static final int SORTERS = 512;

  /// Bits of the keys that [#keys] makes: three passes of [RadixSort].
  public static final int KEY_BITS = 24;

  /// Work-items that list the blocks of a column.
  public static final int LISTERS = 256;

  /// Windows of consecutive blocks of rows, at most, by which groups are launched.
  static final int WINDOWS = 32;

  /// Columns of a table of neighbours but the middle one, which every row has: faces, edges,
  /// corners. Corners are rare; in the front of a key they leave few offsets to a tile.
  private static final int[] SIGNIFICANCE = {
    4, 10, 12, 14, 16, 22, 1, 3, 5, 7, 9, 11, 15, 17, 19, 21, 23, 25, 0, 2, 6, 8, 18, 20, 24, 26
  };

  private static final int OFFSETS = 27;
  private static final int EACH = 8;

  private TileLists() {}

  /// The columns of a table of 27 neighbours from the last to the first that rows are ordered by.
  public static int[] significance() {
    return SIGNIFICANCE.clone();
  }

  /// Which columns each row has: bit c for column c.
  ///
  /// @param masks written, (capacity); 0 for rows from the count on
  /// @param table not modified, (rows, width)
  /// @param shape not modified, the [Shape] of the table
  public static void masks(
      IntArray masks, IntArray table, IntArray counts, IntArray shape, int width) {
    int slot = shape.get(Shape.SLOT);
    int capacity = shape.get(Shape.CAPACITY);
    for (@Parallel int row = 0; row < capacity; row++) {
      int mask = 0;
      if (row < counts.get(slot)) {
        for (int c = 0; c < width; c++) {
          mask |= (table.get(row * width + c) < 0 ? 0 : 1) << c;
        }
      }
      masks.set(row, mask);
    }
  }

  /// The offsets of each tile of [#ROWS] rows that at least one of its rows has. One group of
  /// [#ROWS] work-items a tile; groups past the last row write empty lists.
  ///
  /// @param lists written, (tiles, [#PITCH]): the number of offsets, then the offsets, ascending
  /// @param masks not modified, from [#masks]
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param order not modified, (rows): which row the tiles take at each place; anything if
  ///     {@code ordered} is 0, where they take the rows as they come
  /// @param shape not modified, a [Shape] of the rows
  public static void lists(
      KernelContext context,
      IntArray lists,
      IntArray masks,
      IntArray columns,
      IntArray order,
      IntArray counts,
      IntArray shape,
      int offsets,
      int ordered) {
    int[] parts = context.allocateIntLocalArray(ROWS);
    int id = context.localIdx;
    int tile = context.groupIdx;
    int place = ROWS * tile + id;
    int mask = 0;
    if (place < counts.get(shape.get(Shape.SLOT))) {
      mask = masks.get(ordered == 1 ? order.get(place) : place);
    }
    parts[id] = mask;
    context.localBarrier();
    for (int stride = ROWS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        parts[id] = parts[id] | parts[id + stride];
      }
      context.localBarrier();
    }
    if (id < OFFSETS) {
      int all = 0;
      for (int k = 0; k < offsets; k++) {
        all |= (parts[0] >> columns.get(k) & 1) << k;
      }
      int before = Integer.bitCount(all & ((1 << id) - 1));
      if ((all >> id & 1) == 1) {
        lists.set(PITCH * tile + 1 + before, id);
      }
      if (id == 0) {
        lists.set(PITCH * tile, Integer.bitCount(all));
      }
    }
  }

  /// As [#lists] where all tiles have all offsets.
  ///
  /// @param lists written, (tiles, [#PITCH])
  public static void allOffsets(IntArray lists, int tiles, int offsets) {
    for (@Parallel int i = 0; i < tiles * PITCH; i++) {
      int place = i % PITCH;
      lists.set(i, place == 0 ? offsets : place - 1);
    }
  }

  /// The table of a matrix whose rows are taken as several rows each.
  ///
  /// @param table written, (rows, pieces): consecutive numbers
  public static void pieces(IntArray table, int rows, int pieces) {
    for (@Parallel int i = 0; i < rows * pieces; i++) {
      table.set(i, i);
    }
  }

  /// Keys whose order brings rows with much the same columns together: the rank of the row's set of
  /// columns in a Gray code, as sets of neighbouring ranks differ in few of them. To be sorted by
  /// [RadixSort], whose stability leaves equal rows in their order, near each other in memory.
  ///
  /// @param keys written, (capacity), [#KEY_BITS] bits
  /// @param rows written, (capacity): the rows' numbers
  /// @param masks not modified, from [#masks]
  /// @param significance not modified, (columns), from [#significance]
  /// @param shape not modified, a [Shape] of the rows
  public static void keys(
      LongArray keys,
      IntArray rows,
      IntArray masks,
      IntArray significance,
      IntArray shape,
      int columns) {
    int capacity = shape.get(Shape.CAPACITY);
    for (@Parallel int row = 0; row < capacity; row++) {
      int rank = rank(masks.get(row), significance, columns);
      keys.set(row, (long) (rank >> 2));
      rows.set(row, row);
    }
  }

  /// [#keys] and their sort for up to [#WINDOW] rows, by one group of [#SORTERS] work-items in
  /// local memory: Batcher's bitonic network (1968). Here keys have all bits.
  ///
  /// @param order written, (rows)
  /// @param masks not modified, from [#masks]
  /// @param significance not modified, (columns), from [#significance]
  public static void sort(
      KernelContext context,
      IntArray order,
      IntArray masks,
      IntArray significance,
      IntArray counts,
      int slot,
      int columns) {
    long[] keys = context.allocateLongLocalArray(WINDOW);
    int id = context.localIdx;
    int rows = counts.get(slot);
    for (int i = id; i < WINDOW; i += SORTERS) {
      int rank = 1 << OFFSETS; // rows past the end come last
      if (i < rows) {
        rank = rank(masks.get(i), significance, columns);
      }
      keys[i] = (long) rank * WINDOW + i;
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
      if (i < rows) {
        order.set(i, (int) (keys[i] & (WINDOW - 1)));
      }
    }
  }

  /// The rank in a Gray code of the columns of a mask.
  private static int rank(int mask, IntArray significance, int columns) {
    int rank = 0;
    for (int c = 0; c < columns; c++) {
      rank |= (mask >> significance.get(c) & 1) << c;
    }
    for (int shift = 1; shift < 32; shift = shift * 2) {
      rank ^= rank >> shift;
    }
    return rank;
  }

  /// Which columns the rows of a block have together.
  ///
  /// @param blockMasks written, (blocks)
  /// @param masks not modified, from [#masks]
  /// @param order not modified, as in [#lists]
  /// @param shape not modified, a [Shape] of the rows
  public static void blockMasks(
      IntArray blockMasks,
      IntArray masks,
      IntArray order,
      IntArray counts,
      IntArray shape,
      int ordered) {
    int slot = shape.get(Shape.SLOT);
    int blocks = (shape.get(Shape.CAPACITY) + BLOCK - 1) / BLOCK;
    for (@Parallel int block = 0; block < blocks; block++) {
      int mask = 0;
      for (int i = 0; i < BLOCK; i++) {
        int place = BLOCK * block + i;
        if (place < counts.get(slot)) {
          mask |= masks.get(ordered == 1 ? order.get(place) : place);
        }
      }
      blockMasks.set(block, mask);
    }
  }

  /// Ints of a column's list of {@code blocks} blocks: their number, the blocks, and how many of
  /// them come before each window and behind the last.
  public static int blockPitch(int blocks) {
    return 1 + blocks + WINDOWS + 1;
  }

  /// Blocks of a window.
  static int windowBlocks(int blocks) {
    return (blocks + EACH * WINDOWS - 1) / (EACH * WINDOWS) * EACH;
  }

  /// For each column the blocks that have it. One group of [#LISTERS] work-items a column.
  ///
  /// @param lists written, (columns, [#blockPitch]): the number of blocks, then the blocks,
  ///     ascending, then those before each window
  /// @param blockMasks not modified, from [#blockMasks]
  /// @param shape not modified, a [Shape] of the rows
  public static void blockLists(
      KernelContext context, IntArray lists, IntArray blockMasks, IntArray shape) {
    int[] parts = context.allocateIntLocalArray(LISTERS);
    int id = context.localIdx;
    int column = context.groupIdx;
    int blocks = (shape.get(Shape.CAPACITY) + BLOCK - 1) / BLOCK;
    int list = column * blockPitch(blocks);
    int windows = list + 1 + blocks;
    int window = windowBlocks(blocks);
    int seen = (blocks + EACH * LISTERS - 1) / (EACH * LISTERS) * (EACH * LISTERS);
    int listed = 0;
    for (int first = 0; first < blocks; first += EACH * LISTERS) {
      int from = first + EACH * id;
      int own = 0;
      for (int i = 0; i < EACH; i++) {
        int mask = from + i < blocks ? blockMasks.get(from + i) : 0;
        own |= (mask >> column & 1) << i;
      }
      parts[id] = Integer.bitCount(own);
      context.localBarrier();
      for (int stride = 1; stride < LISTERS; stride = stride * 2) {
        int before = id >= stride ? parts[id - stride] : 0;
        context.localBarrier();
        parts[id] = parts[id] + before;
        context.localBarrier();
      }
      int to = list + 1 + listed + parts[id] - Integer.bitCount(own);
      if (from % window == 0 && from / window <= WINDOWS) {
        lists.set(windows + from / window, to - list - 1);
      }
      for (int i = 0; i < EACH; i++) {
        if ((own >> i & 1) == 1) {
          lists.set(to, from + i);
          to++;
        }
      }
      listed += parts[LISTERS - 1];
      context.localBarrier();
    }
    if (id <= WINDOWS && id * window >= seen) {
      lists.set(windows + id, listed);
    }
    if (id == 0) {
      lists.set(list, listed);
    }
  }
}
