package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// What is written in 16 bits are the bits of what is written as floats, rounded; floats are those
/// of [RowStrips], but for a multiply-add that a device may fuse.
class HalfStripsTest {
  private static final float EPSILON = 1e-5f;
  private static final int BF16 = HalfOperands.BF16;
  private static final int OVER = HalfStrips.OVER_FLOATS | HalfStrips.OVER_RESIDUAL;

  /// The operands of both kernels.
  private record Layer(int rows, int capacity, int channels) {
    IntArray counts() {
      return Device.counts(rows);
    }

    IntArray shape() {
      return IntArray.fromElements(1, channels, capacity);
    }

    FloatArray matrix(int seed) {
      return Device.random(capacity * channels, seed);
    }

    FloatArray vector(int seed) {
      return Device.random(channels, seed);
    }

    FloatArray variance() {
      FloatArray variance = vector(5);
      for (int i = 0; i < channels; i++) {
        variance.set(i, variance.get(i) * variance.get(i));
      }
      return variance;
    }

    LongArray halfRows() {
      return junk(HalfOperands.rowLongs(capacity, channels, BF16));
    }

    LongArray halfColumns() {
      return junk(HalfOperands.columnLongs(capacity, channels, BF16));
    }

    /// Floats that are rounded by the device.
    LongArray roundedRows(FloatArray floats) {
      LongArray half = halfRows();
      IntArray counts = counts();
      int padded = HalfOperands.padded(channels);
      Device.run(
          Device.groups(1, half.getSize()),
          graph ->
              graph.task(
                  "t",
                  HalfOperands::rows,
                  half,
                  floats,
                  counts,
                  1,
                  channels,
                  padded,
                  capacity,
                  BF16),
          half,
          floats,
          counts);
      return half;
    }

    LongArray roundedColumns(FloatArray floats, IntArray order, int ordered) {
      LongArray half = halfColumns();
      IntArray counts = counts();
      int padded = HalfOperands.padded(channels);
      int blocks = HalfOperands.blocks(capacity);
      Device.run(
          Device.groups(1, half.getSize()),
          graph ->
              graph.task(
                  "t",
                  HalfOperands::columns,
                  half,
                  floats,
                  order,
                  counts,
                  1,
                  channels,
                  padded,
                  blocks,
                  ordered,
                  BF16),
          half,
          floats,
          order,
          counts);
      return half;
    }

    /// Rows that exist, and those behind the last.
    void assertRows(LongArray actual, LongArray expected) {
      int fours = HalfOperands.padded(channels) / 4;
      for (int at = 0; at < (capacity + 2) * fours; at++) {
        if (at / fours < rows || at / fours >= capacity) {
          assertThat(actual.get(at)).as("row %d", at / fours).isEqualTo(expected.get(at));
        }
      }
    }

    /// Blocks that have rows.
    void assertColumns(LongArray actual, LongArray expected) {
      int block = 4 * HalfOperands.padded(channels);
      for (int at = 0; at < Math.ceilDiv(rows, TileLists.BLOCK) * block; at++) {
        assertThat(actual.get(at)).as("block %d", at / block).isEqualTo(expected.get(at));
      }
    }
  }

