package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.softlabel.ColourTeacher;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

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

  @Test
  void goesOnToTheBit() throws IOException, InterruptedException {
    String more = "DATA.train.soft_top_k 3 SOLVER.accumulate 2 SOLVER.clip_norm 1.0 ";
    tiny.run(more + "SOLVER.logdir @whole");
    tiny.run(more + "SOLVER.logdir @parts SOLVER.max_epoch 2");
    tiny.run(more + "SOLVER.logdir @parts SOLVER.threads 1 DATA.train.num_workers 3");
    assertThat(tiny.console()).contains("resumed after epoch 2");
    // The learning rate of the first epochs depends on their number.
    assertThat(steps("parts")).hasSameSizeAs(steps("whole"));
    tiny.run(more + "SOLVER.logdir @one SOLVER.lr_type constant");
    int[] asked = new int[1];
    boolean ended =
        tiny.run(
            ColourTeacher.source(TinyPretraining.CLASSES, 1),
            more + "SOLVER.logdir @two SOLVER.lr_type constant",
            () -> ++asked[0] == 3);
    assertThat(ended).isFalse();
    tiny.run(more + "SOLVER.logdir @two SOLVER.lr_type constant");
    assertThat(bytes("two" + MODEL)).isEqualTo(bytes("one" + MODEL));
    assertThat(bytes("two/log.csv")).isEqualTo(bytes("one/log.csv"));
  }

  @Test
  void labellingThatIsStoppedGoesOn() throws IOException, InterruptedException {
    boolean ended = tiny.run(ColourTeacher.source(TinyPretraining.CLASSES, 1), "", () -> true);
    assertThat(ended).isFalse();
    assertThat(tiny.console())
        .last()
        .isEqualTo("stopped after 1 of 3 images; the same command goes on from there");
    assertThat(files("train/soft_labels")).containsExactly("view0_rgb.npz");
    tiny.run("SOLVER.max_epoch 1");
    assertThat(tiny.console()).anyMatch(line -> line.startsWith("DATA.train: soft labels of 2 "));
  }

  @Test
  void storedLabelsWithFewerClassesAreTheFirstOfAll() throws IOException, InterruptedException {
    String more = "DATA.train.soft_top_k 2 DATA.test.soft_top_k 2 SOLVER.logdir ";
    tiny.run(more + "@two");
    for (String folder : List.of("train/soft_labels", "val/soft_labels")) {
      for (String file : files(folder)) {
        Files.delete(tiny.path(folder).resolve(file));
      }
    }
    tiny.run("SOLVER.logdir @all");
    tiny.run(more + "@cut");
    assertThat(tiny.console()).noneMatch(line -> line.contains("soft labels of"));
    assertThat(bytes("cut" + MODEL))
        .isEqualTo(bytes("two" + MODEL))
        .isNotEqualTo(bytes("all" + MODEL));
    assertThat(bytes("cut/log.csv")).isEqualTo(bytes("two/log.csv"));
  }

  @Test
  void learnsWhatTheTeacherSays() throws IOException, InterruptedException {
    tiny.run("SOLVER.max_epoch 60 SOLVER.test_every_epoch 60 SOLVER.lr 0.1");
    Map<?, ?> metrics = (Map<?, ?>) Json.parse(tiny.path("log/metrics.json"));
    List<String> losses = steps("log");
    double first = Double.parseDouble(losses.get(1).split(",")[2]);
    double last = Double.parseDouble(losses.getLast().split(",")[2]);
    assertThat(last).isLessThan(0.9 * first);
    assertThat(((Number) metrics.get("accuracy")).doubleValue()).isBetween(0.3, 1.0);
  }

  @Test
  void testsEvaluatesAndProfiles() throws IOException, InterruptedException {
    tiny.run("SOLVER.run profile DATA.train.batch_size 1");
    assertThat(tiny.path("log/trace.json")).exists();
    assertThat(tiny.path("train/soft_labels")).doesNotExist();
    tiny.run("SOLVER.max_epoch 1");
    tiny.run("SOLVER.run test");
    assertThat(tiny.console()).anyMatch(line -> line.startsWith("test/mIoU_part: "));
    tiny.run("SOLVER.run evaluate");
    assertThat(tiny.path("log/01.0001.npz")).exists();
  }

  @Test
  void labelsByAnotherTeacherAreRefused() throws IOException, InterruptedException {
    tiny.storeLabels();
    assertThatThrownBy(
            () -> tiny.run(ColourTeacher.source(TinyPretraining.CLASSES, 2), "", () -> false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("view0_rgb.npz: expected labels by the weights with SHA-256 0000")
        .hasMessageContaining("name another folder by DATA.train.soft_labels");
  }

  @Test
  void imagesOfOneNameInASharedFolderAreRefused() throws IOException {
    Files.copy(tiny.path("train/view0_rgb.png"), tiny.path("val/view0_rgb.png"));
    Files.writeString(tiny.path("mp3d_val_img.txt"), "view0_rgb.png\nview4_rgb.png\n");
    assertThatThrownBy(() -> tiny.run("DATA.train.soft_labels @both DATA.test.soft_labels @both"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("view0_rgb.png: the labels of both would be ");
  }
}
