package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// What is rounded as it is written has the bits of what is written as floats and rounded then.
class HalfStripsTest {
  private static final float EPSILON = 1e-5f;
  private static final int BF16 = HalfOperands.BF16;

  private static FloatArray variance(int channels) {
    FloatArray variance = Device.random(channels, 5);
    for (int i = 0; i < channels; i++) {
      variance.set(i, variance.get(i) * variance.get(i));
    }
    return variance;
  }

  private static LongArray junk(int size) {
    LongArray array = new LongArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, 0x7FC1_7FC2_7FC3_7FC4L);
    }
    return array;
  }

  /// Rows that exist, and those behind the last.
  private static void assertRows(
      LongArray actual, LongArray expected, int rows, int capacity, int padded) {
    for (int row = 0; row < capacity + 2; row++) {
      for (int i = 0; i < padded / 4 && (row < rows || row >= capacity); i++) {
        int at = row * padded / 4 + i;
        assertThat(actual.get(at)).as("row %d, long %d", row, i).isEqualTo(expected.get(at));
      }
    }
  }

  private static IntArray reversed(int rows, int capacity) {
    IntArray order = new IntArray(capacity);
    for (int i = 0; i < capacity; i++) {
      order.set(i, i < rows ? rows - 1 - i : -1);
    }
    return order;
  }

  @ParameterizedTest
  @CsvSource({
    // rows, capacity, channels, residuals, relu, floats
    "0, 5, 3, 1, 1, 1",
    "1, 9, 32, 0, 1, 0",
    "7, 7, 21, 1, 0, 1",
    "8, 8, 16, 0, 0, 0",
    "75, 90, 33, 1, 1, 1",
    "64, 64, 96, 1, 1, 0",
  })
  void normalises(int rows, int capacity, int channels, int residuals, int relu, int floats) {
    int size = capacity * channels;
    int padded = HalfOperands.padded(channels);
    IntArray counts = Device.counts(rows);
    FloatArray x = Device.random(size, 1);
    FloatArray residual = Device.random(size, 3);
    FloatArray mean = Device.random(channels, 4);
    FloatArray variance = variance(channels);
    FloatArray gamma = Device.random(channels, 6);
    FloatArray beta = Device.random(channels, 7);
    FloatArray expected = Device.random(size, 8);
    RowStrips.normalise(
        expected,
        x,
        mean,
        variance,
        gamma,
        beta,
        residual,
        counts,
        1,
        channels,
        RowStrips.strips(capacity),
        residuals,
        relu,
        EPSILON);
    LongArray expectedHalf = junk(HalfOperands.rowLongs(capacity, channels, BF16));
    HalfOperands.rows(expectedHalf, expected, counts, 1, channels, padded, capacity, BF16);
    FloatArray y = Device.random(size, 8);
    LongArray half = junk(HalfOperands.rowLongs(capacity, channels, BF16));
    Device.run(
        Device.groups(1, HalfStrips.size(capacity, channels)),
        graph ->
            graph.task(
                "t",
                HalfStrips::normalise,
                y,
                half,
                x,
                mean,
                variance,
                gamma,
                beta,
                residual,
                counts,
                1,
                channels,
                capacity,
                floats,
                residuals,
                relu,
                EPSILON),
        y,
        half,
        x,
        mean,
        variance,
        gamma,
        beta,
        residual,
        counts);
    assertRows(half, expectedHalf, rows, capacity, padded);
    FloatArray written = floats == 1 ? expected : Device.random(size, 8);
    assertThat(y.toHeapArray()).isEqualTo(written.toHeapArray());
  }

  @ParameterizedTest
  @CsvSource({
    // rows, capacity, channels, what
    "0, 5, 3, 127",
    "1, 9, 32, 66",
    "17, 17, 21, 79",
    "16, 16, 16, 102",
    "75, 90, 33, 110",
    "75, 90, 33, 33",
    "64, 64, 96, 70",
    "130, 140, 40, 87",
  })
  void derives(int rows, int capacity, int channels, int flags) {
    int what = (flags & HalfStrips.HALF_MASKED) != 0 ? flags & ~HalfStrips.MASKED : flags;
    int masked = (what & (HalfStrips.HALF_MASKED | HalfStrips.MASKED)) != 0 ? 1 : 0;
    int size = capacity * channels;
    int padded = HalfOperands.padded(channels);
    IntArray counts = Device.counts(rows);
    FloatArray dy = Device.random(size, 1);
    FloatArray x = Device.random(size, 2);
    FloatArray y = Device.random(size, 3);
    for (int i = 0; i < size; i++) {
      y.set(i, Math.max(0, y.get(i)));
    }
    LongArray halfY = junk(HalfOperands.rowLongs(capacity, channels, BF16));
    HalfOperands.rows(halfY, y, counts, 1, channels, padded, capacity, BF16);
    FloatArray mean = Device.random(channels, 4);
    FloatArray variance = variance(channels);
    FloatArray gamma = Device.random(channels, 6);
    FloatArray dGamma = Device.random(channels, 7);
    FloatArray dBeta = Device.random(channels, 8);
    IntArray order = reversed(rows, capacity);
    FloatArray expected = Device.random(size, 9);
    FloatArray expectedResidual = Device.random(size, 10);
    RowStrips.gradient(
        expected,
        expectedResidual,
        dy,
        y,
        x,
        mean,
        variance,
        gamma,
        dGamma,
        dBeta,
        counts,
        1,
        channels,
        RowStrips.strips(capacity),
        masked,
        (what & HalfStrips.RESIDUAL) != 0 ? 1 : 0,
        EPSILON);
    LongArray expectedRows = junk(HalfOperands.rowLongs(capacity, channels, BF16));
    HalfOperands.rows(expectedRows, expected, counts, 1, channels, padded, capacity, BF16);
    LongArray expectedColumns = junk(HalfOperands.columnLongs(capacity, channels, BF16));
    int ordered = (what & HalfStrips.ORDERED) != 0 ? 1 : 0;
    HalfOperands.columns(
        expectedColumns,
        expected,
        order,
        counts,
        1,
        channels,
        padded,
        HalfOperands.blocks(capacity),
        ordered,
        BF16);
    FloatArray dx = Device.random(size, 9);
    LongArray half = junk(expectedRows.getSize());
    LongArray columns = junk(expectedColumns.getSize());
    FloatArray dResidual = Device.random(size, 10);
    Device.run(
        Device.groups(1, HalfStrips.gradientSize(capacity, channels)),
        graph ->
            graph.task(
                "t",
                HalfStrips::gradient,
                dx,
                half,
                columns,
                dResidual,
                dy,
                y,
                halfY,
                x,
                mean,
                variance,
                gamma,
                dGamma,
                dBeta,
                order,
                counts,
                1,
                channels,
                capacity,
                what,
                EPSILON),
        dx,
        half,
        columns,
        dResidual,
        dy,
        y,
        halfY,
        x,
        mean,
        variance,
        gamma,
        dGamma,
        dBeta,
        order,
        counts);
    if ((what & HalfStrips.ROWS) != 0) {
      assertRows(half, expectedRows, rows, capacity, padded);
    }
    if ((what & HalfStrips.COLUMNS) != 0) {
      int longs = Math.ceilDiv(rows, TileLists.BLOCK) * padded * 4;
      for (int i = 0; i < longs; i++) {
        assertThat(columns.get(i)).as("columns, %d", i).isEqualTo(expectedColumns.get(i));
      }
    }
    FloatArray written = (what & HalfStrips.FLOATS) != 0 ? expected : Device.random(size, 9);
    assertThat(dx.toHeapArray()).isEqualTo(written.toHeapArray());
    assertThat(dResidual.toHeapArray()).isEqualTo(expectedResidual.toHeapArray());
  }
}
