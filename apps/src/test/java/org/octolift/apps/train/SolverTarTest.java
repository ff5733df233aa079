package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.apps.config.SolverConfig;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.TorchFile;

/// The files `sgd`, `adam` and `adamw.solver.tar` are PyTorch's own (README of the goldens).
final class SolverTarTest {
  @TempDir private Path folder;

  private Path torch(String kind) throws IOException {
    Path file = folder.resolve(kind + ".solver.tar");
    try (InputStream in =
        SolverTarTest.class.getResourceAsStream("/golden/" + file.getFileName())) {
      Files.copy(in, file);
    }
    return file;
  }

  private SolverConfig config(String... pairs) throws IOException {
    return TinyRun.in(folder).load(pairs).solver();
  }

  @Test
  void readsPyTorchsMomentum() throws IOException {
    SavedState saved = SolverTar.read(torch("sgd"));

    assertThat(saved.epoch()).isEqualTo(2);
    assertThat(saved.step()).hasValue(2);
    assertThat(saved.seed()).isEmpty();
    assertThat(saved.learningRate()).hasValue(0.1);
    assertThat(saved.rule()).isEqualTo(SavedState.Rule.SGD);
    assertThat(saved.teacher()).isEmpty();
    assertThat(saved.model().keySet()).hasSize(7).startsWith("0.weight", "0.bias", "1.weight");
    assertThat(saved.moments().keySet())
        .containsExactly(
            "momentum.0.weight", "momentum.0.bias", "momentum.1.weight", "momentum.1.bias");
    assertThat(saved.moments().get("momentum.0.weight").shape()).isEqualTo(new int[] {1, 2});
    assertThat(saved.moments().get("momentum.1.weight").floats()[0]).isBetween(12.001f, 12.002f);
  }

  @Test
  void readsPyTorchsAdam() throws IOException {
    SavedState saved = SolverTar.read(torch("adam"));

    assertThat(saved.step()).hasValue(2);
    assertThat(saved.rule()).isEqualTo(SavedState.Rule.ADAM);
    assertThat(saved.moments()).hasSize(8);
    assertThat(saved.moments().get("exp_avg.1.bias").floats()[0]).isBetween(2.2399f, 2.2401f);
    assertThat(saved.moments().get("exp_avg_sq.1.weight").floats()[0]).isBetween(.1216f, .1218f);
  }

  @Test
  void otherUpdateRulesAreRefused() throws IOException {
    Path file = torch("adamw");
    assertThatThrownBy(() -> SolverTar.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("adamw.solver.tar: optimizer_dict: decoupled_weight_decay is true");
  }

  @ParameterizedTest
  @CsvSource({"sgd, poly", "sgd, step", "sgd, cos", "adam, constant"})
  void whatIsWrittenIsReadAgain(String kind, String schedule) throws IOException {
    SavedState saved = SolverTar.read(torch(kind));
    Path file = folder.resolve("again.solver.tar");
    SolverConfig config =
        config("SOLVER.type", kind, "SOLVER.lr", "0.1", "SOLVER.lr_type", schedule);
    SolverTar.write(file, saved, config);
    SavedState again = SolverTar.read(file);

    assertThat(again.step()).isEqualTo(saved.step());
    assertThat(again.learningRate()).isEqualTo(saved.learningRate());
    assertThat(again.rule()).isEqualTo(saved.rule());
    assertSame(again.model(), saved.model());
    assertSame(again.moments(), saved.moments());
    Map<?, ?> all = (Map<?, ?>) TorchFile.read(file);
    Map<?, ?> rates = (Map<?, ?>) all.get("scheduler_dict");
    double rate = LrSchedule.of(config).rate(2);
    assertThat(rates.get("_last_lr")).isEqualTo(List.of(rate));
    assertThat(rates.get("last_epoch")).isEqualTo(2L);
    List<?> groups = (List<?>) ((Map<?, ?>) all.get("optimizer_dict")).get("param_groups");
    assertThat((Object) ((Map<?, ?>) groups.getFirst()).get("lr")).isEqualTo(rate);
  }

  @Test
  void theConfigurationMustHaveTheSameRule() throws IOException {
    SavedState saved = SolverTar.read(torch("sgd"));
    SolverConfig adam = config("SOLVER.type", "adam");
    assertThatThrownBy(() -> SolverTar.write(folder.resolve("a.solver.tar"), saved, adam))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("was trained with Sgd, SOLVER.type of the configuration is ADAM");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model_dict", "epoch", "optimizer_dict", "scheduler_dict"})
  void aMissingPartIsNamed(String part) throws IOException {
    Map<Object, Object> all = new LinkedHashMap<>((Map<?, ?>) TorchFile.read(torch("sgd")));
    all.remove(part);
    assertRefused(all, "broken.solver.tar: " + part + ": expected ");
  }

  @Test
  void partsThatContradictEachOtherAreRefused() throws IOException {
    Map<Object, Object> all = new LinkedHashMap<>((Map<?, ?>) TorchFile.read(torch("sgd")));
    all.put("epoch", 3L);
    assertRefused(all, "expected the schedule after epoch 3, found that after 2");
    all.put("epoch", 2L);
    Map<Object, Object> model = new LinkedHashMap<>((Map<?, ?>) all.get("model_dict"));
    Object weight = model.put("0.weight", NdArray.of(new float[3], 3));
    all.put("model_dict", model);
    assertRefused(all, "momentum_buffer of 0.weight: expected shape [3]");
    model.put("0.weight", weight);
    model.put("2.weight", NdArray.of(new float[3], 3));
    assertRefused(all, "expected the parameters 0 to 4, those of model_dict, found 4 others");
    Path list = folder.resolve("list.solver.tar");
    TorchFile.write(list, List.of(1L));
    assertThatThrownBy(() -> SolverTar.read(list))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected a dictionary with model_dict");
  }

  private void assertRefused(Object all, String message) throws IOException {
    Path file = folder.resolve("broken.solver.tar");
    TorchFile.write(file, all);
    assertThatThrownBy(() -> SolverTar.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  private static void assertSame(Map<String, NdArray> actual, Map<String, NdArray> expected) {
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, tensor) ->
            assertThat(actual.get(name).segment().mismatch(tensor.segment()))
                .as(name)
                .isEqualTo(-1));
  }
}
