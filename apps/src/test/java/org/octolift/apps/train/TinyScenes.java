package org.octolift.apps.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.engine.io.Json;

/// Three tiny scenes in a folder, and the settings of a tiny network for them. Scene 2 is wider
/// than the cube.
final class TinyScenes {
  private static final float VOXEL = 0.32f;
  private static final float[][] NORMALS = {
    {0, 0, 1}, {0, 1, 0}, {1, 0, 0}, {0, 0, -1}, {0, -1, 0}, {-1, 0, 0}
  };

  private final Path folder;
  private final Map<?, ?> golden;

  /// Writes the scenes, a list of all, `all.txt`, and one of the first, `first.txt`.
  TinyScenes(Path folder) throws IOException {
    this.folder = folder;
    this.golden = (Map<?, ?>) Json.parse(resource("semi_supervised.json"));
    List<?> scenes = (List<?>) golden.get("scenes");
    for (int i = 0; i < scenes.size(); i++) {
      PlyFile.write(folder.resolve("scene" + i + ".ply"), scan((List<?>) scenes.get(i)));
    }
    Files.writeString(folder.resolve("all.txt"), "scene0.ply\nscene1.ply\nscene2.ply\n");
    Files.writeString(folder.resolve("first.txt"), "scene0.ply\n");
    resource("limited_points.pt");
  }

  /// Copies a golden file into the folder.
  Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = TinyScenes.class.getResourceAsStream("/golden/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }

  private static Scan scan(List<?> points) {
    int n = points.size();
    float[] xyz = new float[3 * n];
    float[] normals = new float[3 * n];
    float[] colours = new float[3 * n];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      List<?> point = (List<?>) points.get(i);
      float[] normal = NORMALS[number(point, 3)];
      for (int axis = 0; axis < 3; axis++) {
        xyz[3 * i + axis] = (number(point, axis) - 15.5f) * VOXEL;
        normals[3 * i + axis] = normal[axis];
        colours[3 * i + axis] = number(point, 4 + axis);
      }
      labels[i] = number(point, 7);
    }
    return new Scan("tiny", xyz, normals, colours, labels, null);
  }

  private static int number(List<?> values, int index) {
    return ((Number) values.get(index)).intValue();
  }

  /// What the reference computed: `LA` or `LR`.
  Map<?, ?> golden(String kind) {
    return (Map<?, ?>) golden.get(kind);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /// The settings; words that begin with @ are names in the folder.
  RunConfig config(Script script, String more) {
    String common =
        """
        SOLVER.progress_bar False SOLVER.threads 2 SOLVER.lr 0.05 SOLVER.weight_decay 0.0001
        SOLVER.lr_type constant SOLVER.test_every_epoch 1 SOLVER.logdir @run
        DATA.train.name scannet DATA.train.location @. DATA.train.filelist @all.txt
        DATA.train.batch_size 2 DATA.train.num_workers 1 DATA.train.offset 0.0
        DATA.test.name scannet DATA.test.location @. DATA.test.filelist @all.txt
        DATA.test.batch_size 1 DATA.test.num_workers 1 DATA.test.offset 0.0
        MODEL.name unet MODEL.channel 6 MODEL.nout 6 MODEL.nempty True MODEL.interp nearest
        MODEL.encoder_channel (8,8,16) MODEL.encoder_blocks (1,1)
        MODEL.decoder_channel (16,8,8) MODEL.decoder_blocks (1,1) MODEL.head_channel 8
        LOSS.num_class 6 LOSS.mask 0 LOSS.weight_sum 0.5 LOSS.alpha 0.8 LOSS.consistency 10
        LOSS.consist_rampup 4 LOSS.pseudo_rate 0.2
        """;
    List<String> pairs = new ArrayList<>();
    for (String word : (common + more).strip().split("\\s+")) {
      pairs.add(word.startsWith("@") ? file(word.substring(1)).toString() : word);
    }
    return RunConfig.load(
        script, Optional.empty(), pairs, "test", LocalDateTime.of(2024, 1, 1, 0, 0));
  }
}
