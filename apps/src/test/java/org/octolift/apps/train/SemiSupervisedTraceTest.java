package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.apps.data.Dataset;
import org.octolift.apps.data.PointLists;
import org.octolift.apps.data.ScanFiles;
import org.octolift.engine.Device;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.tornado.TornadoDevice;
import org.octolift.nn.Parameter;
import org.octolift.nn.models.Model;

/// Twenty semi-supervised steps against PyTorch in double precision (README of the goldens): losses
/// and, after the last step, the norms of all tensors.
final class SemiSupervisedTraceTest {
  /// Of each term, and of each tensor's norm.
  private static final double TOLERANCE = 1e-4;

  /// Of a step's loss, and of each tensor's norm: a device rounds elsewhere, which may decide a
  /// ReLU or a pseudo-label otherwise, and twenty steps enlarge that.
  private static final double DEVICE_TOLERANCE = 2e-3;

  private static final int BATCHES_PER_EPOCH = 2;
  private static final List<String> LOSSES =
      List.of(TrainingStep.LOSS, "loss_label", "loss_consistency", "loss_entropy");

  @TempDir private Path folder;
  private TinyScenes run;

  @BeforeEach
  void scenes() throws IOException {
    run = new TinyScenes(folder);
  }

  private static Model network(RunConfig config, String prefix) {
    Model model = Networks.create(config.model(), RandomSource.of(1));
    FormulaStream.fill(model.parameters(), prefix);
    return model;
  }

  private void check(
      Map<?, ?> golden,
      RunConfig config,
      MeanTeacherStep.Variant variant,
      LabelSource source,
      Device device)
      throws InterruptedException {
    boolean onCpu = device instanceof CpuDevice;
    double tolerance = onCpu ? TOLERANCE : DEVICE_TOLERANCE;
    Model student = network(config, "student.");
    Model teacher = network(config, "teacher.");
    List<?> losses = (List<?>) golden.get("losses");
    try (TrainingStep step =
            new MeanTeacherStep(config, variant, student, teacher, device, source);
        BatchLoader loader =
            new BatchLoader(
                config.train(),
                Dataset.open(config.train(), ScanFiles::read),
                BatchFormat.of(step.program(), Target.POINTS, config.model(), device),
                RandomSource.of(1),
                0)) {
      for (int i = 1; i <= losses.size(); i++) {
        TrainingStep.Moment moment =
            new TrainingStep.Moment((i - 1) / BATCHES_PER_EPOCH + 1, i, 0.05, true);
        Map<String, Float> actual = step.run(loader.next(), moment);
        List<?> expected = (List<?>) losses.get(i - 1);
        double loss = ((Number) expected.getFirst()).doubleValue();
        for (int term = 0; term < LOSSES.size(); term++) {
          double value = ((Number) expected.get(term)).doubleValue();
          assertThat(actual.get(LOSSES.get(term)).doubleValue())
              .as("%s in step %d", LOSSES.get(term), i)
              .isCloseTo(value, within(tolerance * (onCpu ? value : loss)));
        }
      }
    }
    checkNorms(student, (Map<?, ?>) golden.get("student"), tolerance);
    checkNorms(teacher, (Map<?, ?>) golden.get("teacher"), tolerance);
  }

  private static void checkNorms(Model model, Map<?, ?> golden, double tolerance) {
    assertThat(golden).hasSameSizeAs(model.parameters().all());
    for (Parameter parameter : model.parameters().all()) {
      double squares = 0;
      for (float value : parameter.toReference()) {
        squares += (double) value * value;
      }
      double expected = ((Number) golden.get(parameter.name())).doubleValue();
      assertThat(Math.sqrt(squares))
          .as(parameter.name())
          .isCloseTo(expected, within(tolerance * expected));
    }
  }

  @Test
  void limitedAnnotations() throws IOException, InterruptedException {
    try (Device device = new CpuDevice(2)) {
      limitedAnnotations(device);
    }
  }

  @Tag("device")
  @Test
  void limitedAnnotationsOnADevice() throws IOException, InterruptedException {
    try (Device device = TornadoDevice.openForTests()) {
      limitedAnnotations(device);
    }
  }

  private void limitedAnnotations(Device device) throws IOException, InterruptedException {
    RunConfig config =
        run.config(
            Script.LIMITED_ANNOTATIONS,
            "DATA.train.limit True DATA.train.semi True DATA.train.points_file @limited_points.pt");
    check(
        run.golden("LA"),
        config,
        MeanTeacherStep.Variant.ANNOTATIONS,
        new LimitedAnnotations(PointLists.read(run.file("limited_points.pt"))),
        device);
  }

  @Test
  void limitedReconstructions() throws IOException, InterruptedException {
    try (Device device = new CpuDevice(2)) {
      limitedReconstructions(device);
    }
  }

  @Tag("device")
  @Test
  void limitedReconstructionsOnADevice() throws IOException, InterruptedException {
    try (Device device = TornadoDevice.openForTests()) {
      limitedReconstructions(device);
    }
  }

  private void limitedReconstructions(Device device) throws IOException, InterruptedException {
    RunConfig config = run.config(Script.LIMITED_RECONSTRUCTIONS, "DATA.train.semi True");
    check(
        run.golden("LR"),
        config,
        MeanTeacherStep.Variant.RECONSTRUCTIONS,
        new PseudoLabels(
            Set.of("scene0.ply"), network(config, "p2."), config.loss().pseudoRate(), device),
        device);
  }
}
