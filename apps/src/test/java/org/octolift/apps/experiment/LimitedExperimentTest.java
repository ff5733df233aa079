package org.octolift.apps.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.data.FileList;
import org.octolift.apps.data.PointLists;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.train.Progress;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

final class LimitedExperimentTest {
  /// A network that takes no time and learns nothing.
  private static final List<String> TINY =
      List.of(
          "SOLVER.max_epoch", "1",
          "SOLVER.test_every_epoch", "1",
          "DATA.train.depth", "4",
          "DATA.test.depth", "4",
          "MODEL.depth", "4",
          "MODEL.encoder_channel", "(4, 4)",
          "MODEL.encoder_blocks", "1,",
          "MODEL.decoder_channel", "(4, 4)",
          "MODEL.decoder_blocks", "1,",
          "MODEL.head_channel", "4");

  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();

  private Optional<Path> run(int steps, boolean validation, String... more)
      throws IOException, InterruptedException {
    List<String> pairs = new ArrayList<>(TINY);
    pairs.addAll(List.of(more));
    LimitedOptions options =
        new LimitedOptions(
            folder.resolve("out"),
            Optional.empty(),
            pairs,
            4,
            2,
            2,
            List.of(Method.LA_SEMI, Method.LR_SEMI),
            List.of(1L, 2L),
            validation,
            1);
    int[] asked = {0};
    return new LimitedExperiment(options, lines::add, Progress.Display.standard(false))
        .run(() -> ++asked[0] == steps);
  }

  @Test
  void comparesAllMethodsAndGoesOnWhereItWasStopped() throws IOException, InterruptedException {
    assertThat(run(8, false)).as("stopped").isEmpty();
    assertThat(lines.getLast()).contains("stopped");
    int before = lines.size();
    Path page = run(0, false).orElseThrow();
    assertThat(lines.get(before)).isEqualTo("1/8 LA, supervised, seed 1: done before");
    assertThat(Files.readString(page))
        .contains(
            "| LA, supervised | ", "| LA, semi | ", "| LR, supervised | ", "| LR, semi | ", "±");
    Path out = folder.resolve("out");
    List<String> csv = Files.readAllLines(out.resolve("results.csv"));
    assertThat(csv).hasSize(9);
    Set<String> steps = new HashSet<>();
    csv.stream().skip(1).forEach(row -> steps.add(row.split(",")[5]));
    assertThat(steps).as("every training takes as many steps").containsExactly("2");
    assertThat((List<?>) ((Map<?, ?>) Json.parse(out.resolve("results.json"))).get("runs"))
        .hasSize(8);

    before = lines.size();
    run(0, false);
    assertThat(lines.subList(before, lines.size()))
        .hasSize(8)
        .allMatch(line -> line.endsWith("done before"));
    assertThatThrownBy(() -> run(0, true))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("experiment.json: is of an experiment with other settings");
    assertThatThrownBy(() -> run(0, false, "LOSS.alpha", "0.5"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("other settings");
  }

  @Test
  void theSetsOfRoomsAndTheLabelsDiffer() throws IOException, InterruptedException {
    run(0, false);
    Path rooms = folder.resolve("out/rooms");
    FileList training = FileList.read(rooms.resolve("train/train.txt"), rooms.resolve("train"));
    FileList test = FileList.read(rooms.resolve("test/train.txt"), rooms.resolve("test"));
    assertThat(training.entries()).hasSize(4);
    assertThat(test.entries()).hasSize(2);
    for (FileList.Entry entry : test.entries()) {
      assertThat(ScanFiles.read(entry.file()).xyz())
          .isNotEqualTo(ScanFiles.read(rooms.resolve("train").resolve(entry.name())).xyz());
    }
    PointLists first = PointLists.read(folder.resolve("out/labels/points20-1.npz"));
    PointLists second = PointLists.read(folder.resolve("out/labels/points20-2.npz"));
    for (FileList.Entry entry : training.entries()) {
      Scan scan = ScanFiles.read(entry.file());
      long[] points = first.indices(entry.name());
      assertThat(points).hasSize(20).doesNotHaveDuplicates();
      for (long point : points) {
        assertThat(scan.labels()[(int) point]).isPositive();
      }
      assertThat(second.indices(entry.name())).isNotEqualTo(points);
    }
    assertThat(Files.readAllLines(folder.resolve("out/labels/rooms-1.txt"))).hasSize(2);
  }

  @Test
  void spreadsAreMeanAndSampleDeviation() {
    ResultTable.Spread spread = ResultTable.Spread.of(1, 2, 6);
    assertThat(spread.mean()).isCloseTo(3, within(1e-12));
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(7), within(1e-12));
    assertThat(ResultTable.Spread.of(5).deviation()).isNaN();
  }

  /// Two seeds by hand: classes 1 and 3 are present.
  @Test
  void gainsAreTakenSeedBySeed() {
    List<Outcome> outcomes =
        List.of(
            outcome(Method.LA_SUPERVISED, 1, 0.2, 0.4),
            outcome(Method.LA_SEMI, 1, 0.3, 0.5),
            outcome(Method.LA_SUPERVISED, 2, 0.6, 0.8),
            outcome(Method.LA_SEMI, 2, 0.6, 1.0));
    String text =
        new ResultTable(List.of(Method.LA_SUPERVISED, Method.LA_SEMI), outcomes, new int[] {1, 3})
            .markdown("Rooms", Map.of("device", "CPU"));
    assertThat(text)
        .contains("| LA, supervised | 0.500 ± 0.283 | 0.900 ± 0.000 |  | 7 | 3 s |")
        .contains("| LA, semi | 0.600 ± 0.283 | 0.900 ± 0.000 | +0.100 ± 0.000 | 7 | 3 s |")
        .contains("| wall | 0.400 ± 0.283 | 0.450 ± 0.212 |")
        .contains("All trainings together: 0.2 min");
  }

  private static Outcome outcome(Method method, long seed, double first, double second) {
    return new Outcome(method, seed, 7, 3, 0.9, new double[] {0, first, 1, second});
  }
}
