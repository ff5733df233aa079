package org.octolift.engine.tornado;

import org.octolift.kernels.gpu.RadixSort;
import org.octolift.kernels.gpu.Scan;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// A [RadixSort] and a [Scan] as tasks.
///
/// @param keys sorted, (capacity)
/// @param values that go with them, (capacity)
/// @param tileKeys scratch, (capacity) or more
/// @param tileValues scratch, (capacity) or more
/// @param digits scratch, ([RadixSort#counts])
/// @param places scratch, as many
/// @param starts scratch, as many
/// @param sums scratch, ([#sums] of these)
public record SortTasks(
    LongArray keys,
    IntArray values,
    LongArray tileKeys,
    IntArray tileValues,
    IntArray digits,
    IntArray places,
    IntArray starts,
    IntArray sums) {
  private static final int SCAN_TASKS = 3;

  /// The number of tasks that sort keys of so many bits.
  public static int tasks(int bits) {
    return (2 + SCAN_TASKS) * Math.ceilDiv(bits, RadixSort.BITS);
  }

  /// Ints of the sums that a scan of {@code size} elements takes.
  public static int sums(int size) {
    return Scan.tiles(size) + 1;
  }

  /// Sorts by the low bits.
  ///
  /// @param counts slot {@code slot} has the number of keys
  public void sort(Lowering tasks, IntArray counts, int slot, int bits) {
    int tiles = RadixSort.tiles(values.getSize());
    for (int shift = 0; shift < bits; shift += RadixSort.BITS) {
      IntArray pass = tasks.constants(slot, tiles, shift);
      tasks
          .graph()
          .task(
              tasks.id("sortTiles", Lowering.groups(RadixSort.THREADS, tiles, 1, 1)),
              RadixSort::sortTiles,
              new KernelContext(),
              tileKeys,
              tileValues,
              digits,
              starts,
              keys,
              values,
              counts,
              pass);
      scan(tasks, places, digits, sums, digits.getSize());
      tasks
          .graph()
          .task(
              tasks.id("scatter", Lowering.groups(RadixSort.THREADS, tiles, 1, 1)),
              RadixSort::scatter,
              new KernelContext(),
              keys,
              values,
              tileKeys,
              tileValues,
              places,
              starts,
              counts,
              pass);
    }
  }

  /// Exclusive prefix sums.
  ///
  /// @param out written, ({@code size})
  /// @param in not modified
  /// @param sums scratch, ([#sums(int)])
  public static void scan(Lowering tasks, IntArray out, IntArray in, IntArray sums, int size) {
    int tiles = Scan.tiles(size);
    IntArray sizes = tasks.constants(size, tiles);
    tasks
        .graph()
        .task(
            tasks.id("tileSums", Lowering.groups(Scan.THREADS, tiles, 1, 1)),
            Scan::tileSums,
            new KernelContext(),
            sums,
            in,
            sizes)
        .task(
            tasks.id("tileStarts", Lowering.groups(Scan.THREADS, 1, 1, 1)),
            Scan::tileStarts,
            new KernelContext(),
            sums,
            sizes)
        .task(
            tasks.id("prefixSums", Lowering.groups(Scan.THREADS, tiles, 1, 1)),
            Scan::prefixSums,
            new KernelContext(),
            out,
            in,
            sums,
            sizes);
  }
}
