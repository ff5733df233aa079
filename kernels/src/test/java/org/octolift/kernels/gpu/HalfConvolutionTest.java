package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Tensor-core convolutions equal sums of rounded products in double precision.
class HalfConvolutionTest {
  private static final float UNTOUCHED = 77;

  @ParameterizedTest
  @CsvSource({
    // rows, offsets, width, ci, co, tileColumns, stageDepth, transposed, bias, ordered, format
    "130, 27, 27, 7, 21, 32, 0, 0, 0, 0",
    "130, 27, 27, 3, 8, 32, 1, 1, 1, 1",
    "257, 3, 27, 33, 16, 32, 0, 0, 1, 2",
    "100, 8, 8, 64, 72, 64, 1, 1, 0, 0",
    "9, 3, 27, 32, 128, 128, 0, 0, 1, 1",
    "8, 8, 8, 1, 2, 32, 0, 1, 0, 2",
    "150, 1, 0, 21, 150, 64, 0, 1, 0, 0",
    "1, 1, 0, 40, 3, 32, 1, 1, 0, 1",
    "0, 3, 27, 32, 32, 32, 0, 0, 0, 0",
    "140, 3, 27, 96, 96, 96, 1, 1, 1, 1",
    "129, 2, 27, 5, 136, 96, 0, 0, 1, 0",
    "70, 8, 8, 96, 128, 128, 0, 0, 0, 1",
  })
  void equalsTheSumOfRoundedProducts(
      int rows,
      int offsets,
      int width,
      int ci,
      int co,
      int tileColumns,
      int transposed,
      int bias,
      int ordered,
      int format) {
    TestRelation relation = TestRelation.of(rows, offsets, width, ordered == 1);
    FloatArray floats = Device.random((relation.inputRows() + TestRelation.SPARE) * ci, 1);
    FloatArray weights = Device.random(offsets * ci * co, 2);
    FloatArray biases = Device.random(co, 3);
    FloatArray given =
        transposed == 1 ? TestRelation.transposed(weights, offsets, ci, co) : weights;
    int capacity = relation.inputRows() + TestRelation.SPARE;
    int padded = HalfOperands.padded(ci);
    LongArray x = new LongArray(HalfOperands.rowLongs(capacity, ci, format));
    x.init(0x7F7F7F7F7F7F7F7FL);
    HalfOperands.rows(
        x, floats, Device.counts(relation.inputRows()), 1, ci, padded, capacity, format);
    LongArray packed =
        new LongArray(HalfOperands.weightLongs(offsets, ci, co, tileColumns, bias, format));
    HalfOperands.weights(
        packed,
        given,
        biases,
        IntArray.fromElements(offsets, ci, co, padded, transposed, bias),
        tileColumns,
        format);
    FloatArray y = new FloatArray((rows + TestRelation.SPARE) * co);
    y.init(UNTOUCHED);
    Device.run(
        Device.groups(2 * tileColumns, relation.tiles(), Math.ceilDiv(co, tileColumns), 1),
        graph ->
            graph.task(
                "t",
                HalfConvolution::convolve,
                new KernelContext(),
                y,
                x,
                packed,
                relation.table(),
                relation.columns(),
                relation.lists(),
                relation.order(),
                relation.counts(),
                1,
                offsets,
                width,
                capacity,
                padded,
                co,
                tileColumns,
                bias,
                ordered,
                1,
                format),
        y,
        x,
        packed,
        relation.table(),
        relation.columns(),
        relation.lists(),
        relation.order(),
        relation.counts());
    double[] expected =
        relation.convolve(
            floats, weights, bias == 1 ? biases : null, ci, co, Formats.product(format));
    double[] sizes =
        relation.convolve(
            floats, weights, bias == 1 ? biases : null, ci, co, (a, b) -> Math.abs((double) a * b));
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) y.get(i))
          .as("row %d column %d", i / co, i % co)
          .isCloseTo(expected[i], within(1e-6 * (sizes[i] + 2)));
    }
    for (int i = expected.length; i < y.getSize(); i++) {
      assertThat(y.get(i)).isEqualTo(UNTOUCHED);
    }
  }
}
