package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

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
  })
  void equalsTheSumOfRoundedProducts(
      int rows, int offsets, int width, int ci, int co, int ordered, int format) {
    TestRelation relation = TestRelation.of(rows, offsets, width, ordered == 1);
    int capacity = relation.inputRows() + TestRelation.SPARE;
    FloatArray floats = Device.random(capacity * ci, 1);
    FloatArray gradient = Device.random((rows + TestRelation.SPARE) * co, 2);
    int paddedCi = HalfOperands.padded(ci);
    int paddedCo = HalfOperands.padded(co);
    ByteArray x = new ByteArray(HalfOperands.rowBytes(capacity, ci, format));
    HalfOperands.rows(
        x, floats, Device.counts(relation.inputRows()), 1, ci, paddedCi, capacity, format);
    int gradientRows = Math.ceilDiv(rows + TestRelation.SPARE, 64) * 64;
    ByteArray dy = new ByteArray(HalfOperands.rowPairBytes(rows + TestRelation.SPARE, co, format));
    HalfOperands.rowPairs(
        dy,
        gradient,
        relation.order(),
        relation.counts(),
        1,
        co,
        paddedCo,
        gradientRows,
        ordered,
        format);
    FloatArray partials = new FloatArray(HalfWeightGradient.partials(offsets, ci, co, format));
    partials.init(Float.NaN);
    int chunks = HalfWeightGradient.chunks(offsets, ci, co);
    int blocksCi = HalfWeightGradient.blocks(ci);
    int blocksCo = HalfWeightGradient.blocks(co);
    int partsCi = HalfWeightGradient.parts(ci);
    int partsCo = HalfWeightGradient.parts(co);
    Device.run(
        Device.groups(
            HalfWeightGradient.THREADS,
            chunks * HalfOperands.terms(format),
            offsets,
            blocksCi * blocksCo),
        graph ->
            graph.task(
                "t",
                HalfWeightGradient::partialSums,
                new KernelContext(),
                partials,
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
                chunks,
                relation.pitch(),
                ordered,
                format),
        partials,
        dy,
        x,
        relation.table(),
        relation.columns(),
        relation.blocks(),
        relation.order(),
        relation.counts());
    FloatArray dWeights = new FloatArray(offsets * ci * co);
    WeightGradientSums.sum(
        dWeights,
        partials,
        offsets,
        ci,
        co,
        HalfWeightGradient.sums(offsets, ci, co, format),
        32 * partsCo * blocksCo,
        32 * partsCi * blocksCi);
    double[] expected = relation.weightGradient(floats, gradient, ci, co, Formats.product(format));
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) dWeights.get(i)).as("%d", i).isCloseTo(expected[i], within(2e-5));
    }
  }
}
