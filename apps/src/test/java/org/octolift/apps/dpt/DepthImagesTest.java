package org.octolift.apps.dpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.data.image.FloatImage;
import org.octolift.apps.data.image.ImageFiles;

class DepthImagesTest {
  @TempDir private Path folder;

  private static FloatImage image(int width, int height, float... values) {
    return new FloatImage(Path.of("photo.png"), width, height, values);
  }

  private char[] png(FloatImage depth) throws IOException {
    DepthImages.writePng(folder.resolve("depth.png"), depth);
    return ImageFiles.readGrey(folder.resolve("depth.png")).values();
  }

  @Test
  void pngHasUnitsOfAMetre() throws IOException {
    FloatImage metres = image(3, 2, 0, 1, 2.99999f, 100.5f, 300, -1);
    assertThat(png(DepthImages.inUnits(metres, 256)))
        .containsExactly('\0', (char) 256, (char) 767, (char) 25728, (char) 65535, '\0');
  }

  @Test
  void pngOfRelativeDepthIsStretched() throws IOException {
    assertThat(png(DepthImages.stretched(image(2, 2, -3, 7, 2, -2.9999f))))
        .containsExactly('\0', (char) 65535, (char) 32767, '\0');
    assertThat(png(DepthImages.stretched(image(2, 1, 5, 5)))).containsExactly('\0', '\0');
    assertThat(png(DepthImages.stretched(image(1, 1, 5)))).containsExactly('\0');
  }

  @Test
  void pfmBeginsAtTheBottom() throws IOException {
    Path file = folder.resolve("depth.pfm");
    DepthImages.writePfm(file, image(2, 3, 1, 2, 3, 4, 5, 6.5f));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = "Pf\n2 3\n-1.000000\n".getBytes(StandardCharsets.US_ASCII);
    byte[] found = new byte[header.length];
    bytes.get(found);
    assertThat(found).isEqualTo(header);
    float[] values = new float[6];
    bytes.asFloatBuffer().get(values);
    assertThat(values).containsExactly(5, 6.5f, 3, 4, 1, 2);
    assertThat(bytes.remaining()).isEqualTo(24);
  }
}
