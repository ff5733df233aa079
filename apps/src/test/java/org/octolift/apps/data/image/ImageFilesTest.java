package org.octolift.apps.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.apps.data.RealFiles;
import org.octolift.engine.InputException;

class ImageFilesTest {
  @TempDir private Path folder;

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private Path write(String name, String content) throws IOException {
    return write(name, content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Path write(BufferedImage image, String format) throws IOException {
    Path file = folder.resolve("image." + format);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_USHORT_GRAY, BufferedImage.TYPE_BYTE_GRAY})
  void readsGreyPngExactly(int type) throws IOException {
    int largest = type == BufferedImage.TYPE_BYTE_GRAY ? 255 : 65535;
    BufferedImage image = new BufferedImage(37, 11, type);
    SplittableRandom random = new SplittableRandom(1);
    char[] values = new char[37 * 11];
    for (int i = 0; i < values.length; i++) {
      values[i] = i == 0 ? (char) largest : (char) random.nextInt(largest + 1);
      image.getRaster().setSample(i % 37, i / 37, 0, values[i]);
    }
    Path file = write(image, "png");
    GreyImage grey = ImageFiles.readGrey(file);
    assertThat(grey.width()).isEqualTo(37);
    assertThat(grey.values()).isEqualTo(values);
    ColourImage colour = ImageFiles.readColour(file);
    for (int i = 0; i < values.length; i++) {
      int expected = (int) Math.round(values[i] * 255.0 / largest);
      assertThat(colour.channel(i, 0)).isEqualTo(expected);
      assertThat(colour.channel(i, 2)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void readsColourPngOfAnyLayout(int type) throws IOException {
    BufferedImage image = new BufferedImage(3, 2, type);
    image.setRGB(0, 0, 0xff0a141e);
    image.setRGB(2, 1, 0x80ff8001);
    ColourImage read = ImageFiles.readColour(write(image, "png"));
    assertThat(read.channel(0, 0)).isEqualTo(10);
    assertThat(read.channel(0, 1)).isEqualTo(20);
    assertThat(read.channel(0, 2)).isEqualTo(30);
    assertThat(read.channel(5, 0)).isEqualTo(255);
    assertThat(read.channel(5, 1)).isEqualTo(128);
    assertThat(read.channel(5, 2)).isEqualTo(1);
    assertThatThrownBy(() -> ImageFiles.readGrey(folder.resolve("image.png")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected one channel");
  }

  @Test
  void readsPalettesAsColourOnly() throws IOException {
    byte[] reds = {0, (byte) 200, 7, 0};
    IndexColorModel palette = new IndexColorModel(2, 4, reds, new byte[4], new byte[] {1, 2, 3, 4});
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setSample(1, 0, 0, 1);
    Path file = write(image, "png");
    assertThat(ImageFiles.readColour(file).rgb()).containsExactly(0, 0, 1, 200, 0, 2);
    assertThatThrownBy(() -> ImageFiles.readGrey(file)).hasMessageContaining("palette");
  }

  @Test
  void readsJpeg() throws IOException {
    BufferedImage image = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 16; i++) {
      image.setRGB(i % 32, i / 32, 0x4080c0);
    }
    ColourImage read = ImageFiles.readColour(write(image, "jpg"));
    assertThat(read.height()).isEqualTo(16);
    assertThat(read.channel(100, 0)).isBetween(0x3c, 0x44);
    assertThat(read.channel(100, 2)).isBetween(0xbc, 0xc4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void noticesEveryTruncation(String format) throws IOException {
    BufferedImage image = new BufferedImage(48, 40, BufferedImage.TYPE_INT_RGB);
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 48 * 40; i++) {
      image.setRGB(i % 48, i / 48, random.nextInt());
    }
    byte[] content = Files.readAllBytes(write(image, format));
    // A PNG without its end marker still has all pixels.
    int end = format.equals("png") ? content.length - 24 : content.length - 2;
    for (int length = 0; length < end; length += length < 700 ? 1 : 37) {
      Path cut = write("cut." + format, Arrays.copyOf(content, length));
      assertThatThrownBy(() -> ImageFiles.readColour(cut))
          .as("%d of %d bytes", length, content.length)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("cut." + format);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void survivesDamage(String format) throws IOException {
    BufferedImage image = new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB);
    byte[] content = Files.readAllBytes(write(image, format));
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 300; round++) {
      byte[] damaged = content.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      Path file = write("damaged." + format, damaged);
      try {
        assertThat(ImageFiles.readColour(file).rgb()).isNotEmpty();
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("damaged." + format);
      }
    }
  }

  @Test
  void refusesAPngThatAnnouncesMoreThanItHolds() throws IOException {
    byte[] content =
        Files.readAllBytes(write(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY), "png"));
    for (int size : new int[] {10_000, 100_000, -1, 0}) {
      ByteBuffer.wrap(content).putInt(16, size).putInt(20, size);
      Path file = write("large.png", content);
      assertThatThrownBy(() -> ImageFiles.readGrey(file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("announces");
    }
  }

  @Test
  void readsPgm() throws IOException {
    Path wide = write("a.pgm", "P5 # depth\n2 # columns\n\n1\n65535\n\1\2\u00ff\u00fe");
    assertThat(ImageFiles.readGrey(wide).values()).containsExactly('\u0102', '\ufffe');
    Path narrow = write("b.pgm", "P5\t3\r\n1 200\n\1\u00c8\0");
    assertThat(ImageFiles.readGrey(narrow).values()).containsExactly('\1', '\u00c8', '\0');
    assertThat(ImageFiles.readColour(narrow).rgb()).containsExactly(1, 1, 1, -1, -1, -1, 0, 0, 0);
    Path text = write("c.pgm", "P2\n2 2\n1000\n0 1000\n# middle\n500 7");
    assertThat(ImageFiles.readGrey(text).values()).containsExactly('\0', '\u03e8', '\u01f4', '\7');
  }

  @Test
  void readsPpm() throws IOException {
    Path binary = write("a.ppm", "P6 1 1 255 \1\2\3");
    assertThat(ImageFiles.readColour(binary).rgb()).containsExactly(1, 2, 3);
    Path wide = write("b.ppm", "P6 1 1 65535\n\u00ff\u00ff\u0080\u0080\0\0");
    assertThat(ImageFiles.readColour(wide).rgb()).containsExactly(-1, -128, 0);
    Path text = write("c.ppm", "P3 1 1 15 15 0 3\n");
    assertThat(ImageFiles.readColour(text).rgb()).containsExactly(-1, 0, 51);
    assertThatThrownBy(() -> ImageFiles.readGrey(text)).hasMessageContaining("3 channels");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P1 1 1 1|expected P2, P3, P5 or P6",
        "P5|expected the width",
        "P5 x|expected the width",
        "P5 99999999999 1 255|expected the width",
        "P5 40000 40000 255 |announces 40000 x 40000",
        "P5 0 1 255 |announces 0 x 1",
        "P5 -1 1 255 |expected the width",
        "P5 1 1 70000 |expected the largest value",
        "P5 1 1 0 |largest value must be",
        "P5 1 1 255|expected one blank",
        "P5 2 1 255 a|truncated",
        "P5 1 1 256 a|truncated",
        "P6 1 1 255 ab|truncated",
        "P2 9 9 255 1 2 3|truncated",
        "P2 2 1 255 1 x|expected a value",
        "P2 2 1 255 1 256|holds the value 256",
        "P5 1 1 50 a|holds the value 97",
        "GIF89a|is no PNG, JPEG, PGM or PPM image"
      })
  void namesWhatIsWrong(String content, String problem) throws IOException {
    Path file = write("a.pgm", content);
    assertThatThrownBy(() -> ImageFiles.readColour(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(problem);
  }

  @Test
  void readsRealImages() {
    Path depth = RealFiles.find("real/slambook2-rgbd/ch5/rgbd/depth/1.pgm");
    char[] values = ImageFiles.readGrey(depth).values();
    assertThat(values).hasSize(640 * 480);
    Path png = RealFiles.find("real/open3d-testdata/RGBD/depth/00000.png");
    int largest = 0;
    for (char value : ImageFiles.readGrey(png).values()) {
      largest = Math.max(largest, value);
    }
    assertThat(largest).isBetween(2000, 2702);
    Path labels = RealFiles.find("real/ade20k-sample/sampleData/annotations/ADE_val_00000001.png");
    for (char value : ImageFiles.readGrey(labels).values()) {
      assertThat((int) value).isLessThanOrEqualTo(150);
    }
  }
}
