package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Prefix sums equal those of a loop; sorts equal the library's, ties in their order.
class RadixSortTest {
  /// The prefix sums of the first `size` elements.
  static IntArray scan(IntArray in, int size) {
    int tiles = Scan.tiles(size);
    IntArray sums = new IntArray(tiles + 1);
    IntArray sizes = IntArray.fromElements(size, tiles);
    Device.run(
        Device.groups(Scan.THREADS, tiles),
        graph -> graph.task("t", Scan::tileSums, new KernelContext(), sums, in, sizes),
        sums,
        in,
        sizes);
    Device.run(
        Device.groups(Scan.THREADS, 1),
        graph -> graph.task("t", Scan::tileStarts, new KernelContext(), sums, sizes),
        sums,
        sizes);
    IntArray out = new IntArray(size);
    Device.run(
        Device.groups(Scan.THREADS, tiles),
        graph -> graph.task("t", Scan::prefixSums, new KernelContext(), out, in, sums, sizes),
        out,
        in,
        sums,
        sizes);
    int all = size == 0 ? 0 : out.get(size - 1) + in.get(size - 1);
    assertThat(sums.get(tiles)).isEqualTo(all);
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255, 2048, 2049, 10000})
  void prefixSumsEqualThoseOfALoop(int size) {
    Random random = new Random(size);
    IntArray in = new IntArray(size);
    for (int i = 0; i < size; i++) {
      in.set(i, random.nextInt(7));
    }
    IntArray out = scan(in, size);
    int sum = 0;
    for (int i = 0; i < size; i++) {
      assertThat(out.get(i)).isEqualTo(sum);
      sum += in.get(i);
    }
  }

  /// Sorts by some bits in place.
  static void sort(LongArray keys, IntArray values, int count, int bits) {
    int capacity = keys.getSize();
    int tiles = RadixSort.tiles(capacity);
    IntArray counts = Device.counts(count);
    LongArray tileKeys = new LongArray(capacity);
    IntArray tileValues = new IntArray(capacity);
    IntArray digits = new IntArray(RadixSort.counts(capacity));
    IntArray starts = new IntArray(RadixSort.counts(capacity));
    for (int first = 0; first < bits; first += RadixSort.BITS) {
      IntArray pass = IntArray.fromElements(1, tiles, first);
      Device.run(
          Device.groups(RadixSort.THREADS, tiles),
          graph ->
              graph.task(
                  "t",
                  RadixSort::sortTiles,
                  new KernelContext(),
                  tileKeys,
                  tileValues,
                  digits,
                  starts,
                  keys,
                  values,
                  counts,
                  pass),
          tileKeys,
          tileValues,
          digits,
          starts,
          keys,
          values,
          counts,
          pass);
      IntArray places = scan(digits, digits.getSize());
      Device.run(
          Device.groups(RadixSort.THREADS, tiles),
          graph ->
              graph.task(
                  "t",
                  RadixSort::scatter,
                  new KernelContext(),
                  keys,
                  values,
                  tileKeys,
                  tileValues,
                  places,
                  starts,
                  counts,
                  pass),
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

  @ParameterizedTest
  @CsvSource({"0, 5, 8", "1, 1, 8", "2048, 2100, 16", "5000, 6500, 27", "2047, 2049, 63"})
  void equalsTheStableSort(int count, int capacity, int bits) {
    Random random = new Random(count);
    LongArray keys = new LongArray(capacity);
    IntArray values = new IntArray(capacity);
    for (int i = 0; i < capacity; i++) {
      keys.set(i, random.nextLong() & ((1L << bits) - 1) & ~0x70L);
      values.set(i, i < count ? i : -3);
    }
    long[] before = new long[capacity];
    for (int i = 0; i < capacity; i++) {
      before[i] = keys.get(i);
    }
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingLong(i -> before[i]))
            .mapToInt(i -> i)
            .toArray();
    sort(keys, values, count, bits);
    for (int i = 0; i < capacity; i++) {
      assertThat(values.get(i)).as("%d", i).isEqualTo(i < count ? order[i] : -3);
      assertThat(keys.get(i)).isEqualTo(before[i < count ? order[i] : i]);
    }
  }
}
