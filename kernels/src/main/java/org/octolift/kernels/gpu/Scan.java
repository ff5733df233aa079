package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Exclusive prefix sums of ints in three steps: sums of tiles, the scan of those by one group, the
/// scan of each tile from its start. Each element is read twice and written once.
public final class Scan {
  /// Work-items of a group.
  public static final int THREADS = 256;

  /// Elements of a tile: 8 a work-item.
  public static final int TILE = 8 * THREADS;

  private Scan() {}

  /// Tiles of {@code size} elements.
  public static int tiles(int size) {
    return Math.ceilDiv(size, TILE);
  }

  /// First step: the sum of each tile. One group a tile.
  ///
  /// @param sums written, (tiles)
  /// @param in not modified
  /// @param sizes not modified, (2): numbers of elements and of tiles; no scalars, so that one
  ///     kernel serves all sizes
  public static void tileSums(KernelContext context, IntArray sums, IntArray in, IntArray sizes) {
    int[] parts = context.allocateIntLocalArray(THREADS);
    int id = context.localIdx;
    int first = TILE * context.groupIdx;
    int size = sizes.get(0);
    int sum = 0;
    for (int i = first + id; i < first + TILE; i += THREADS) {
      sum += i < size ? in.get(i) : 0;
    }
    parts[id] = sum;
    context.localBarrier();
    for (int stride = THREADS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        parts[id] = parts[id] + parts[id + stride];
      }
      context.localBarrier();
    }
    if (id == 0) {
      sums.set(context.groupIdx, parts[0]);
    }
  }

  /// Second step, by one group: turns the sums into the tiles' starts.
  ///
  /// @param sums updated, (tiles + 1), the last one the sum of all
  /// @param sizes not modified, as for [#tileSums]
  public static void tileStarts(KernelContext context, IntArray sums, IntArray sizes) {
    int[] parts = context.allocateIntLocalArray(THREADS);
    int id = context.localIdx;
    int tiles = sizes.get(1);
    int each = (tiles + THREADS - 1) / THREADS;
    int from = id * each < tiles ? id * each : tiles;
    int to = from + each < tiles ? from + each : tiles;
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += sums.get(i);
    }
    parts[id] = sum;
    context.localBarrier();
    for (int stride = 1; stride < THREADS; stride = stride * 2) {
      int before = id >= stride ? parts[id - stride] : 0;
      context.localBarrier();
      parts[id] = parts[id] + before;
      context.localBarrier();
    }
    int start = parts[id] - sum;
    for (int i = from; i < to; i++) {
      int own = sums.get(i);
      sums.set(i, start);
      start += own;
    }
    if (id == THREADS - 1) {
      sums.set(tiles, parts[id]);
    }
  }

  /// Third step: the prefix sums. One group a tile.
  ///
  /// @param out written, (size): the sum of all elements before; not {@code in}, as
  ///     TornadoVM never ends building a graph in which a task depends on itself
  /// @param in not modified
  /// @param starts not modified, from [#tileStarts]
  /// @param sizes not modified, as for [#tileSums]
  public static void prefixSums(
      KernelContext context, IntArray out, IntArray in, IntArray starts, IntArray sizes) {
    int[] values = context.allocateIntLocalArray(TILE + TILE / 8);
    int[] parts = context.allocateIntLocalArray(THREADS);
    int id = context.localIdx;
    int first = TILE * context.groupIdx;
    int size = sizes.get(0);
    for (int i = id; i < TILE; i += THREADS) {
      values[i + i / 8] = first + i < size ? in.get(first + i) : 0;
    }
    context.localBarrier();
    int own = 9 * id;
    int sum = 0;
    for (int i = 0; i < 8; i++) {
      sum += values[own + i];
    }
    parts[id] = sum;
    context.localBarrier();
    for (int stride = 1; stride < THREADS; stride = stride * 2) {
      int before = id >= stride ? parts[id - stride] : 0;
      context.localBarrier();
      parts[id] = parts[id] + before;
      context.localBarrier();
    }
    int start = starts.get(context.groupIdx) + parts[id] - sum;
    for (int i = 0; i < 8; i++) {
      int value = values[own + i];
      values[own + i] = start;
      start += value;
    }
    context.localBarrier();
    for (int i = id; i < TILE; i += THREADS) {
      if (first + i < size) {
        out.set(first + i, values[i + i / 8]);
      }
    }
  }
}
