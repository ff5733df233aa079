package org.octolift.kernels.gpu;

import org.octolift.kernels.Shape;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// For each column of a table the rows that have it, ascending, one column's after the other's. In
/// three steps: [#count], [Scan#tileStarts] of the counts, [#fill].
public final class RowLists {
  /// Work-items of a group.
  public static final int THREADS = 256;

  private static final int EACH = 8;
  private static final int SEGMENT = EACH * THREADS;

  private RowLists() {}

  /// Segments of a table's rows.
  public static int segments(int capacity) {
    return Math.ceilDiv(capacity, SEGMENT);
  }

  /// First step: the rows of each segment that have a column. A grid of ([#segments], columns)
  /// groups of [#THREADS] work-items.
  ///
  /// @param starts written, (columns, segments); with one more element, and by
  ///     [Scan#tileStarts], where the list of a column and a segment begins
  /// @param masks not modified, from [TileLists#masks]
  /// @param shape not modified, a [Shape] of the table's rows
  public static void count(KernelContext context, IntArray starts, IntArray masks, IntArray shape) {
    int[] parts = context.allocateIntLocalArray(THREADS);
    int id = context.localIdx;
    int column = context.groupIdy;
    int capacity = shape.get(Shape.CAPACITY);
    int segments = (capacity + SEGMENT - 1) / SEGMENT;
    int first = SEGMENT * context.groupIdx + EACH * id;
    int own = 0;
    for (int i = 0; i < EACH; i++) {
      own += first + i < capacity ? masks.get(first + i) >> column & 1 : 0;
    }
    parts[id] = own;
    context.localBarrier();
    for (int stride = THREADS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        parts[id] = parts[id] + parts[id + stride];
      }
      context.localBarrier();
    }
    if (id == 0) {
      starts.set(column * segments + context.groupIdx, parts[0]);
    }
  }

  /// Third step, on the grid of the first.
  ///
  /// @param list written, (as many as the masks have bits)
  /// @param masks not modified, from [TileLists#masks]
  /// @param shape not modified, a [Shape] of the table's rows
  /// @param starts not modified, from the second step
  public static void fill(
      KernelContext context, IntArray list, IntArray masks, IntArray starts, IntArray shape) {
    int[] parts = context.allocateIntLocalArray(THREADS);
    int id = context.localIdx;
    int column = context.groupIdy;
    int capacity = shape.get(Shape.CAPACITY);
    int segments = (capacity + SEGMENT - 1) / SEGMENT;
    int first = SEGMENT * context.groupIdx + EACH * id;
    int own = 0;
    for (int i = 0; i < EACH; i++) {
      int mask = first + i < capacity ? masks.get(first + i) : 0;
      own |= (mask >> column & 1) << i;
    }
    int number = Integer.bitCount(own);
    parts[id] = number;
    context.localBarrier();
    for (int stride = 1; stride < THREADS; stride = stride * 2) {
      int before = id >= stride ? parts[id - stride] : 0;
      context.localBarrier();
      parts[id] = parts[id] + before;
      context.localBarrier();
    }
    int to = starts.get(column * segments + context.groupIdx) + parts[id] - number;
    for (int i = 0; i < EACH; i++) {
      if ((own >> i & 1) == 1) {
        list.set(to, first + i);
        to++;
      }
    }
  }
}
