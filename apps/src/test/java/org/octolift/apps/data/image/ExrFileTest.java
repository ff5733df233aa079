package org.octolift.apps.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;

/// The files were written by OpenEXR 2.3 (through OpenCV): 53 x 37 pixels of smooth depth with
/// holes, one value of 65504 and a row of 1e-7.
class ExrFileTest {
  private static final int WIDTH = 53;
  private static final int HEIGHT = 37;

  @TempDir private Path folder;

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = ExrFileTest.class.getResourceAsStream("/golden/exr/" + name)) {
      return in.readAllBytes();
    }
  }

  private static float[] expected() throws IOException {
    float[] values = new float[WIDTH * HEIGHT];
    ByteBuffer.wrap(golden("expected.f32"))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }

  private FloatImage read(byte[] content) throws IOException {
    return ExrFile.readDepth(Files.write(folder.resolve("image.exr"), content));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "rle", "zips", "zip", "piz"})
  void readsEveryCompression(String compression) throws IOException {
    FloatImage image = read(golden(compression + "_float.exr"));
    assertThat(image.width()).isEqualTo(WIDTH);
    assertThat(image.height()).isEqualTo(HEIGHT);
    float[] expected = expected();
    assertThat(image.values()).isEqualTo(expected);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Float.float16ToFloat(Float.floatToFloat16(expected[i]));
    }
    assertThat(read(golden(compression + "_half.exr")).values()).isEqualTo(expected);
  }

  @Test
  void takesOneChannelOfSeveral() throws IOException {
    // Red of an image whose green and blue are fractions of it.
    assertThat(read(golden("rgb_piz_float.exr")).values()).isEqualTo(expected());
    byte[] renamed = golden("rgb_piz_float.exr");
    for (int i = 0; i < 100; i++) {
      renamed[i] = renamed[i] == 'R' && renamed[i + 1] == 0 ? (byte) 'S' : renamed[i];
    }
    assertThatThrownBy(() -> read(renamed))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected a channel Y, Z or R");
  }

  /// So many values that the wavelet works modulo 65536.
  @Test
  void readsAllPositiveHalves() throws IOException {
    FloatImage image = read(golden("piz_all_halves.exr"));
    assertThat(image.values()).hasSize(31744);
    for (int i = 0; i < 31744; i++) {
      assertThat(image.values()[i]).isEqualTo(Float.float16ToFloat((short) i));
    }
  }

  @Test
  void refusesWhatItIsNot() throws IOException {
    byte[] tiled = golden("zip_half.exr");
    tiled[5] |= 2;
    byte[] lossy = golden("none_half.exr");
    int compression =
        new String(lossy, StandardCharsets.ISO_8859_1).indexOf("compression\0compression\0");
    lossy[compression + 28] = 6;
    byte[] huge = golden("none_half.exr");
    int window = new String(huge, StandardCharsets.ISO_8859_1).indexOf("dataWindow\0box2i\0");
    huge[window + 17 + 4 + 13] = 60;
    assertThatThrownBy(() -> read("no image".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("is no OpenEXR file");
    assertThatThrownBy(() -> read(tiled)).hasMessageContaining("found tiles");
    assertThatThrownBy(() -> read(lossy)).hasMessageContaining("is compressed by method 6");
    assertThatThrownBy(() -> read(huge)).hasMessageContaining("do not fit into the");
  }

  /// Whatever the bytes are, there is an image or an error that names the file.
  @ParameterizedTest
  @ValueSource(
      strings = {"none_half", "rle_half", "zips_float", "zip_half", "piz_half", "piz_float"})
  void survivesDamage(String name) throws IOException {
    byte[] whole = golden(name + ".exr");
    SplittableRandom random = new SplittableRandom(11);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      if (i < 40) {
        damaged = Arrays.copyOf(whole, whole.length * i / 40);
      }
      for (int n = 0; i >= 40 && n < 1 + i % 4; n++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(read(damaged).values()).isNotEmpty();
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("image.exr");
        refused++;
      }
    }
    assertThat(refused).isGreaterThanOrEqualTo(40);
  }
}
