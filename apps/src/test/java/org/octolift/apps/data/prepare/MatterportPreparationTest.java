package org.octolift.apps.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Console;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.engine.io.Npy;

class MatterportPreparationTest {
  @TempDir private Path root;

  private Path file(String name) throws IOException {
    Path file = root.resolve("in").resolve(name);
    Files.createDirectories(file.getParent());
    return file;
  }

  /// An image whose red is the column and whose green is the row.
  private void colour(String name, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, (i % width & 255) << 16 | (i / width & 255) << 8);
    }
    ImageIO.write(image, "png", file(name).toFile());
  }

  /// An uncompressed OpenEXR file with the channel Y.
  static byte[] exr(int width, int height, float[] depth) {
    ByteBuffer out =
        ByteBuffer.allocate(512 + height * (16 + 4 * width)).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(20000630).putInt(2);
    text(out, "channels", "chlist").putInt(19);
    out.put(new byte[] {'Y', 0}).putInt(2).putInt(0).putInt(1).putInt(1).put((byte) 0);
    text(out, "compression", "compression").putInt(1).put((byte) 0);
    text(out, "dataWindow", "box2i").putInt(16).putInt(0).putInt(0);
    out.putInt(width - 1).putInt(height - 1).put((byte) 0);
    int first = out.position() + 8 * height;
    for (int row = 0; row < height; row++) {
      out.putLong(first + (long) row * (8 + 4 * width));
    }
    for (int row = 0; row < height; row++) {
      out.putInt(row).putInt(4 * width);
      for (int x = 0; x < width; x++) {
        out.putFloat(depth[row * width + x]);
      }
    }
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer text(ByteBuffer out, String... words) {
    for (String word : words) {
      out.put(word.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    }
    return out;
  }

  private void depth(String name, int width, int height, float metres) throws IOException {
    float[] depth = new float[width * height];
    Arrays.fill(depth, metres);
    depth[1] = 0;
    depth[2] = Float.NaN;
    Files.write(file(name), exr(width, height, depth));
  }

  private Console.Result run(String... more) {
    String[] all = new String[more.length + 6];
    String[] words = {
      "data", "mp3d", "--path-in", root.resolve("in").toString(), "--path-out", root + "/out"
    };
    System.arraycopy(words, 0, all, 0, 6);
    System.arraycopy(more, 0, all, 6, more.length);
    return Console.run(all);
  }

  @Test
  void makesPointsOfPanoramas() throws IOException {
    colour("mp3d_rgbd/s1/b_rgb.png", 64, 32);
    depth("mp3d_rgbd/s1/b_depth.exr", 64, 32, 0.5f);
    colour("mp3d_rgbd/s2/a_rgb.png", 256, 128);
    depth("mp3d_rgbd/s2/a_depth.exr", 256, 128, 6);
    colour("mp3d_rgbd/s3/c_rgb.png", 64, 32);
    Files.writeString(file("mp3d_scenes_train.txt"), "s1\n");
    Files.writeString(file("mp3d_scenes_test.txt"), "s2\n");
    Console.Result result = run();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("2 prepared, 0 already there, 0 failed");

    Path out = root.resolve("out");
    Scan scan = PlyFile.read(out.resolve("train/b_rgb.ply"));
    assertThat(scan.size()).isEqualTo(64 * 32 - 2);
    assertThat(scan.pixels()).startsWith(0, 3, 4).endsWith(64 * 32 - 1);
    for (int i = 0; i < scan.size(); i += 7) {
      int column = scan.pixels()[i] % 64;
      int row = Math.floorDiv(scan.pixels()[i], 64);
      double u = (column + 0.5) / 64 * 2 * Math.PI;
      double v = ((row + 0.5) / 32 - 0.5) * Math.PI;
      double[] direction = {Math.cos(v) * Math.cos(u), Math.cos(v) * Math.sin(u), -Math.sin(v)};
      double facing = 0;
      for (int c = 0; c < 3; c++) {
        assertThat(scan.xyz()[3 * i + c]).isEqualTo((float) (0.5 * direction[c]));
        facing += scan.normals()[3 * i + c] * direction[c];
      }
      // On a sphere normals point along the view, to either side.
      assertThat(Math.abs(facing)).isGreaterThan(0.98);
      assertThat(scan.colours()[3 * i]).isEqualTo(column);
      assertThat(scan.colours()[3 * i + 1]).isEqualTo(row);
    }
    assertThat(out.resolve("train/b_rgb.png"))
        .hasSameBinaryContentAs(root.resolve("in/mp3d_rgbd/s1/b_rgb.png"));

    // 12 m across: two boxes along each axis, all of which hold points.
    Scan large = PlyFile.read(out.resolve("val/a_rgb.ply"));
    for (int chunk = 0; chunk < 8; chunk++) {
      Scan part = PlyFile.read(out.resolve("val/a_rgb.chunk_" + chunk + ".ply"));
      boolean[] mask = Npy.read(out.resolve("val/a_rgb.chunk_" + chunk + ".mask.npy")).booleans();
      int row = 0;
      for (int i = 0; i < mask.length; i++) {
        if (mask[i]) {
          assertThat(part.pixels()[row++]).isEqualTo(large.pixels()[i]);
        }
      }
      assertThat(part.size()).isEqualTo(row);
    }
    assertThat(out.resolve("mp3d_train.txt")).hasContent("b_rgb.ply\n");
    assertThat(out.resolve("mp3d_train_img.txt")).hasContent("b_rgb.png\n");
    assertThat(out.resolve("mp3d_val.txt")).hasContent("a_rgb.ply\n");
    assertThat(Files.readAllLines(out.resolve("mp3d_val_new.txt")))
        .hasSize(8)
        .contains("a_rgb.chunk_7.ply");
    assertThat(Files.readAllLines(out.resolve("mp3d_val_new_img.txt")))
        .hasSize(8)
        .containsOnly("a_rgb.png");
    assertThat(Console.run("data", "check", out.toString()).code()).isZero();
    assertThat(run().out()).contains("0 prepared, 2 already there, 0 failed");
  }

  @Test
  void namesWhatFailsAndGoesOn() throws IOException {
    colour("good_rgb.png", 64, 32);
    depth("good_depth.exr", 64, 32, 1);
    colour("other_size_rgb.png", 64, 32);
    depth("other_size_depth.exr", 32, 16, 1);
    colour("alone_rgb.png", 64, 32);
    colour("dark_rgb.png", 64, 32);
    depth("dark_depth.exr", 64, 32, 0);
    colour("damaged_rgb.png", 64, 32);
    Files.write(file("damaged_depth.exr"), new byte[300]);
    try (InputStream in = getClass().getResourceAsStream("/golden/exr/piz_half.exr")) {
      Files.write(file("piz_depth.exr"), in.readAllBytes());
    }
    colour("piz_rgb.png", 53, 37);
    Console.Result result = run("--images", ".");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("2 prepared, 0 already there, 4 failed");
    assertThat(result.err())
        .contains("octolift: other_size failed: ", "has 32 x 16 pixels")
        .contains("octolift: alone failed: ", "alone_depth.exr: no such file")
        .contains("octolift: dark failed: ", "no pixel has depth")
        .contains("octolift: damaged failed: ", "is no OpenEXR file");
    assertThat(root.resolve("out/mp3d_train.txt")).hasContent("good_rgb.ply\npiz_rgb.ply\n");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    Files.createDirectories(root.resolve("in"));
    assertThat(run().err()).contains("expected panoramas mp3d_rgbd/SCENE/NAME_rgb.png");
    assertThat(run("--rgb-ending", "x").err()).contains("--rgb-ending and --depth-ending");
    assertThat(run("--train-list", root + "/none.txt").err()).contains("none.txt: no such file");
    colour("mp3d_rgbd/s1/b_rgb.png", 64, 32);
    depth("mp3d_rgbd/s1/b_depth.exr", 64, 32, 1);
    Files.writeString(file("mp3d_scenes_train.txt"), "s1\ns9\n");
    Console.Result result = run();
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("octolift: s9 failed: ", "the scene is on a list");
    colour("mp3d_rgbd/s9/b_rgb.png", 64, 32);
    assertThat(run().err()).contains("would both become train/b_rgb.ply");
    Files.writeString(file("mp3d_scenes_test.txt"), "s1\n");
    assertThat(run().err()).contains("names the scene s1, which has been named");
  }
}
