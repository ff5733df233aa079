package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.config.RunConfig;
import org.octolift.nn.checkpoint.ModelFiles;

/// Steps of several batches and clipped gradients, against their definition. With SGD's first
/// step the momentum's buffer is the gradient, so the gradient can be read from a checkpoint.
final class AccumulationTest {
  private static final String[] ONE_STEP = {
    "SOLVER.max_epoch",
    "1",
    "DATA.train.batch_size",
    "3",
    "SOLVER.weight_decay",
    "0.0",
    "DATA.test.disable",
    "True",
  };

  @TempDir private Path folder;
  private TinyRun tiny;

  @BeforeEach
  void data() throws IOException {
    tiny = TinyRun.in(folder);
  }

  /// The tensors of the checkpoint after one step with SGD.
  private Map<String, float[]> after(String logdir, String part, String... more)
      throws IOException, InterruptedException {
    List<String> settings = new ArrayList<>(List.of(ONE_STEP));
    settings.addAll(List.of("SOLVER.logdir", tiny.path(logdir).toString()));
    settings.addAll(List.of(more));
    tiny.run(settings.toArray(String[]::new));
    Map<String, float[]> tensors = new LinkedHashMap<>();
    ModelFiles.read(tiny.path(logdir).resolve("checkpoints/00001." + part + ".safetensors"))
        .forEach(
            (name, tensor) -> {
              if (!name.endsWith("num_batches_tracked")) {
                tensors.put(name, tensor.floats());
              }
            });
    return tensors;
  }

  private static double norm(Map<String, float[]> tensors) {
    double sum = 0;
    for (float[] values : tensors.values()) {
      for (float value : values) {
        sum += (double) value * value;
      }
    }
    return Math.sqrt(sum);
  }

  private void list(String... scenes) throws IOException {
    Files.writeString(tiny.path("train.txt"), String.join("\n", scenes) + "\n");
  }

  @Test
  void theGradientIsTheMeanOfTheBatches() throws IOException, InterruptedException {
    String[] plain = {
      "DATA.train.batch_size", "1", "DATA.train.shuffle", "False", "DATA.train.distort", "False"
    };
    list("scene0.ply");
    Map<String, float[]> first = after("first", "solver", plain);
    list("scene1.ply");
    Map<String, float[]> second = after("second", "solver", plain);
    list("scene0.ply", "scene1.ply");
    String[] both = Arrays.copyOf(plain, plain.length + 2);
    both[plain.length] = "SOLVER.accumulate";
    both[plain.length + 1] = "2";
    Map<String, float[]> mean = after("both", "solver", both);
    assertThat(tiny.steps("both")).as("header and one step").hasSize(2);
    assertThat(mean.keySet()).isEqualTo(first.keySet()).isNotEmpty();
    mean.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            assertThat(values[i])
                .as(name)
                .isEqualTo(0.5f * (first.get(name)[i] + second.get(name)[i]));
          }
        });
    assertThat(norm(first)).isNotCloseTo(norm(second), within(1e-6));
  }

  /// BatchNorm sees one scene at a time: each moves the running statistics.
  @Test
  void statisticsFollowEachBatch() throws IOException, InterruptedException {
    String[] settings = {
      "DATA.train.batch_size", "1", "DATA.train.shuffle", "False", "DATA.train.distort", "False",
      "SOLVER.lr", "1e-30", "MODEL.bn_momentum", "0.5", "SOLVER.accumulate", "1"
    };
    list("scene0.ply", "scene1.ply");
    Map<String, float[]> separate = after("separate", "model", settings);
    settings[settings.length - 1] = "2";
    Map<String, float[]> together = after("together", "model", settings);
    assertThat(tiny.steps("separate")).hasSize(3);
    assertThat(tiny.steps("together")).hasSize(2);
    together.forEach(
        (name, values) -> {
          if (name.contains(".running_")) {
            assertThat(values).as(name).isEqualTo(separate.get(name));
          }
        });
    assertThat(together.keySet()).anyMatch(name -> name.contains(".running_"));
  }

  @Test
  void aLongGradientIsScaledToTheNorm() throws IOException, InterruptedException {
    Map<String, float[]> free = after("free", "solver");
    double norm = norm(free);
    double limit = norm / 8;
    Map<String, float[]> clipped =
        after("clipped", "solver", "SOLVER.clip_norm", Double.toString(limit));
    assertThat(norm(clipped)).isCloseTo(limit, within(1e-5 * limit));
    float factor = (float) (limit / (norm + 1e-6));
    clipped.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            assertThat(values[i])
                .as(name)
                .isCloseTo(factor * free.get(name)[i], within(1e-6f * (float) norm));
          }
        });
  }

  @Test
  void aShortGradientIsLeftAlone() throws IOException, InterruptedException {
    Map<String, float[]> free = after("free", "solver");
    Map<String, float[]> clipped = after("clipped", "solver", "SOLVER.clip_norm", "1e6");
    clipped.forEach((name, values) -> assertThat(values).as(name).isEqualTo(free.get(name)));
  }

  @Test
  void theRangesAreChecked() {
    RunConfig config = tiny.load("SOLVER.accumulate", "3", "SOLVER.clip_norm", "0.5");
    assertThat(config.solver().accumulate()).isEqualTo(3);
    assertThat(config.solver().clipNorm()).isEqualTo(0.5);
  }
}
