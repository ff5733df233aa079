package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.engine.InputException;

/// Training that is told to stop goes on later as if it had not been.
final class StoppedTrainingTest {
  private static final String SEMI =
      "DATA.train.limit True DATA.train.points_file @limited_points.pt DATA.train.semi True"
          + " DATA.train.shuffle True DATA.train.distort True DATA.train.angle (0,0,180) ";

  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();

  /// Runs, and stops when the job asks for the {@code stop}-th time: after each step, and after
  /// each batch of a test.
  private boolean run(RunConfig config, int stop) throws IOException, InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    return job(config).run(() -> asked.incrementAndGet() == stop);
  }

  private SegmentationJob job(RunConfig config) {
    Progress.Display silent = Progress.Display.standard(false);
    return config.train().limited().annotations()
        ? SegmentationJob.limitedAnnotations(config, lines::add, silent)
        : new SegmentationJob(config, lines::add, silent);
  }

  private static void assertSame(Path expected, Path actual) throws IOException {
    assertThat(actual.resolve("checkpoints").toFile().list())
        .containsExactlyInAnyOrder(expected.resolve("checkpoints").toFile().list());
    for (String name : expected.resolve("checkpoints").toFile().list()) {
      assertThat(actual.resolve("checkpoints").resolve(name))
          .hasSameBinaryContentAs(expected.resolve("checkpoints").resolve(name));
    }
    for (String name : List.of("log.csv", "metrics.json")) {
      assertThat(actual.resolve(name)).hasSameTextualContentAs(expected.resolve(name));
    }
    assertThat(losses(actual)).isEqualTo(losses(expected));
  }

  private static List<String> losses(Path logdir) throws IOException {
    return Files.readAllLines(logdir.resolve("train.csv")).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .toList();
  }

  /// Two steps an epoch; after epochs 2 and 4 a test of two batches.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 12})
  void goesOnToTheSameBits(int stop) throws IOException, InterruptedException {
    TinyRun tiny = TinyRun.in(folder);
    RunConfig whole = tiny.load("SOLVER.logdir", tiny.path("whole").toString());
    RunConfig parts = tiny.load("SOLVER.logdir", tiny.path("parts").toString());
    assertThat(run(whole, 0)).isTrue();
    assertThat(run(parts, stop)).isFalse();
    assertThat(lines.getLast()).startsWith("stopped after step ");
    assertThat(run(parts, 1)).as("stopped again").isFalse();
    assertThat(run(parts, 0)).isTrue();
    assertSame(tiny.path("whole"), tiny.path("parts"));
  }

  /// With a teacher, an optimiser that counts its steps, and gradients of several batches.
  @Test
  void goesOnToTheSameBitsWithATeacher() throws IOException, InterruptedException {
    TinyScenes scenes = new TinyScenes(folder);
    String more =
        SEMI
            + "SOLVER.max_epoch 2 SOLVER.type adam SOLVER.accumulate 2 SOLVER.clip_norm 0.5"
            + " DATA.train.batch_size 1 SOLVER.logdir @";
    RunConfig whole = scenes.config(Script.LIMITED_ANNOTATIONS, more + "whole");
    RunConfig parts = scenes.config(Script.LIMITED_ANNOTATIONS, more + "parts");
    assertThat(run(whole, 0)).isTrue();
    assertThat(run(parts, 1)).isFalse();
    assertThat(run(parts, 0)).isTrue();
    assertSame(scenes.file("whole"), scenes.file("parts"));
  }

  @Test
  void aStateWithinAnEpochDoesNotFitTheReferencesFormat() throws IOException, InterruptedException {
    TinyRun tiny = TinyRun.in(folder);
    RunConfig config = tiny.load();
    run(config, 1);
    SavedState saved = SavedState.read(tiny.path("log/checkpoints").resolve("00001.solver.json"));
    assertThat(saved.epoch()).isZero();
    assertThat(saved.number()).isEqualTo(1);
    assertThatThrownBy(() -> SolverTar.write(tiny.path("x.solver.tar"), saved, config.solver()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("within epoch 1");
  }
}