  private static LongArray junk(int size) {
    LongArray array = new LongArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, 0x7FC1_7FC2_7FC3_7FC4L);
    }
    return array;
  }

  private static void assertClose(FloatArray actual, FloatArray expected) {
    for (int i = 0; i < expected.getSize(); i++) {
      float tolerance = 1e-6f * (1 + Math.abs(expected.get(i)));
      assertThat(actual.get(i)).as("%d", i).isCloseTo(expected.get(i), within(tolerance));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // rows, capacity, channels, residuals, relu
    "0, 5, 3, 1, 1",
    "1, 9, 32, 0, 1",
    "7, 7, 21, 1, 0",
    "8, 8, 16, 0, 0",
    "75, 90, 33, 1, 1",
    "64, 64, 96, 1, 1",
    "5, 7, 40, 0, 1",
  })
  void normalises(int rows, int capacity, int channels, int residuals, int relu) {
    Layer layer = new Layer(rows, capacity, channels);
    FloatArray expected = layer.matrix(8);
    RowStrips.normalise(
        expected,
        layer.matrix(1),
        layer.vector(4),
        layer.variance(),
        layer.vector(6),
        layer.vector(7),
        layer.matrix(3),
        layer.counts(),
        layer.shape(),
        residuals,
        relu,
        EPSILON);
    FloatArray y = layer.matrix(8);
    LongArray half = normalise(layer, y, layer.halfRows(), 0, 0, 1, residuals, relu);
    assertClose(y, expected);
    layer.assertRows(half, layer.roundedRows(y));
    FloatArray untouched = layer.matrix(8);
    layer.assertRows(normalise(layer, untouched, layer.halfRows(), 0, 0, 0, residuals, relu), half);
    assertThat(untouched.toHeapArray()).isEqualTo(layer.matrix(8).toHeapArray());

    int panelRows = HalfPanels.panelRows(capacity);
    LongArray panels = junk(HalfPanels.longs(capacity, channels));
    normalise(layer, untouched, panels, panelRows, 0, 0, residuals, relu);
    int fours = HalfOperands.padded(channels) / 4;
    for (int row = 0; row < panelRows; row++) {
      for (int four = 0; four < fours; four++) {
        assertThat(panels.get(HalfPanels.place(row, four, panelRows)))
            .as("panels, row %d", row)
            .isEqualTo(row < rows ? half.get(row * fours + four) : 0);
      }
    }
    if (channels % PlainRows.MULTIPLE == 0) {
      LongArray plain = junk(PlainRows.longs(capacity, channels));
      normalise(layer, untouched, plain, panelRows, 1, 0, residuals, relu);
      for (int i = 0; i < panelRows * channels; i++) {
        float wanted = i < rows * channels ? y.get(i) : 0;
        assertThat(plain.getSegment().getAtIndex(ValueLayout.JAVA_SHORT, i))
            .as("plain, %d", i)
            .isEqualTo(BFloat16.bf16FromFloat(wanted));
      }
    }
  }

  private static LongArray normalise(
      Layer layer,
      FloatArray y,
      LongArray half,
      int panelRows,
      int plain,
      int floats,
      int residuals,
      int relu) {
    FloatArray x = layer.matrix(1);
    FloatArray mean = layer.vector(4);
    FloatArray variance = layer.variance();
    FloatArray gamma = layer.vector(6);
    FloatArray beta = layer.vector(7);
    FloatArray residual = layer.matrix(3);
    IntArray counts = layer.counts();
    IntArray shape = layer.shape();
    Device.run(
        Device.groups(1, HalfStrips.size(layer.capacity, layer.channels)),
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
                shape,
                panelRows,
                plain,
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
        counts,
        shape);
    return half;
  }

  /// The results of a gradient.
  private record Results(FloatArray dx, LongArray rows, LongArray columns, FloatArray dResidual) {}

  @ParameterizedTest
  @CsvSource({
    // rows, capacity, channels, residual, masked, ordered
    "0, 5, 3, 1, 1, 0",
    "1, 9, 32, 0, 0, 1",
    "17, 17, 21, 1, 2, 1",
    "16, 16, 16, 0, 2, 0",
    "75, 90, 33, 1, 1, 1",
    "130, 140, 40, 1, 2, 0",
  })
  void derives(int rows, int capacity, int channels, int residual, int masked, int ordered) {
    Layer layer = new Layer(rows, capacity, channels);
    FloatArray y = layer.matrix(3);
    for (int i = 0; i < y.getSize(); i++) {
      y.set(i, Math.max(0, y.get(i)));
    }
    IntArray order = new IntArray(capacity);
    for (int i = 0; i < capacity; i++) {
      order.set(i, i < rows ? rows - 1 - i : -1);
    }
    FloatArray expected = layer.matrix(9);
    FloatArray expectedResidual = layer.matrix(10);
    RowStrips.gradient(
        expected,
        expectedResidual,
        layer.matrix(1),
        y,
        layer.matrix(2),
        layer.vector(4),
        layer.variance(),
        layer.vector(6),
        layer.vector(7),
        layer.vector(8),
        layer.counts(),
        layer.shape(),
        Math.min(masked, 1),
        residual,
        0,
        EPSILON);
    int twins =
        HalfStrips.ROWS
            | HalfStrips.COLUMNS
            | (residual == 1 ? HalfStrips.RESIDUAL : 0)
            | (masked == 1 ? HalfStrips.MASKED : 0)
            | (masked == 2 ? HalfStrips.HALF_MASKED : 0)
            | (ordered == 1 ? HalfStrips.ORDERED : 0);
    Results all = gradient(layer, y, order, twins | HalfStrips.FLOATS);
    assertClose(all.dx, expected);
    assertThat(all.dResidual.toHeapArray()).isEqualTo(expectedResidual.toHeapArray());
    layer.assertRows(all.rows, layer.roundedRows(all.dx));
    layer.assertColumns(all.columns, layer.roundedColumns(all.dx, order, ordered));

    Results half = gradient(layer, y, order, twins);
    layer.assertRows(half.rows, all.rows);
    layer.assertColumns(half.columns, all.columns);
    assertThat(half.dx.toHeapArray()).isEqualTo(layer.matrix(9).toHeapArray());

    Results floats = gradient(layer, y, order, HalfStrips.FLOATS | (twins & ~HalfStrips.ROWS));
    assertThat(floats.dx.toHeapArray()).isEqualTo(all.dx.toHeapArray());
    assertThat(floats.rows.toHeapArray()).isEqualTo(layer.halfRows().toHeapArray());

    Results over = gradient(layer, y, order, twins | HalfStrips.FLOATS | HalfStrips.OVER_FLOATS);
    for (int i = 0; i < rows * channels; i++) {
      assertThat(over.dx.get(i)).isEqualTo(all.dx.get(i));
    }
    if (residual == 1) {
      over = gradient(layer, y, order, twins | HalfStrips.OVER_RESIDUAL);
      layer.assertRows(over.rows, all.rows);
      for (int i = 0; i < rows * channels; i++) {
        assertThat(over.dResidual.get(i)).isEqualTo(all.dResidual.get(i));
      }
    }
  }

  private static Results gradient(Layer layer, FloatArray y, IntArray order, int what) {
    FloatArray dx = layer.matrix((what & OVER) == HalfStrips.OVER_FLOATS ? 1 : 9);
    FloatArray dResidual = layer.matrix((what & OVER) == HalfStrips.OVER_RESIDUAL ? 1 : 10);
    FloatArray dy = layer.matrix((what & OVER) == 0 ? 1 : 11);
    LongArray rows = layer.halfRows();
    LongArray columns = layer.halfColumns();
    LongArray halfY = layer.roundedRows(y);
    FloatArray x = layer.matrix(2);
    FloatArray mean = layer.vector(4);
    FloatArray variance = layer.variance();
    FloatArray gamma = layer.vector(6);
    FloatArray dGamma = layer.vector(7);
    FloatArray dBeta = layer.vector(8);
    IntArray counts = layer.counts();
    IntArray shape = layer.shape();
    Device.run(
        Device.groups(1, HalfStrips.gradientSize(layer.capacity, layer.channels)),
        graph ->
            graph.task(
                "t",
                HalfStrips::gradient,
                dx,
                rows,
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
                shape,
                what,
                EPSILON),
        dx,
        rows,
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
        shape);
    return new Results(dx, rows, columns, dResidual);
  }
}
