package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Numbers lie one after the other.
class PlainRowsTest {
  private static short number(LongArray half, int at) {
    return half.getSegment().getAtIndex(ValueLayout.JAVA_SHORT, at);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 8", "5, 7, 24", "6, 6, 40"})
  void rows(int rows, int capacity, int channels) {
    FloatArray x = Device.random(capacity * channels, 1);
    LongArray half = new LongArray(PlainRows.longs(capacity, channels));
    half.init(-1);
    IntArray counts = Device.counts(rows);
    int panelRows = HalfPanels.panelRows(capacity);
    Device.run(
        Device.groups(1, half.getSize()),
        graph -> graph.task("t", PlainRows::rows, half, x, counts, 1, channels, panelRows),
        half,
        x,
        counts);
    for (int i = 0; i < panelRows * channels; i++) {
      short expected = i < rows * channels ? BFloat16.bf16FromFloat(x.get(i)) : 0;
      assertThat(number(half, i)).as("%d", i).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 3, 0", "24, 7, 1", "16, 1, 1"})
  void weights(int depth, int out, int transposed) {
    FloatArray weights = Device.random(depth * out, 1);
    LongArray half = new LongArray(depth * out / 4);
    Device.run(
        Device.groups(1, half.getSize()),
        graph -> graph.task("t", PlainRows::weights, half, weights, depth, out, transposed),
        half,
        weights);
    for (int column = 0; column < out; column++) {
      for (int k = 0; k < depth; k++) {
        float expected = weights.get(transposed == 1 ? column * depth + k : k * out + column);
        assertThat(number(half, column * depth + k)).isEqualTo(BFloat16.bf16FromFloat(expected));
      }
    }
  }
}
