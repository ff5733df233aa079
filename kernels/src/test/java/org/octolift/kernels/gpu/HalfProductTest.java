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
    // rows, width, ci, co, tileColumns, parts, products
    "1, 0, 16, 2, 64, 1, 1",
    "130, 0, 32, 66, 64, 1, 1",
    "100, 0, 160, 150, 128, 3, 1",
    "129, 9, 32, 64, 64, 2, 1",
    "7, 4, 16, 130, 128, 4, 1",
    "70, 9, 16, 64, 64, 2, 1",
    "3, 3, 16, 200, 128, 1, 1",
    "65, 0, 64, 64, 64, 1, 4",
    "0, 0, 16, 8, 64, 1, 1",
  })
  void equalsTheSumOfRoundedProducts(
      int rows, int width, int ci, int co, int tileColumns, int parts, int products) {
    int span = Math.max(1, width);
    int inputs = rows + 3;
    FloatArray floats = Device.random(products * inputs * ci, 1);
    int panelRows = HalfPanels.panelRows(inputs);
    int rowLongs = HalfPanels.longs(inputs, ci);
    LongArray x = new LongArray(products * rowLongs);
    for (int product = 0; product < products; product++) {
      FloatArray own = new FloatArray(inputs * ci);
      for (int i = 0; i < inputs * ci; i++) {
        own.set(i, floats.get(product * inputs * ci + i));
      }
      LongArray half = new LongArray(rowLongs);
      HalfPanels.rows(half, own, IntArray.fromElements(inputs), 0, ci, ci, panelRows);
      for (int i = 0; i < rowLongs; i++) {
        x.set(product * rowLongs + i, half.get(i));
      }
    }
    int longs = HalfOperands.weightLongs(span, ci, co, tileColumns, 0, HalfOperands.BF16);
    LongArray packed = new LongArray(products * longs);
    FloatArray[] weights = new FloatArray[products];
    for (int product = 0; product < products; product++) {
      weights[product] = Device.random(span * ci * co, 2 + product);
      LongArray one = new LongArray(longs);
      HalfOperands.weights(
          one, weights[product], floats, span, ci, co, ci, tileColumns, 0, 0, HalfOperands.BF16);
      for (int i = 0; i < longs; i++) {
        packed.set(product * longs + i, one.get(i));
      }
    }
    Random random = new Random(5);
    int[] pixels = new int[Math.max(1, rows * width)];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextInt(-1, inputs);
    }
    IntArray table = IntArray.fromArray(pixels);
    IntArray counts = Device.counts(rows);
    // Two heads an image, side by side.
    int heads = products > 1 ? 2 : 1;
    int rowPitch = heads * co;
    int imagePitch = (rows + 1) * rowPitch;
    int partPitch = products / heads * imagePitch;
    FloatArray y = new FloatArray(Math.max(1, parts * partPitch));
    y.init(UNTOUCHED);
    Device.run(
        Device.groups(
            HalfProduct.threads(tileColumns),
            Math.max(1, Math.ceilDiv(rows, TileLists.ROWS)),
            Math.ceilDiv(co, tileColumns),
            products * parts),
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
                parts,
                partPitch,
                heads,
                imagePitch,
                co,
                rowPitch,
                rowLongs,
                longs),
        y,
        x,
        packed,
        table,
        counts);
    TestRelation.Product times = Formats.product(HalfOperands.BF16);
    for (int i = 0; i < partPitch; i++) {
      int image = i / imagePitch;
      int row = i % imagePitch / rowPitch;
      int product = image * heads + i % rowPitch / co;
      if (row >= rows) {
        assertThat(y.get(i)).isEqualTo(UNTOUCHED);
        continue;
      }
      double sum = 0;
      for (int k = 0; k < span; k++) {
        int from = width > 0 ? pixels[row * width + k] : row;
        for (int c = 0; from >= 0 && c < ci; c++) {
          float weight = weights[product].get((k * ci + c) * co + i % co);
          sum += times.of(floats.get((product * inputs + from) * ci + c), weight);
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
