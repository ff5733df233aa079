package org.octolift.nn.models.dpt;

import static org.assertj.core.api.Assertions.assertThat;

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
    "300, 4000, 32, 640"
  })
  void keepsTheAspect(int height, int width, int newHeight, int newWidth) {
    assertThat(DptInput.size(height, width)).isEqualTo(new Grid(1, newHeight, newWidth));
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
    double[] actual = DptInput.resize(image, height, width, 3, newHeight, newWidth);
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
