package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Stable sort of 64-bit keys with an int each, least significant digit first, 8 bits a pass and
/// three steps a pass: [#sortTiles], [Scan] of the digits' counts, [#scatter].
///
/// A tile is sorted by its digit in local memory, in two rounds of 4 bits: each work-item counts
/// the digits of its 8 consecutive elements in a column of its own, so nothing is atomic, and the
/// scan of the counts, digits slow and work-items fast, is the order. The scatter then writes runs
/// of equal digits, 8 keys long if digits are random. A pass moves 48 bytes an element. One element
/// in nine of the local arrays is left out, so that work-items 8 elements apart use all banks.
public final class RadixSort {
  /// Work-items of a group.
  public static final int THREADS = 256;

  /// Elements of a tile: 8 a work-item; more would not fit 48 KiB of local memory.
  public static final int TILE = 8 * THREADS;

  /// Bits of a pass.
  public static final int BITS = 8;

  private static final int DIGITS = 1 << BITS;
  private static final int ROUND_DIGITS = 16;

  private RadixSort() {}

  /// Tiles of {@code size} elements.
  public static int tiles(int size) {
    return Math.ceilDiv(size, TILE);
  }

  /// Ints of the digits' counts, and as many of the digits' starts.
  public static int counts(int size) {
    return Math.multiplyExact(DIGITS, tiles(size));
  }

  /// First step of a pass: sorts each tile by a digit and counts its digits. One group a tile.
  ///
  /// @param keysOut written, (capacity)
  /// @param valuesOut written, (capacity)
  /// @param digits written, (256, tiles): how many elements of the tile have the digit
  /// @param starts written, (256, tiles): where they start in the sorted tile
  /// @param keys not modified
  /// @param values not modified
  /// @param counts not modified, has the number of keys
  /// @param pass not modified, (3): where in {@code counts} it is, the number of tiles, and the
  ///     digit's lowest bit; no scalars, so that one kernel serves all passes
  public static void sortTiles(
      KernelContext context,
      LongArray keysOut,
      IntArray valuesOut,
      IntArray digits,
      IntArray starts,
      LongArray keys,
      IntArray values,
      IntArray counts,
      IntArray pass) {
    long[] tileKeys = context.allocateLongLocalArray(TILE + TILE / 8);
    int[] tileValues = context.allocateIntLocalArray(TILE + TILE / 8);
    int[] columns = context.allocateIntLocalArray(ROUND_DIGITS * (THREADS + THREADS / 16));
    int[] parts = context.allocateIntLocalArray(THREADS);
    long[] ownKeys = new long[8];
    int[] ownValues = new int[8];
    int[] ranks = new int[8];
    int id = context.localIdx;
    int tile = context.groupIdx;
    int first = TILE * tile;
    int tiles = pass.get(1);
    int shift = pass.get(2);
    int left = counts.get(pass.get(0)) - first;
    int valid = left < 0 ? 0 : (left < TILE ? left : TILE);
    for (int i = id; i < TILE; i += THREADS) {
      // What pads the last tile has the largest digit and comes last, as the sort is stable.
      tileKeys[i + i / 8] = i < valid ? keys.get(first + i) : -1L;
      tileValues[i + i / 8] = i < valid ? values.get(first + i) : 0;
    }
    for (int round = 0; round < 2; round++) {
      context.localBarrier();
      for (int digit = 0; digit < ROUND_DIGITS; digit++) {
        columns[digit * (THREADS + THREADS / 16) + id + id / 16] = 0;
      }
      for (int i = 0; i < 8; i++) {
        ownKeys[i] = tileKeys[9 * id + i];
        ownValues[i] = tileValues[9 * id + i];
        int digit = (int) (ownKeys[i] >> (shift + 4 * round)) & (ROUND_DIGITS - 1);
        int at = digit * (THREADS + THREADS / 16) + id + id / 16;
        ranks[i] = columns[at];
        columns[at] = ranks[i] + 1;
      }
      context.localBarrier();
      int sum = 0;
      for (int i = 0; i < 16; i++) {
        sum += columns[17 * id + i];
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
      for (int i = 0; i < 16; i++) {
        int count = columns[17 * id + i];
        columns[17 * id + i] = start;
        start += count;
      }
      context.localBarrier();
      for (int i = 0; i < 8; i++) {
        int digit = (int) (ownKeys[i] >> (shift + 4 * round)) & (ROUND_DIGITS - 1);
        int to = columns[digit * (THREADS + THREADS / 16) + id + id / 16] + ranks[i];
        tileKeys[to + to / 8] = ownKeys[i];
        tileValues[to + to / 8] = ownValues[i];
      }
    }
    context.localBarrier();
    columns[id] = 0;
    parts[id] = 0;
    context.localBarrier();
    for (int i = id; i < valid; i += THREADS) {
      int last = i - 1;
      int next = i + 1;
      int digit = (int) (tileKeys[i + i / 8] >> shift) & (DIGITS - 1);
      int lastDigit = i > 0 ? (int) (tileKeys[last + last / 8] >> shift) & (DIGITS - 1) : -1;
      int nextDigit = next < valid ? (int) (tileKeys[next + next / 8] >> shift) & (DIGITS - 1) : -1;
      if (digit != lastDigit) {
        columns[digit] = i;
      }
      if (digit != nextDigit) {
        parts[digit] = i + 1;
      }
      keysOut.set(first + i, tileKeys[i + i / 8]);
      valuesOut.set(first + i, tileValues[i + i / 8]);
    }
    context.localBarrier();
    digits.set(id * tiles + tile, parts[id] - columns[id]);
    starts.set(id * tiles + tile, columns[id]);
  }

  /// Last step of a pass: moves the sorted tiles' elements to their places. One group a tile.
  ///
  /// @param keysOut written, (capacity)
  /// @param valuesOut written, (capacity)
  /// @param keys not modified, from [#sortTiles]
  /// @param values not modified, from [#sortTiles]
  /// @param digits not modified, the prefix sums of what [#sortTiles] counted
  /// @param starts not modified, from [#sortTiles]
  /// @param counts not modified, as for [#sortTiles]
  /// @param pass not modified, as for [#sortTiles]
  public static void scatter(
      KernelContext context,
      LongArray keysOut,
      IntArray valuesOut,
      LongArray keys,
      IntArray values,
      IntArray digits,
      IntArray starts,
      IntArray counts,
      IntArray pass) {
    int[] moves = context.allocateIntLocalArray(DIGITS);
    int id = context.localIdx;
    int tile = context.groupIdx;
    int first = TILE * tile;
    int rows = counts.get(pass.get(0));
    int tiles = pass.get(1);
    int shift = pass.get(2);
    moves[id] = digits.get(id * tiles + tile) - starts.get(id * tiles + tile);
    context.localBarrier();
    for (int i = id; i < TILE; i += THREADS) {
      if (first + i < rows) {
        long key = keys.get(first + i);
        int to = moves[(int) (key >> shift) & (DIGITS - 1)] + i;
        keysOut.set(to, key);
        valuesOut.set(to, values.get(first + i));
      }
    }
  }
}
