package org.octolift.engine.octree;

import java.util.Arrays;
import org.octolift.engine.cpu.Workers;

/// Stable parallel radix sort of keys together with their original positions: least significant
/// digit first, a histogram a chunk, so that every chunk knows where its keys go. Time O(n) a
/// digit.
final class KeySort {
  private static final int MAX_DIGIT_BITS = 11;
  private static final int GRAIN = 1 << 14;

  /// The sorted keys.
  final long[] keys;

  /// The original position of each sorted key; equal keys keep their order.
  final int[] order;

  private KeySort(long[] keys, int[] order) {
    this.keys = keys;
    this.order = order;
  }

  /// Sorts {@code keys}, of which only the low {@code bits} may be set; {@code keys} is
  /// overwritten.
  static KeySort sort(long[] keys, int bits, Workers workers) {
    int n = keys.length;
    int passes = Math.ceilDiv(bits, MAX_DIGIT_BITS);
    int digitBits = Math.ceilDiv(bits, passes);
    int buckets = 1 << digitBits;
    int chunks = Math.ceilDiv(n, GRAIN);
    int[][] offsets = new int[chunks][buckets];
    long[] from = keys;
    long[] to = new long[n];
    int[] fromOrder = null;
    int[] toOrder = new int[n];
    for (int pass = 0; pass < passes; pass++) {
      int shift = pass * digitBits;
      long[] source = from;
      long[] target = to;
      int[] sourceOrder = fromOrder;
      int[] targetOrder = toOrder;
      workers.parallel(
          n, GRAIN, (low, high) -> count(source, low, high, shift, offsets[low / GRAIN]));
      accumulate(offsets, buckets);
      workers.parallel(
          n,
          GRAIN,
          (low, high) -> {
            int[] next = offsets[low / GRAIN];
            for (int i = low; i < high; i++) {
              int position = next[(int) (source[i] >>> shift) & (buckets - 1)]++;
              target[position] = source[i];
              targetOrder[position] = sourceOrder == null ? i : sourceOrder[i];
            }
          });
      from = target;
      to = source;
      fromOrder = targetOrder;
      toOrder = sourceOrder == null ? new int[n] : sourceOrder;
    }
    return new KeySort(from, fromOrder);
  }

  private static void count(long[] keys, int low, int high, int shift, int[] counts) {
    Arrays.fill(counts, 0);
    int mask = counts.length - 1;
    for (int i = low; i < high; i++) {
      counts[(int) (keys[i] >>> shift) & mask]++;
    }
  }

  /// Turns counts per chunk and bucket into first positions, bucket by bucket, chunk by chunk.
  private static void accumulate(int[][] counts, int buckets) {
    int sum = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      for (int[] chunk : counts) {
        int count = chunk[bucket];
        chunk[bucket] = sum;
        sum += count;
      }
    }
  }
}
