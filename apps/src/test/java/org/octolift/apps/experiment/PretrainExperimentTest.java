package org.octolift.apps.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.experiment.PretrainExperiment.Result;
import org.octolift.apps.experiment.PretrainExperiment.Teacher;
import org.octolift.apps.train.Progress;
import org.octolift.apps.train.RunScore;
import org.octolift.apps.transfer.TinyTransfer;
import org.octolift.apps.transfer.TransferOptions;
import org.octolift.apps.transfer.Tuning;
import org.octolift.apps.transfer.Tuning.Start;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

final class PretrainExperimentTest {
  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();

  private Optional<Path> run(int steps, String... more) throws IOException, InterruptedException {
    List<String> pairs = new ArrayList<>(TinyTransfer.NETWORK);
    pairs.addAll(List.of(more));
    TransferOptions transfer =
        new TransferOptions(
            folder.resolve("out"), TinyTransfer.SCALE, 0, 1, "cpu", Optional.empty(), pairs);
    int[] asked = {0};
    return new PretrainExperiment(
            new PretrainOptions(transfer, List.of(1L, 2L), List.of(20, 5), List.of(1)),
            lines::add,
            Progress.Display.standard(false))
        .run(() -> ++asked[0] == steps);
  }

  @Test
  void comparesBothStartsAndGoesOnWhereItWasStopped() throws IOException, InterruptedException {
    assertThat(run(7)).as("stopped").isEmpty();
    assertThat(lines.getLast()).isEqualTo("seed 1: stopped; the same command goes on from there");
    Path page = run(0).orElseThrow();
    assertThat(Files.readString(page))
        .contains(
            "| 20 | 1 | from scratch | ",
            "| 5 | 1 | pre-trained | ",
            "±",
            "| wall | ",
            "The 2-D teacher in rooms");
    Path out = folder.resolve("out");
    assertThat(Files.readAllLines(out.resolve("results.csv"))).hasSize(1 + 2 * 2 * 2);
    Map<?, ?> json = (Map<?, ?>) Json.parse(out.resolve("results.json"));
    assertThat((List<?>) json.get("runs")).hasSize(8);
    assertThat((List<?>) json.get("teachers")).hasSize(2);

    int before = lines.size();
    String first = Files.readString(page);
    run(0);
    assertThat(lines.subList(before, lines.size()).stream().filter(l -> l.endsWith("done before")))
        .hasSize(8);
    assertThat(Files.readString(page)).isEqualTo(first);
    assertThatThrownBy(() -> run(0, "SOLVER.lr", "0.5"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("experiment.json: is of an experiment with other settings");
  }

  private static Result result(long seed, Start start, double first, double second) {
    RunScore score = new RunScore(7, 3, 0.9, new double[] {0, first, 1, second});
    return new Result(seed, new Tuning(start, 20, 4), score, new int[] {1, 3});
  }

  /// Two seeds by hand: classes 1 and 3 are present.
  @Test
  void gainsAreTakenSeedBySeed() {
    List<Result> results =
        List.of(
            result(1, Start.SCRATCH, 0.2, 0.4),
            result(1, Start.PRETRAINED, 0.3, 0.5),
            result(2, Start.SCRATCH, 0.6, 0.8),
            result(2, Start.PRETRAINED, 0.6, 1.0));
    PretrainTable table =
        new PretrainTable(results, List.of(new Teacher(1, 0.7, 0.4), new Teacher(2, 0.8, 0.5)));
    assertThat(table.markdown("Rooms", Map.of("device", "CPU")))
        .contains("| 20 | 4 | from scratch | 0.500 ± 0.283 |  | 0.900 ± 0.000 | 7 |")
        .contains("| 20 | 4 | pre-trained | 0.600 ± 0.283 | +0.100 ± 0.000 | 0.900 ± 0.000 | 7 |")
        .contains("0.750 ± 0.071 of the pixels right, mIoU 0.450 ± 0.071")
        .contains("| IoU | from scratch, 20 points, 4 epochs | pre-trained, 20 points, 4 epochs |")
        .contains("| wall | 0.400 ± 0.283 | 0.450 ± 0.212 |");
    assertThat(table.csv()).contains("\"pre-trained\",20,4,2,0.8000,0.9000,7,3.0,0.6000,1.0000");
  }

  @Test
  void numbersMustDiffer() {
    TransferOptions transfer =
        new TransferOptions(folder, TinyTransfer.SCALE, 0, 1, "cpu", Optional.empty(), List.of());
    assertThatThrownBy(
            () -> new PretrainOptions(transfer, List.of(1L, 1L), List.of(20), List.of(1)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--seeds");
    assertThatThrownBy(() -> new PretrainOptions(transfer, List.of(1L), List.of(20, 0), List.of(1)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--points");
    assertThatThrownBy(() -> new PretrainOptions(transfer, List.of(1L), List.of(20), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--epochs");
  }
}
