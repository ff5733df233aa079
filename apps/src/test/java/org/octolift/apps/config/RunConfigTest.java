package org.octolift.apps.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.apps.config.SolverConfig.Run;
import org.octolift.engine.InputException;

class RunConfigTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 4, 5, 6);
  private static final String MODEL = "MODEL:\n  name: unet\n  channel: 7\n  interp: nearest\n";

  @TempDir Path directory;

  private RunConfig load(String yaml, String... pairs) {
    return load(Script.SEGMENTATION, write(yaml), pairs);
  }

  private static RunConfig load(Script script, Path file, String... pairs) {
    return RunConfig.load(script, Optional.of(file), List.of(pairs), "octolift segment", NOW);
  }

  private Path write(String yaml) {
    try {
      return Files.writeString(directory.resolve("run.yaml"), yaml);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private AbstractThrowableAssert<?, ?> assertRefused(String yaml, String... pairs) {
    return assertThatThrownBy(() -> load(yaml, pairs)).isInstanceOf(InputException.class);
  }

  private static Path preset(String name) {
    Path config = Path.of("config");
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      if (Files.exists(up.resolve("config/LA_scannet.yaml"))) {
        config = up.resolve("config");
        break;
      }
    }
    return config.resolve(name);
  }

  @Test
  void limitedAnnotationsPreset() {
    RunConfig config = load(Script.LIMITED_ANNOTATIONS, preset("LA_scannet.yaml"));
    assertThat(config.settings().warnings()).isEmpty();
    assertThat(config.solver().run()).isEqualTo(Run.TRAIN);
    assertThat(config.solver().epochs()).isEqualTo(500);
    assertThat(config.solver().testEvery()).isEqualTo(2);
    assertThat(config.solver().weightDecay()).isZero();
    assertThat(config.solver().learningRate().type()).isEqualTo(LearningRateConfig.Type.POLY);
    assertThat(config.solver().learningRate().base()).isEqualTo(0.05);
    assertThat(config.solver().checkpointCount()).isEqualTo(10);
    assertThat(config.train().batchSize()).isEqualTo(4);
    assertThat(config.train().limited())
        .isEqualTo(new DataConfig.Limited(true, 200, Optional.empty(), true, Optional.empty()));
    assertThat(config.train().limited().annotationFile())
        .isEqualTo(Path.of("points", "LA", "points200"));
    assertThat(config.train().augmentation().angle()).containsExactly(0, 0, 180);
    assertThat(config.train().augmentation().distort()).isTrue();
    assertThat(config.train().octree().depth()).isEqualTo(9);
    assertThat(config.train().shuffle()).isTrue();
    assertThat(config.test().augmentation().distort()).isFalse();
    assertThat(config.test().batchSize()).isOne();
    assertThat(config.model().classes()).isEqualTo(21);
    assertThat(config.model().pretrained()).contains(Path.of("ckpt/mp3d_00080.model.pth"));
    assertThat(config.loss()).isEqualTo(new LossConfig(21, 0, true, 0.5, 0.999, 10, 30, 0));
  }

  @Test
  void limitedReconstructionsPreset() {
    RunConfig config = load(Script.LIMITED_RECONSTRUCTIONS, preset("LR_scannet.yaml"));
    assertThat(config.settings().warnings()).isEmpty();
    assertThat(config.solver().epochs()).isEqualTo(300);
    assertThat(config.train().batchSize()).isEqualTo(2);
    assertThat(config.train().limited())
        .isEqualTo(
            new DataConfig.Limited(
                false, 0, Optional.empty(), false, Optional.of(Path.of("points/LR/20.txt"))));
    assertThat(config.model().pseudoLabels()).isPresent();
    assertThat(config.loss().pseudoRate()).isEqualTo(0.2);
  }

  @Test
  void pretrainingPreset() {
    RunConfig config = load(Script.SOFT_LABELS, preset("seg_mp3d.yaml"));
    assertThat(config.settings().warnings()).isEmpty();
    assertThat(config.solver().epochs()).isEqualTo(200);
    assertThat(config.solver().weightDecay()).isEqualTo(1e-4);
    assertThat(config.train().name()).isEqualTo("mp3d");
    assertThat(config.train().batchSize()).isEqualTo(6);
    assertThat(config.model().classes()).isEqualTo(150);
    assertThat(config.loss().classes()).isEqualTo(150);
  }

  @Test
  void validationPresetIsVoxelWise() {
    RunConfig config = load(Script.SEGMENTATION, preset("scannet_val.yaml"));
    assertThat(config.settings().warnings()).isEmpty();
    assertThat(config.solver().run()).isEqualTo(Run.TEST);
    assertThat(config.loss().pointWise()).isFalse();
    assertThat(config.loss().mask()).isZero();
    assertThat(config.loss().classes()).isEqualTo(21);
    assertThat(config.solver().checkpoint())
        .contains(Path.of("../logs/finetune_LA_200/D9_2cm/checkpoints/00500.model.pth"));
  }

  @Test
  void evaluationPresetDistortsAndVotes() {
    RunConfig config = load(Script.SEGMENTATION, preset("scannet_eval.yaml"));
    assertThat(config.solver().run()).isEqualTo(Run.EVALUATE);
    assertThat(config.solver().evaluateEpochs()).isEqualTo(72);
    assertThat(config.test().augmentation().distort()).isTrue();
  }

  @Test
  void roomsPresetHasItsOwnStages() {
    RunConfig config = load(Script.SEGMENTATION, preset("rooms.yaml"));
    assertThat(config.settings().warnings()).isEmpty();
    assertThat(config.model().stages().count()).isEqualTo(4);
    assertThat(config.solver().seed()).isOne();
  }

  /// Fine-tuning takes the trunk of pre-training, so the networks must be alike.
  @Test
  void presetsOfTheDemoHaveOneNetwork() {
    RunConfig pretraining = load(Script.SOFT_LABELS, preset("pretrain_rooms.yaml"));
    RunConfig finetuning = load(Script.LIMITED_ANNOTATIONS, preset("LA_rooms.yaml"));
    assertThat(pretraining.settings().warnings()).isEmpty();
    assertThat(finetuning.settings().warnings()).isEmpty();
    assertThat(finetuning.model().stages()).isEqualTo(pretraining.model().stages());
    assertThat(finetuning.model().depth()).isEqualTo(pretraining.model().depth());
    assertThat(finetuning.train().octree()).isEqualTo(pretraining.train().octree());
    assertThat(finetuning.train().augmentation()).isEqualTo(pretraining.train().augmentation());
    assertThat(pretraining.test().disabled()).isTrue();
  }

  @Test
  void theReadmeNamesEveryKey() throws IOException {
    String readme = Files.readString(preset("README.md"));
    assertThat(Keys.all())
        .allSatisfy(
            key -> {
              String name = key.name().replaceFirst("DATA\\.(train|test|LR)\\.", "");
              assertThat(readme).contains("`" + name);
            });
  }

  @Test
  void pairsOverrideTheFileWhichOverridesPresets() {
    String yaml = MODEL + "SOLVER:\n  lr: 0.2\n  max_epoch: 7\nLOSS:\n  mask: 3\n";
    RunConfig config = load(yaml, "SOLVER.lr", "0.3", "DATA.train.angle", "[5, 6, 7]");
    assertThat(config.solver().learningRate().base()).isEqualTo(0.3);
    assertThat(config.solver().epochs()).isEqualTo(7);
    assertThat(config.loss().mask()).isEqualTo(3);
    assertThat(config.loss().classes()).isEqualTo(21);
    assertThat(config.train().augmentation().angle()).containsExactly(5, 6, 7);
    assertThat(config.test().augmentation().angle()).containsExactly(180, 180, 180);
  }

  @Test
  void yamlListsTuplesAndExponents() {
    String yaml = MODEL + "SOLVER:\n  step_size: [9, 4]\n  gpu: 0,\n  weight_decay: 1e-4\n";
    RunConfig config = load(yaml);
    assertThat(config.solver().learningRate().milestones()).containsExactly(9, 4);
    assertThat(config.solver().weightDecay()).isEqualTo(1e-4);
  }

  @Test
  void unknownKeyOfTheSolverIsAnErrorThatSuggests() {
    assertRefused(MODEL + "SOLVER:\n  max_epoc: 3\n")
        .hasMessageContaining("run.yaml: unknown key SOLVER.max_epoc")
        .hasMessageContaining("did you mean SOLVER.max_epoch?");
    assertRefused(MODEL + "SYS:\n  foo: 3\n").hasMessageContaining("unknown key SYS.foo");
    assertRefused(MODEL + "SOLVR:\n  lr: 0.1\n").hasMessageContaining("unknown key SOLVR");
    assertRefused(MODEL + "SOLVER:\n  foo:\n    bar: 1\n").hasMessageContaining("SOLVER.foo");
  }

  @Test
  void unknownKeysOfOpenSectionsAreKeptWithAWarning() {
    RunConfig config =
        load("MODEL:\n  name: unet\n  nempy: True\nDATA:\n  val:\n    depth: 3\nLOSS:\n  zzz: 1\n");
    assertThat(config.settings().warnings())
        .hasSize(3)
        .anySatisfy(
            text ->
                assertThat(text).contains("MODEL.nempy").contains("did you mean MODEL.nempty?"));
  }

  @Test
  void pairsSetKnownKeysOnly() {
    assertThat(load(MODEL, "DATA.train.points", "50").train().limited().points()).isEqualTo(50);
    assertThat(load("MODEL:\n  name: unet\n  foo: 1\n", "MODEL.foo", "2")).isNotNull();
    assertRefused(MODEL, "LOSS.maks", "1")
        .hasMessageContaining("command line: unknown key LOSS.maks")
        .hasMessageContaining("LOSS.mask");
    assertRefused(MODEL, "SOLVER.lr").hasMessageContaining("SOLVER.lr has no value");
    assertRefused(MODEL, "DATA.train", "1").hasMessageContaining("section");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SOLVER.lr | 1 | write 1.0",
        "SOLVER.max_epoch | 3.0 | a whole number",
        "SOLVER.max_epoch | True | a whole number",
        "SOLVER.max_epoch | many | a whole number",
        "SOLVER.progress_bar | 1 | True or False",
        "SOLVER.progress_bar | yes | True or False",
        "SOLVER.alias | 7 | quotes",
        "SOLVER.gpu | 0 | (0,)",
        "DATA.train.depth | 9, | a whole number",
        "LOSS.mask | 0.5 | a whole number",
        "SOLVER.max_epoch | None | a whole number",
        "SOLVER.max_epoch | 5000000000 | 32 bits",
        "DATA.train.angle | (1, 2, 'a') | whole numbers",
      })
  void wrongTypesAreRefusedWithARemedy(String key, String value, String message) {
    assertRefused(MODEL, key, value)
        .hasMessageContaining("command line: " + key + ": expected")
        .hasMessageContaining(message);
  }

  @Test
  void addedKeysTakeWholeNumbersForFractions() {
    RunConfig config = load(MODEL + "LOSS:\n  weight_sum: 1\n", "LOSS.consistency", "10");
    assertThat(config.loss().entropyWeight()).isEqualTo(1);
    assertThat(config.loss().consistency()).isEqualTo(10);
  }

  @Test
  void noneFitsTextAndAValueFitsNone() {
    RunConfig config = load(MODEL + "SOLVER:\n  ckpt: null\n  lr: ~\n", "SOLVER.lr", "1.5");
    assertThat(config.solver().checkpoint()).isEmpty();
    assertThat(config.solver().learningRate().base()).isEqualTo(1.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SOLVER.run | fly | one of train, test, evaluate, profile",
        "SOLVER.type | lion | sgd, adam",
        "SOLVER.lr_type | linear | step, cos, poly, constant",
        "SOLVER.max_epoch | 0 | at least 1",
        "SOLVER.gpu | 0,1 | one device",
        "SOLVER.logdir | '' | directory",
        "SOLVER.threads | -1 | all cores",
        "SOLVER.weight_decay | -0.1 | at least 0.0",
        "DATA.train.batch_size | 0 | at least 1",
        "DATA.test.depth | 17 | 1 to 16",
        "DATA.test.depth | 4 | MODEL.depth",
        "DATA.train.full_depth | 6 | the depth 5",
        "DATA.train.scale | 1.0 | below 1.0",
        "DATA.train.angle | 1,2 | three angles",
        "DATA.train.normal_axis | w | x, y, z or xyz",
        "DATA.train.bsphere | cube | sphere or box",
        "DATA.train.limit | True | DATA.train.points",
        "MODEL.name | resnet | unet, segnet",
        "MODEL.interp | cubic | nearest, linear",
        "MODEL.encoder_blocks | (1, 1) | MODEL.encoder_channel",
        "LOSS.mask | 20 | LOSS.mask",
        "LOSS.num_class | 50 | MODEL.nout",
        "LOSS.alpha | 1.5 | 0.0 to 1.0",
      })
  void valuesOutOfRangeAreRefused(String key, String value, String message) {
    assertRefused(MODEL, key, value)
        .hasMessageContaining(": expected ")
        .hasMessageContaining(message);
  }

  @Test
  void rangeErrorsNameTheFileThatSetTheValue() {
    assertRefused(MODEL + "SOLVER:\n  ckpt_num: 0\n")
        .hasMessageContaining("run.yaml: SOLVER.ckpt_num: expected at least 1, got 0");
  }

  @Test
  void brokenFilesAreRefused() {
    assertRefused("").hasMessageContaining("expected sections");
    assertRefused("- 1\n").hasMessageContaining("expected sections");
    assertRefused("SOLVER:\n  lr: [1\n").hasMessageContaining("no valid YAML in line");
    assertRefused("SOLVER:\n  lr: 0.1\n  lr: 0.2\n").hasMessageContaining("duplicate key");
    assertRefused("SOLVER: !!java.net.URL [x]\n").hasMessageContaining("no valid YAML");
    assertRefused("SOLVER:\n  lr: 2001-01-01\n").hasMessageContaining("SOLVER.lr: expected");
    assertRefused("SOLVER: 5\n").hasMessageContaining("SOLVER is a section");
    assertRefused("SOLVER:\n  lr: {a: 1}\n").hasMessageContaining("expected a value such as 0.1");
    assertRefused("SOLVER:\n  1: 2\n").hasMessageContaining("name of a key");
    assertRefused("MODEL: &a\n  x: *a\n").hasMessageContaining("run.yaml");
    assertRefused("a: ".repeat(40) + "1").hasMessageContaining("no valid YAML");
    assertRefused("#" + "x".repeat(1 << 20)).hasMessageContaining("1 MiB");
    assertThatThrownBy(() -> load(Script.SEGMENTATION, directory.resolve("none.yaml")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.yaml: cannot read");
  }

  @Test
  void messagesStayShort() {
    assertThatThrownBy(() -> load(MODEL, "SOLVER.lr", "7,".repeat(10_000)))
        .message()
        .hasSizeLessThan(300);
  }

  @Test
  void aliasIsAppendedInLowerCaseWithTheTime() {
    assertThat(load(MODEL, "SOLVER.logdir", "logs/a", "SOLVER.alias", "Try_TIME").solver().logdir())
        .isEqualTo(Path.of("logs/a_try_03040506"));
  }

  @Test
  void theRecordOfARunReadsBackToTheSameSettings() throws IOException {
    String yaml =
        MODEL
            + "  own: {deep: '''7''', text: 'a: b # c'}\nSOLVER:\n  alias: Two\n  lr: 0.00001\n"
            + "  ckpt: null\nDATA:\n  train:\n    location: 'über/on'\n";
    RunConfig config = load(yaml, "SOLVER.gpu", "3,", "DATA.train.center", "(1.5, -2.0, 1e-7)");
    Path logdir = directory.resolve("logdir");
    config.settings().writeTo(logdir);
    assertThat(logdir.resolve("run.yaml")).hasSameTextualContentAs(directory.resolve("run.yaml"));
    String written = Files.readString(logdir.resolve("all_configs.yaml"));
    assertThat(written)
        .contains("  gpu:\n  - 3\n", "  lr: 1.0e-05\n", "cmds: octolift segment\n", "ckpt: null")
        .contains("logdir: logs_two\n", "center:\n    - 1.5\n    - -2.0\n    - 1.0e-07\n");

    RunConfig again =
        load(Script.SEGMENTATION, logdir.resolve("all_configs.yaml"), "SOLVER.alias", "");
    assertThat(again.solver().logdir()).isEqualTo(config.solver().logdir());
    assertThat(again.train()).isEqualTo(config.train());
    assertThat(again.test()).isEqualTo(config.test());
    assertThat(again.model()).isEqualTo(config.model());
    assertThat(again.loss()).isEqualTo(config.loss());
    Path second = directory.resolve("second");
    again.settings().writeTo(second);
    assertThat(Files.readString(second.resolve("all_configs.yaml")))
        .isEqualTo(written.replace("alias: Two", "alias: ''"));
  }

  @Test
  void consistencyGrowsAsInTheReference() {
    LossConfig loss = new LossConfig(21, 0, true, 0.5, 0.999, 10, 30, 0);
    assertThat(loss.consistencyWeight(1)).isEqualTo(0.09351465385664462, within(1e-14));
    assertThat(loss.consistencyWeight(10)).isEqualTo(1.083680232218958, within(1e-14));
    assertThat(loss.consistencyWeight(29)).isEqualTo(9.944598480048967, within(1e-14));
    assertThat(loss.consistencyWeight(31)).isEqualTo(10);
    assertThat(new LossConfig(21, 0, true, 0, 0, 3, 0, 0).consistencyWeight(1)).isEqualTo(3);
  }
}
