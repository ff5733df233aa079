package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.kernels.RowCopies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Copies in 16 bits are the copies of floats, rounded.
class HalfCopiesTest {
  private static final int BF16 = HalfOperands.BF16;

  private static LongArray rounded(FloatArray x, int rows, int capacity, int channels) {
    LongArray half = new LongArray(HalfOperands.rowLongs(capacity, channels, BF16));
    HalfOperands.rows(
        half, x, Device.counts(rows), 1, channels, HalfOperands.padded(channels), capacity, BF16);
    return half;
  }

  private static void copy(
      LongArray y,
      int width,
      int toChannel,
      FloatArray x,
      int channels,
      int sources,
      IntArray index,
      int rows,
      int capacity,
      int indexed,
      int rounds) {
    LongArray halfX = rounded(x, sources, sources, channels);
    IntArray counts = Device.counts(rows);
    IntArray sizes = IntArray.fromElements(1, channels, capacity, sources, width, toChannel);
    int fours = HalfOperands.padded(channels) / 4;
    Device.run(
        Device.groups(1, HalfCopies.size(capacity, fours)),
        graph ->
            graph.task("t", HalfCopies::rows, y, halfX, x, index, counts, sizes, indexed, rounds),
        y,
        halfX,
        x,
        index,
        counts,
        sizes);
  }

  private static void assertRows(
      LongArray actual, LongArray expected, int rows, int capacity, int width) {
    for (int at = 0; at < (capacity + 2) * width / 4; at++) {
      int row = at / (width / 4);
      if (row < rows || row >= capacity) {
        assertThat(actual.get(at)).as("row %d", row).isEqualTo(expected.get(at));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 5, 32, 64", "7, 7, 32, 96", "21, 30, 64, 32"})
  void channelsSideBySide(int rows, int capacity, int first, int second) {
    int width = first + second;
    FloatArray x = Device.random(capacity * first, 1);
    FloatArray other = Device.random(capacity * second, 2);
    FloatArray y = new FloatArray(capacity * width);
    IntArray counts = Device.counts(rows);
    RowCopies.copyChannels(y, x, counts, 1, width, 0, first, 0, first, capacity);
    RowCopies.copyChannels(y, other, counts, 1, width, first, second, 0, second, capacity);
    LongArray expected = rounded(y, rows, capacity, width);
    IntArray none = new IntArray(1);
    for (int rounds = 0; rounds < 2; rounds++) {
      LongArray half = new LongArray(HalfOperands.rowLongs(capacity, width, BF16));
      copy(half, width, 0, x, first, capacity, none, rows, capacity, 0, rounds);
      copy(half, width, first, other, second, capacity, none, rows, capacity, 0, rounds);
      assertRows(half, expected, rows, capacity, width);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 5, 3, 4", "9, 9, 21, 5", "75, 90, 96, 40"})
  void rowsByAnIndex(int rows, int capacity, int channels, int sources) {
    FloatArray x = Device.random(sources * channels, 1);
    IntArray index = new IntArray(capacity);
    for (int i = 0; i < capacity; i++) {
      index.set(i, i * 7 % (sources + 1) - 1);
    }
    FloatArray y = new FloatArray(capacity * channels);
    RowCopies.gatherRows(y, x, index, Device.counts(rows), 1, channels, capacity, 0);
    LongArray expected = rounded(y, rows, capacity, channels);
    int width = HalfOperands.padded(channels);
    for (int rounds = 0; rounds < 2; rounds++) {
      LongArray half = new LongArray(HalfOperands.rowLongs(capacity, channels, BF16));
      copy(half, width, 0, x, channels, sources, index, rows, capacity, 1, rounds);
      assertRows(half, expected, rows, capacity, width);
    }
  }
}
