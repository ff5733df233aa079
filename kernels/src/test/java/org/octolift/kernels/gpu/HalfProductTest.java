package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Dense products on tensor cores equal sums of rounded products in double precision.
class HalfProductTest {
  private static final float UNTOUCHED = 77;

  @ParameterizedTest
  @CsvSource({
    // rows, width, ci, co, tileColumns, biased, parts
    "1, 0, 16, 2, 64, 0, 1",
    "130, 0, 32, 66, 64, 1, 1",
    "100, 0, 160, 150, 128, 0, 3",
    "150, 0, 48, 150, 128, 1, 1",
    "129, 9, 32, 64, 64, 0, 2",
    "129, 9, 16, 130, 64, 1, 1",
    "7, 4, 16, 130, 128, 0, 4",
    "70, 9, 16, 64, 64, 0, 2",
    "3, 3, 16, 200, 128, 1, 1",
    "300, 0, 112, 256, 128, 0, 1",
    "0, 0, 16, 8, 64, 1, 1",
  })
  void equalsTheSumOfRoundedProducts(
      int rows, int width, int ci, int co, int tileColumns, int biased, int parts) {
    int span = Math.max(1, width);
    int inputs = rows + 3;
    FloatArray floats = Device.random(inputs * ci, 1);
    int panelRows = HalfPanels.panelRows(inputs);
    LongArray x = new LongArray(HalfPanels.longs(inputs, ci));
    HalfPanels.rows(x, floats, IntArray.fromElements(inputs), 0, ci, ci, panelRows);
    FloatArray weights = Device.random(span * ci * co, 2);
    FloatArray bias = Device.random(co, 3);
    LongArray packed =
        new LongArray(
            HalfOperands.weightLongs(span, ci, co, tileColumns, biased, HalfOperands.BF16));
    HalfOperands.weights(
        packed,
        weights,
        bias,
        IntArray.fromElements(span, ci, co, ci, 0, biased),
        tileColumns,
        HalfOperands.BF16);
    Random random = new Random(5);
    int[] pixels = new int[Math.max(1, rows * width)];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextInt(-1, inputs);
    }
    IntArray table = IntArray.fromArray(pixels);
    IntArray counts = Device.counts(rows);
    int partPitch = (rows + 1) * co;
    FloatArray y = new FloatArray(parts * partPitch);
    y.init(UNTOUCHED);
    Device.run(
        Device.groups(
            HalfProduct.threads(tileColumns),
            HalfProduct.groups(Math.max(1, rows), co, tileColumns),
            1,
            parts),
        graph ->
            graph.task(
                "t",
                HalfProduct::multiply,
                new KernelContext(),
                y,
                x,
                packed,
                table,
                counts,
                1,
                width,
                panelRows,
                ci,
                co,
                tileColumns,
                biased,
                parts,
                partPitch),
        y,
        x,
        packed,
        table,
        counts);
    TestRelation.Product times = Formats.product(HalfOperands.BF16);
    for (int i = 0; i < partPitch; i++) {
      int row = i / co;
      if (row >= rows) {
        assertThat(y.get(i)).isEqualTo(UNTOUCHED);
        continue;
      }
      double sum = biased * bias.get(i % co);
      for (int k = 0; k < span; k++) {
        int from = width > 0 ? pixels[row * width + k] : row;
        for (int c = 0; from >= 0 && c < ci; c++) {
          sum += times.of(floats.get(from * ci + c), weights.get((k * ci + c) * co + i % co));
        }
      }
      double actual = 0;
      for (int part = 0; part < parts; part++) {
        actual += y.get(part * partPitch + i);
      }
      assertThat(actual).as("element %d", i).isCloseTo(sum, within(1e-4));
    }
  }
}
