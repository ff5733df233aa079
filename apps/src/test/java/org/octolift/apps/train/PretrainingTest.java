package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pre-training with a teacher that looks at colours alone.
final class PretrainingTest {
  private static final String MODEL = "/checkpoints/00004.model.safetensors";

  @TempDir private Path folder;
  private TinyPretraining tiny;

  @BeforeEach
  void data() throws IOException {
    tiny = TinyPretraining.in(folder);
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(tiny.path(name));
  }

  private List<String> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(tiny.path(name))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /// `train.csv` without the times.
  private List<String> steps(String logdir) throws IOException {
    return Files.readAllLines(tiny.path(logdir).resolve("train.csv")).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .toList();
  }

  @Test
  void storedLabelsTeachAsFreshOnesToTheBit() throws IOException, InterruptedException {
    tiny.run("SOLVER.logdir @stored");
    assertThat(tiny.console())
        .contains(
            "DATA.train: soft labels of 3 images, stored in " + tiny.path("train/soft_labels"));
    assertThat(files("train/soft_labels"))
        .containsExactly("view0_rgb.npz", "view1_rgb.npz", "view2_rgb.npz");
    assertThat(files("val/soft_labels")).containsExactly("view3_rgb.npz", "view4_rgb.npz");
    tiny.run("SOLVER.logdir @again");
    assertThat(tiny.console()).noneMatch(line -> line.contains("soft labels of"));
    tiny.run(
        "SOLVER.logdir @fresh DATA.train.soft_store False DATA.test.soft_store False"
            + " DATA.train.soft_labels @none SOLVER.threads 1");
    assertThat(tiny.path("none")).doesNotExist();
    for (String other : List.of("again", "fresh")) {
      assertThat(bytes(other + MODEL)).isEqualTo(bytes("stored" + MODEL));
      assertThat(bytes(other + "/log.csv")).isEqualTo(bytes("stored/log.csv"));
      assertThat(steps(other)).isEqualTo(steps("stored"));
    }
  }
}
