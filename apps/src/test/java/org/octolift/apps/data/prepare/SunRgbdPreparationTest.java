package org.octolift.apps.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Console;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;

class SunRgbdPreparationTest {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 30;

  @TempDir private Path root;

  /// A wall at 2 m in the left half and 1 m in the right half, seen by a camera with f = 50.
  private void scene(String folder, String name) throws IOException {
    BufferedImage colour = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    BufferedImage depth = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      colour.setRGB(i % WIDTH, i / WIDTH, i % WIDTH << 16);
      depth.getRaster().setSample(i % WIDTH, i / WIDTH, 0, i % WIDTH < 20 ? 20000 : 10000);
    }
    write(colour, folder + "/image/" + name + ".png");
    write(depth, folder + "/depth/" + name + ".png");
    Files.writeString(
        root.resolve("in").resolve(folder).resolve("intrinsics.txt"), "50 0 20 0 50 15 0 0 1");
  }

  private void label(String name, int width) throws IOException {
    BufferedImage label = new BufferedImage(width, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < width * HEIGHT; i++) {
      label.getRaster().setSample(i % width, i / width, 0, i % width < 20 ? 5 : 37);
    }
    write(label, "labels/" + name + ".png");
  }

  private void write(BufferedImage image, String name) throws IOException {
    Path file = root.resolve("in").resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  private Console.Result run(String... more) {
    String[] all = new String[more.length + 6];
    String[] words = {"data", "sunrgbd", "--path-in", root + "/in", "--path-out", root + "/out"};
    System.arraycopy(words, 0, all, 0, 6);
    System.arraycopy(more, 0, all, 6, more.length);
    return Console.run(all);
  }

  @Test
  void makesLabelledPoints() throws IOException {
    scene("kv1/a", "0001");
    scene("kv2/b", "0002");
    scene("kv2/c", "0003");
    label("img-1", WIDTH);
    label("img-2", WIDTH);
    label("img-10", WIDTH);
    label("img-11", WIDTH);
    Path scenes = root.resolve("scenes.txt");
    Files.writeString(scenes, "img-1 kv1/a\nimg-2 kv2/b/\nimg-10 kv2/c\n");
    Console.Result result =
        run("--labels", "labels", "--scenes", scenes.toString(), "--val", "1", "--threads", "1");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("3 prepared, 0 already there, 1 failed");
    assertThat(result.err()).contains("octolift: img-11 failed: ", "belongs to no scene");
    Scan scan = PlyFile.read(root.resolve("out/val/img-1.ply"));
    assertThat(scan.size()).isBetween(WIDTH * HEIGHT / 4, WIDTH * HEIGHT - HEIGHT);
    for (int i = 0; i < scan.size(); i++) {
      int column = scan.pixels()[i] % WIDTH;
      int row = Math.floorDiv(scan.pixels()[i], WIDTH);
      float z = column < 20 ? 2 : 1;
      assertThat(scan.xyz()[3 * i]).isEqualTo((float) ((column - 20) / 50.0 * z));
      assertThat(scan.xyz()[3 * i + 1]).isEqualTo((float) ((row - 15) / 50.0 * z));
      assertThat(scan.xyz()[3 * i + 2]).isEqualTo(z);
      assertThat(scan.colours()[3 * i]).isEqualTo(column);
      assertThat(scan.labels()[i]).isEqualTo(column < 20 ? 5 : 37);
      // Beside the jump in the middle nothing is kept.
      assertThat(column).isNotIn(19, 20);
    }
    assertThat(root.resolve("out/sunrgbd_val.txt")).hasContent("img-1.ply\n");
    assertThat(root.resolve("out/sunrgbd_train.txt")).hasContent("img-2.ply\nimg-10.ply\n");
    assertThat(root.resolve("out/sunrgbd_train_img.txt")).hasContent("img-2.png\nimg-10.png\n");
    assertThat(Console.run("data", "check", root + "/out").out()).contains("has the same points");
  }

  @Test
  void pairsByNameAndKeepsEdges() throws IOException {
    scene("kv1/a", "0001");
    scene("kv2/b", "0002");
    label("0001", WIDTH);
    label("b", 20);
    Console.Result result = run("--labels", "labels", "--val", "0", "--no-edge-filter");
    assertThat(result.err()).contains("octolift: b failed: ", "has 20 x 30 pixels");
    assertThat(PlyFile.read(root.resolve("out/train/0001.ply")).size()).isEqualTo(WIDTH * HEIGHT);
  }

  @Test
  void worksWithoutLabels() throws IOException {
    Files.createDirectories(root.resolve("in"));
    assertThat(run().err()).contains("expected folders with image/, depth/ and intrinsics.txt");
    scene("kv1/a", "0001");
    assertThat(run("--depth-scale", "0").err()).contains("--depth-scale must be positive");
    assertThat(run("--labels", "none").err()).contains("there are no label images none/NAME.png");
    assertThat(run("--depth-encoding", "sun", "--depth-scale", "1000").code()).isZero();
    // 20000 and 10000 are 2500 and 1250 with three bits rotated in.
    assertThat(PlyFile.read(root.resolve("out/train/kv1_a.ply")).xyz()).contains(2.5f, 1.25f);
  }
}
