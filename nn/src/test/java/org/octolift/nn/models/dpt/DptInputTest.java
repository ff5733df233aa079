package org.octolift.nn.models.dpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.Grid;
import org.octolift.nn.FormulaStream;
import org.octolift.nn.checkpoint.TestFiles;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class DptInputTest {
  @ParameterizedTest
  @CsvSource({
    "512, 1024, 480, 960",
    "480, 640, 480, 640",
    "968, 1296, 480, 640",
    "100, 100, 480, 480",
    "1000, 10, 480, 32",
    "300, 4000, 480, 6400"
  })
  void keepsTheAspect(int height, int width, int newHeight, int newWidth) {
    assertThat(DptInput.size(height, width)).isEqualTo(new Grid(1, newHeight, newWidth));
  }

  @ParameterizedTest
  @CsvSource({
    "480, 640, 384, 512, 384, 384",
    "375, 1242, 352, 1216, 352, 1216",
    "352, 1216, 352, 1216, 352, 1216",
    "1, 1, 384, 384, 384, 384",
    "1, 1000, 32, 384, 384, 384"
  })
  void comesNearTheAim(
      int height, int width, int newHeight, int newWidth, int aimHeight, int aimWidth) {
    assertThat(DptInput.size(height, width, new Grid(1, aimHeight, aimWidth)))
        .isEqualTo(new Grid(1, newHeight, newWidth));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "5, 1", "200, 3"})
  void keepsOneColourAtAnySize(int height, int width) {
    double[] red = new double[3 * height * width];
    for (int i = 0; i < red.length; i += 3) {
      red[i] = 1;
    }
    float[] input = DptInput.prepare(red, height, width, new Grid(1, 32, 64)).toHeapArray();
    for (int i = 0; i < input.length; i++) {
      assertThat(input[i]).isCloseTo(i % 3 == 0 ? 1 : -1, within(1e-6f));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cv2_cubic_37x53_to_64x96.f64, resize_img, 37, 53, 64, 96",
    "cv2_cubic_64x128_to_60x120.f64, resize_img2, 64, 128, 60, 120"
  })
  void resizesAsOpenCvDoes(
      String file, String stream, int height, int width, int newHeight, int newWidth)
      throws IOException {
    byte[] bytes = Files.readAllBytes(TestFiles.shared("golden/gen/" + file));
    double[] expected = new double[bytes.length / Double.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(expected);
    FormulaStream numbers = new FormulaStream(stream);
    double[] image = new double[height * width * 3];
    for (int i = 0; i < image.length; i++) {
      image[i] = numbers.next();
    }
    double[] actual = DptInput.resize(image, height, width, new Grid(1, newHeight, newWidth));
    assertThat(actual).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(worst).isLessThan(1e-12);
  }

  @Test
  void scalesToPlusMinusOne() {
    double[] grey = new double[] {0, 0.5, 1, 0.25, 0.75, 1};
    FloatArray input = DptInput.prepare(grey, 1, 2, new Grid(1, 1, 2));
    assertThat(input.toHeapArray()).containsExactly(-1f, 0f, 1f, -0.5f, 0.5f, 1f);
  }
}
