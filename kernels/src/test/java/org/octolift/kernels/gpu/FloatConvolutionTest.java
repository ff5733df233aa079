package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// FP32 convolutions and weight gradients equal those in double precision.
class FloatConvolutionTest {
  private static final float UNTOUCHED = 77;

  @ParameterizedTest
  @CsvSource({
    // rows, offsets, width, ci, co, transposed, bias, ordered, parts
    "130, 27, 27, 7, 21, 0, 0, 1, 1",
    "140, 27, 27, 20, 9, 0, 1, 1, 3",
    "257, 3, 27, 33, 16, 1, 1, 0, 4",
    "100, 8, 8, 3, 72, 0, 1, 1, 1",
    "150, 1, 0, 21, 150, 1, 1, 0, 1",
    "1, 1, 0, 1, 1, 0, 0, 0, 1",
    "0, 3, 27, 32, 32, 0, 0, 0, 1",
    "140, 3, 27, 40, 96, 0, 1, 1, 1",
    "300, 3, 27, 96, 70, 1, 0, 1, 2",
    "260, 3, 27, 19, 128, 1, 0, 1, 1",
    "260, 2, 27, 32, 128, 0, 0, 1, 1",
    "260, 9, 27, 20, 40, 0, 0, 1, 1",
    "130, 3, 27, 8, 64, 1, 1, 1, 2",
  })
  void equalsTheConvolutionInDoublePrecision(
      int rows,
      int offsets,
      int width,
      int ci,
      int co,
      int transposed,
      int bias,
      int ordered,
      int parts) {
    TestRelation relation = TestRelation.of(rows, offsets, width, ordered == 1);
    FloatArray x = Device.random(relation.inputRows() * ci + 1, 1);
    FloatArray weights = Device.random(offsets * ci * co, 2);
    FloatArray biases = Device.random(co, 3);
    FloatArray given =
        transposed == 1 ? TestRelation.transposed(weights, offsets, ci, co) : weights;
    FloatArray y = new FloatArray((rows + TestRelation.SPARE) * co);
    y.init(UNTOUCHED);
    int pitch = y.getSize();
    FloatArray partial = new FloatArray(parts * pitch);
    partial.init(UNTOUCHED);
    int columns = FloatConvolution.tileColumns(co);
    Device.run(
        Device.groups(
            FloatConvolution.threads(columns), relation.tiles(), Math.ceilDiv(co, columns), parts),
        graph ->
            graph.task(
                "t",
                FloatConvolution::convolve,
                new KernelContext(),
                partial,
                x,
                given,
                biases,
                relation.table(),
                relation.columns(),
                relation.lists(),
                relation.order(),
                relation.counts(),
                1,
                width,
                ci,
                co,
                columns,
                transposed,
                bias,
                ordered,
                parts,
                pitch),
        partial,
        x,
        given,
        biases,
        relation.table(),
        relation.columns(),
        relation.lists(),
        relation.order(),
        relation.counts());
    FloatConvolution.addParts(y, partial, relation.counts(), 1, pitch / co, co, parts);
    double[] expected =
        relation.convolve(x, weights, bias == 1 ? biases : null, ci, co, (a, b) -> (double) a * b);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) y.get(i)).as("%d", i).isCloseTo(expected[i], within(1e-5));
    }
    for (int i = expected.length; i < y.getSize(); i++) {
      assertThat(y.get(i)).isEqualTo(UNTOUCHED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // rows, offsets, width, ci, co
    "300, 27, 27, 7, 21",
    "2000, 3, 27, 20, 70",
    "2600, 9, 27, 7, 9",
    "700, 8, 8, 96, 96",
    "90, 3, 27, 130, 65",
    "90, 1, 0, 96, 33",
    "257, 3, 27, 33, 72",
    "150, 1, 0, 65, 3",
    "1, 1, 0, 1, 1",
    "0, 3, 27, 32, 32",
  })
  void weightGradientEqualsTheOneInDoublePrecision(
      int rows, int offsets, int width, int ci, int co) {
    TestRelation relation = TestRelation.of(rows, offsets, width, false);
    FloatArray x = Device.random(relation.inputRows() * ci + 1, 1);
    FloatArray dy = Device.random(rows * co + 1, 2);
    FloatArray partials = new FloatArray(FloatWeightGradient.partials(offsets, ci, co));
    partials.init(Float.NaN);
    int chunks = FloatWeightGradient.chunks(offsets, ci, co);
    IntArray deals = new IntArray(FloatWeightGradient.deals(offsets, chunks));
    FloatWeightGradient.deal(
        deals,
        relation.starts(),
        relation.columns(),
        relation.counts(),
        1,
        offsets,
        width,
        relation.segments(),
        chunks);
    Device.run(
        Device.groups(
            WeightGradientBlocks.blockIn(ci), chunks, WeightGradientBlocks.parts(ci, co), 1),
        graph ->
            graph.task(
                "t",
                FloatWeightGradient::partialSums,
                new KernelContext(),
                partials,
                dy,
                x,
                relation.table(),
                relation.columns(),
                relation.list(),
                deals,
                offsets,
                width,
                ci,
                co),
        partials,
        dy,
        x,
        relation.table(),
        relation.columns(),
        relation.list(),
        deals);
    FloatArray dWeights = new FloatArray(offsets * ci * co);
    dWeights.init(Float.NaN);
    FloatWeightGradient.sum(dWeights, partials, deals, offsets, ci, co);
    double[] expected = relation.weightGradient(x, dy, ci, co, (a, b) -> (double) a * b);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) dWeights.get(i)).as("%d", i).isCloseTo(expected[i], within(1e-5));
    }
  }
}
