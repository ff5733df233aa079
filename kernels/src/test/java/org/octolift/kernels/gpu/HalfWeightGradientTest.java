package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Tensor-core weight gradients equal sums of rounded products in double precision.
class HalfWeightGradientTest {
  @ParameterizedTest
  @CsvSource({
    // rows, offsets, width, ci, co, ordered, format
    "130, 27, 27, 7, 21, 1, 0",
    "600, 3, 27, 33, 16, 0, 1",
    "3000, 4, 27, 64, 33, 1, 1",
    "300, 8, 8, 32, 40, 1, 2",
    "100, 2, 8, 64, 72, 0, 0",
    "150, 1, 0, 21, 150, 0, 1",
    "1, 1, 0, 3, 2, 1, 2",
    "0, 3, 27, 32, 32, 0, 0",
    "2500, 3, 27, 96, 96, 1, 1",
    "900, 2, 27, 100, 40, 1, 1",
    "500, 2, 8, 32, 90, 0, 1",
    "300, 3, 27, 128, 96, 1, 1",
    "200, 1, 0, 200, 128, 0, 1",
  })
  void equalsTheSumOfRoundedProducts(
      int rows, int offsets, int width, int ci, int co, int ordered, int format) {
    TestRelation relation = TestRelation.of(rows, offsets, width, ordered == 1);
    int capacity = relation.inputRows() + TestRelation.SPARE;
    FloatArray floats = Device.random(capacity * ci, 1);
    FloatArray gradient = Device.random((rows + TestRelation.SPARE) * co, 2);
    int paddedCi = HalfOperands.padded(ci);
    int paddedCo = HalfOperands.padded(co);
    LongArray x = new LongArray(HalfOperands.rowLongs(capacity, ci, format));
    HalfOperands.rows(
        x, floats, Device.counts(relation.inputRows()), 1, ci, paddedCi, capacity, format);
    int rowsWithSpare = rows + TestRelation.SPARE;
    LongArray dy = new LongArray(HalfOperands.columnLongs(rowsWithSpare, co, format));
    HalfOperands.columns(
        dy,
        gradient,
        relation.order(),
        relation.counts(),
        1,
        co,
        paddedCo,
        HalfOperands.blocks(rowsWithSpare),
        ordered,
        format);
    FloatArray partials = new FloatArray(WeightGradientBlocks.partials(offsets, ci, co, format));
    partials.init(Float.NaN);
    IntArray starts = new IntArray(offsets + 1);
    Device.run(
        Device.groups(
            WeightGradientBlocks.threads(ci, co),
            WeightGradientBlocks.chunks(offsets, ci, co) * HalfOperands.terms(format),
            WeightGradientBlocks.parts(ci, co),
            1),
        graph ->
            graph.task(
                "t",
                HalfWeightGradient::partialSums,
                new KernelContext(),
                partials,
                starts,
                dy,
                x,
                relation.table(),
                relation.columns(),
                relation.blocks(),
                relation.order(),
                relation.counts(),
                1,
                offsets,
                width,
                capacity,
                paddedCi,
                paddedCo,
                relation.pitch(),
                ordered,
                format),
        partials,
        starts,
        dy,
        x,
        relation.table(),
        relation.columns(),
        relation.blocks(),
        relation.order(),
        relation.counts());
    FloatArray dWeights = new FloatArray(offsets * ci * co);
    HalfWeightGradient.sum(
        dWeights, partials, starts, IntArray.fromElements(offsets, ci, co), format);
    double[] expected = relation.weightGradient(floats, gradient, ci, co, Formats.product(format));
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) dWeights.get(i))
          .as("%d", i)
          .isCloseTo(expected[i], within(2e-5 + 2e-6 * Math.abs(expected[i])));
    }
  }
}
