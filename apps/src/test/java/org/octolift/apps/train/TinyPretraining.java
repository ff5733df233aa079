package org.octolift.apps.train;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.softlabel.ColourTeacher;
import org.octolift.apps.softlabel.TeacherSource;

/// Tiny RGB-D images as `octolift data mp3d` leaves them, three to train with and two to test, and
/// runs of a tiny U-Net on them.
public final class TinyPretraining {
  /// The teacher's classes.
  public static final int CLASSES = 5;

  private static final int WIDTH = 40;
  private static final int HEIGHT = 30;
  private static final String CONFIG =
      """
      SOLVER: {run: train, logdir: FOLDER/log, max_epoch: 4, test_every_epoch: 2, lr: 0.05,
        lr_type: poly, weight_decay: 0.0001, threads: 2, seed: 3}
      DATA:
        train: {name: mp3d, depth: 5, node_dis: True, offset: 0.0, distort: True, angle: [0, 0, 180],
          scale: 0.1, jitter: 0.1, location: FOLDER/train, filelist: FOLDER/mp3d_train.txt, batch_size: 2,
          num_workers: 1, shuffle: True}
        test: {name: mp3d, depth: 5, node_dis: True, offset: 0.0, location: FOLDER/val,
          filelist: FOLDER/mp3d_val.txt, batch_size: 1, num_workers: 1}
      MODEL: {name: unet, depth: 5, channel: 7, nout: 5, nempty: True, interp: nearest,
        encoder_channel: [6, 8, 8], encoder_blocks: [1, 1], decoder_channel: [8, 8, 6],
        decoder_blocks: [1, 1], head_channel: 8}
      LOSS: {num_class: 5, mask: 0, point_wise: True}
      """;

  private final Path folder;
  private final List<String> console = new ArrayList<>();

  private TinyPretraining(Path folder) {
    this.folder = folder;
  }

  /// Writes images, clouds, lists and `config.yaml`.
  public static TinyPretraining in(Path folder) throws IOException {
    TinyPretraining tiny = new TinyPretraining(folder);
    for (int i = 0; i < 5; i++) {
      tiny.writeScene((i < 3 ? "train/" : "val/") + "view" + i + "_rgb", i);
    }
    tiny.writeLists("mp3d_train", List.of("view0_rgb", "view1_rgb", "view2_rgb"));
    tiny.writeLists("mp3d_val", List.of("view3_rgb", "view4_rgb"));
    Files.writeString(tiny.path("config.yaml"), CONFIG.replace("FOLDER", folder.toString()));
    return tiny;
  }

  private void writeLists(String name, List<String> stems) throws IOException {
    Files.write(path(name + ".txt"), stems.stream().map(stem -> stem + ".ply").toList());
    Files.write(path(name + "_img.txt"), stems.stream().map(stem -> stem + ".png").toList());
  }

  /// A floor and a wall of 14 m, more than the cube holds, seen row by row; no depth at every
  /// seventh pixel.
  private void writeScene(String name, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    int count = WIDTH * HEIGHT - Math.ceilDiv(WIDTH * HEIGHT, 7);
    float[] xyz = new float[3 * count];
    float[] normals = new float[3 * count];
    float[] colours = new float[3 * count];
    int[] pixels = new int[count];
    int point = 0;
    for (int pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
      int x = pixel % WIDTH;
      int y = pixel / WIDTH;
      int[] rgb = {4 * x + random.nextInt(30), 6 * y + random.nextInt(30), random.nextInt(256)};
      image.setRGB(x, y, rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
      if (pixel % 7 == 0) {
        continue;
      }
      boolean wall = y < HEIGHT / 2;
      float[] p = {
        0.35f * (x - WIDTH / 2f), wall ? 3 : 0.2f * (HEIGHT - y), wall ? 3 - 0.2f * y : 0
      };
      for (int axis = 0; axis < 3; axis++) {
        xyz[3 * point + axis] = p[axis];
        normals[3 * point + axis] = axis == (wall ? 1 : 2) ? 1 : 0;
        colours[3 * point + axis] = rgb[axis];
      }
      pixels[point++] = pixel;
    }
    Path file = path(name + ".png");
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
    PlyFile.write(path(name + ".ply"), new Scan(name, xyz, normals, colours, null, pixels));
  }

  /// A file of the folder.
  public Path path(String name) {
    return folder.resolve(name);
  }

  /// Stores the teacher's labels where the configuration looks for them.
  public void storeLabels() throws IOException, InterruptedException {
    for (String set : List.of("train", "val")) {
      List<Path> images = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Path image = path(set + "/view" + i + "_rgb.png");
        if (Files.exists(image)) {
          images.add(image);
        }
      }
      ColourTeacher.store(images, path(set + "/soft_labels"), CLASSES, 1);
    }
  }

  /// Lines that the last run showed.
  List<String> console() {
    return console;
  }

  /// The configuration with some settings changed.
  RunConfig load(String settings) {
    List<String> pairs = new ArrayList<>();
    for (String word : settings.strip().split("\\s+")) {
      if (!word.isEmpty()) {
        pairs.add(word.startsWith("@") ? path(word.substring(1)).toString() : word);
      }
    }
    return RunConfig.load(
        Script.SOFT_LABELS,
        Optional.of(path("config.yaml")),
        pairs,
        "octolift pretrain",
        LocalDateTime.of(2026, 1, 2, 3, 4));
  }

  /// Runs with some settings changed; words that start with @ are files.
  void run(String settings) throws IOException, InterruptedException {
    run(ColourTeacher.source(CLASSES, 1), settings, () -> false);
  }

  /// Runs with another teacher, or until it is stopped.
  boolean run(TeacherSource teacher, String settings, BooleanSupplier stop)
      throws IOException, InterruptedException {
    console.clear();
    Progress.Display display =
        new Progress.Display(System.out, System::nanoTime, Progress.Style.OFF, 80);
    return SegmentationJob.softLabels(load(settings), teacher, console::add, display).run(stop);
  }
}
