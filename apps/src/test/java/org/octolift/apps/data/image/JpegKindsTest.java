package org.octolift.apps.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a JPEG says beside its pixels: orientation, four inks.
class JpegKindsTest {
  private static final int RED = 0xff0000;
  private static final int GREEN = 0x00ff00;
  private static final int BLUE = 0x0000ff;
  private static final int WHITE = 0xffffff;

  @TempDir private Path folder;

  /// Red, green, blue and white quarters.
  private static byte[] quarters() throws IOException {
    BufferedImage image = new BufferedImage(48, 32, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 48; x++) {
        image.setRGB(x, y, y < 16 ? x < 24 ? RED : GREEN : x < 24 ? BLUE : WHITE);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, "jpg", out)).isTrue();
    return out.toByteArray();
  }

  /// Puts a segment at the beginning.
  private Path with(byte[] jpeg, int marker, byte[] content) throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(jpeg.length + content.length + 4)
            .put(jpeg, 0, 2)
            .put((byte) 0xff)
            .put((byte) marker)
            .putShort((short) (content.length + 2))
            .put(content)
            .put(jpeg, 2, jpeg.length - 2)
            .array();
    return Files.write(folder.resolve("image.jpg"), bytes);
  }

  private static byte[] exif(ByteOrder order, int orientation) {
    ByteBuffer exif = ByteBuffer.allocate(44).put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
    exif.order(order)
        .put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII));
    exif.putShort((short) 42).putInt(8).putShort((short) 2);
    exif.putShort((short) 0x0100).putShort((short) 3).putInt(1).putInt(0);
    exif.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return exif.array();
  }

  private static void assertCorner(ColourImage image, int x, int y, char name) {
    int colour =
        switch (name) {
          case 'R' -> RED;
          case 'G' -> GREEN;
          case 'B' -> BLUE;
          default -> WHITE;
        };
    for (int c = 0; c < 3; c++) {
      assertThat(image.channel(y * image.width() + x, c))
          .isBetween((colour >> (16 - 8 * c) & 0xff) - 40, (colour >> (16 - 8 * c) & 0xff) + 40);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, RGBW", "2, GRWB", "3, WBGR", "4, BWRG", "5, RBGW", "6, BRWG", "7, WGBR", "8, GWRB",
    "0, RGBW", "9, RGBW"
  })
  void turnsUpright(int orientation, String corners) throws IOException {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      Path file = with(quarters(), 0xe1, exif(order, orientation));
      ColourImage image = ImageFiles.readUpright(file);
      boolean turned = orientation >= 5 && orientation <= 8;
      assertThat(image.width()).isEqualTo(turned ? 32 : 48);
      int right = image.width() - 4;
      int bottom = image.height() - 4;
      assertCorner(image, 3, 3, corners.charAt(0));
      assertCorner(image, right, 3, corners.charAt(1));
      assertCorner(image, 3, bottom, corners.charAt(2));
      assertCorner(image, right, bottom, corners.charAt(3));
      assertCorner(ImageFiles.readColour(file), 3, 3, 'R');
    }
  }

  @Test
  void damagedOrientationCountsAsNone() throws IOException {
    byte[] exif = exif(ByteOrder.BIG_ENDIAN, 6);
    for (int length = 0; length < 38; length++) {
      Path file = with(quarters(), 0xe1, Arrays.copyOf(exif, length));
      assertThat(ImageFiles.readUpright(file).width()).isEqualTo(48);
    }
    exif[10] = (byte) 0xff;
    assertThat(ImageFiles.readUpright(with(quarters(), 0xe1, exif)).width()).isEqualTo(48);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB), "png", png);
    Path file = Files.write(folder.resolve("plain.png"), png.toByteArray());
    assertThat(ImageFiles.readUpright(file).width()).isEqualTo(3);
  }

  /// A JPEG of four channels, each the same everywhere.
  private static byte[] inks(int... values) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(0, 24, 16, 4, null);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 24; x++) {
        raster.setPixel(x, y, values);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(raster, null, null), null);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "255, 255, 255, 255, 255, 255, 255",
    "0, 255, 255, 255, 0, 255, 255",
    "200, 100, 50, 128, 100, 50, 25",
    "255, 255, 255, 0, 0, 0, 0"
  })
  void readsFourInks(int cyan, int magenta, int yellow, int black, int red, int green, int blue)
      throws IOException {
    byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
    byte[] jpeg = inks(cyan, magenta, yellow, black);
    for (Path file :
        new Path[] {
          Files.write(folder.resolve("inks.jpg"), jpeg), with(jpeg, 0xee, adobe),
        }) {
      ColourImage image = ImageFiles.readColour(file);
      assertThat(image.width()).isEqualTo(24);
      assertThat(image.channel(100, 0)).isBetween(red - 3, red + 3);
      assertThat(image.channel(100, 1)).isBetween(green - 3, green + 3);
      assertThat(image.channel(100, 2)).isBetween(blue - 3, blue + 3);
    }
  }

  /// Luma 76, blue 85, red 255 is pure red ink in JFIF's equations.
  @Test
  void readsInksAsLumaAndChroma() throws IOException {
    byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 2};
    ColourImage image = ImageFiles.readColour(with(inks(76, 85, 255, 255), 0xee, adobe));
    assertThat(image.channel(100, 0)).isLessThan(6);
    assertThat(image.channel(100, 1)).isGreaterThan(249);
    assertThat(image.channel(100, 2)).isGreaterThan(249);
  }
}
