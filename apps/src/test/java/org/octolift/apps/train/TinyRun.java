package org.octolift.apps.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.engine.io.Json;

/// A data set of tiny scenes (floor, wall, boxes of 2 m) with a configuration of a tiny U-Net at
/// depth 5, and runs of it in this process.
public final class TinyRun {
  /// Floor, wall, box; 0 is not labelled.
  static final int CLASSES = 4;

  private static final String CONFIG =
      """
      SOLVER:
        run: train
        gpu: 0,
        logdir: FOLDER/log
        max_epoch: 4
        test_every_epoch: 2
        lr: 0.05
        lr_type: poly
        weight_decay: 0.0001
        threads: 2
        seed: 3
      DATA:
        train:
          name: scannet
          depth: 5
          node_dis: True
          offset: 0.0
          distort: True
          angle: (0, 0, 180)
          scale: 0.1
          jitter: 0.1
          location: FOLDER
          filelist: FOLDER/train.txt
          batch_size: 2
          num_workers: 1
          shuffle: True
          in_memory: True
        test:
          name: scannet
          depth: 5
          node_dis: True
          offset: 0.0
          angle: (0, 0, 180)
          scale: 0.1
          jitter: 0.1
          location: FOLDER
          filelist: FOLDER/test.txt
          batch_size: 1
          num_workers: 1
      MODEL:
        name: unet
        depth: 5
        channel: 7
        nout: 4
        nempty: True
        interp: nearest
        encoder_channel: (6, 8, 8)
        encoder_blocks: (1, 1)
        decoder_channel: (8, 8, 6)
        decoder_blocks: (1, 1)
        head_channel: 8
      LOSS:
        num_class: 4
        mask: 0
        point_wise: True
      """;

  private final Path folder;
  private final List<String> console = new ArrayList<>();

  private TinyRun(Path folder) {
    this.folder = folder;
  }

  /// Writes three scenes to train on, two to test on, and `config.yaml`.
  public static TinyRun in(Path folder) throws IOException {
    TinyRun run = new TinyRun(folder);
    for (int i = 0; i < 5; i++) {
      ScanFiles.write(run.path("scene" + i + ".ply"), scene(i));
    }
    Files.writeString(run.path("train.txt"), "scene0.ply\nscene1.ply\nscene2.ply\n");
    Files.writeString(run.path("test.txt"), "scene3.ply\nscene4.ply\n");
    Files.writeString(run.config(), CONFIG.replace("FOLDER", folder.toString()));
    return run;
  }

  /// A floor of 12 m (more than the cube holds) by 6 m, a wall, and boxes that stand about. One
  /// point in ten is not labelled.
  static Scan scene(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = 1500;
    float[] xyz = new float[3 * count];
    float[] normals = new float[3 * count];
    float[] colours = new float[3 * count];
    int[] labels = new int[count];
    double at = random.nextDouble(-3, 1);
    for (int i = 0; i < count; i++) {
      int kind = 1 + i % 3;
      double u = random.nextDouble();
      double v = random.nextDouble();
      double[] p =
          switch (kind) {
            case 1 -> new double[] {12 * u - 6, 6 * v - 3, 0};
            case 2 -> new double[] {12 * u - 6, 3, 2.5 * v};
            default -> new double[] {at + 2 * u, at + 2 * v, 1};
          };
      int axis = kind == 2 ? 1 : 2;
      for (int c = 0; c < 3; c++) {
        xyz[3 * i + c] = (float) (p[c] + random.nextDouble(-0.02, 0.02));
        normals[3 * i + c] = c == axis ? 1 : 0;
        colours[3 * i + c] = 60 * kind + random.nextInt(60);
      }
      labels[i] = random.nextInt(10) == 0 ? 0 : kind;
    }
    return new Scan("scene", xyz, normals, colours, labels, null);
  }

  /// A file of the folder.
  public Path path(String name) {
    return folder.resolve(name);
  }

  /// The configuration's file.
  public Path config() {
    return path("config.yaml");
  }

  /// Lines that the last run showed.
  List<String> console() {
    return console;
  }

  /// The configuration with some settings changed.
  RunConfig load(String... pairs) {
    return RunConfig.load(
        Script.SEGMENTATION,
        Optional.of(config()),
        List.of(pairs),
        "octolift segment",
        LocalDateTime.of(2026, 1, 2, 3, 4));
  }

  /// Runs with some settings changed.
  void run(String... pairs) throws IOException, InterruptedException {
    console.clear();
    run(console::add, pairs);
  }

  /// Runs with some settings changed.
  ///
  /// @param lines is shown the lines of the console
  void run(Consumer<String> lines, String... pairs) throws IOException, InterruptedException {
    Progress.Display display =
        new Progress.Display(System.out, System::nanoTime, Progress.Style.OFF, 80);
    new SegmentationJob(load(pairs), lines, display).run();
  }

  /// Names of the files of a folder, sorted.
  List<String> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(path(name))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /// `metrics.json` of a run's directory.
  Map<?, ?> metrics(String logdir) throws IOException {
    return (Map<?, ?>) Json.parse(path(logdir).resolve("metrics.json"));
  }

  /// `train.csv` of a run's directory without the times.
  List<String> steps(String logdir) throws IOException {
    return Files.readAllLines(path(logdir).resolve("train.csv")).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .toList();
  }
}
