package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

class RunLogTest {
  @TempDir Path directory;

  private static TestMetrics metrics(int epoch) {
    return new TestMetrics(
        epoch, 2, 0.5, 0.75, 0.25, 1 / 3.0, new long[] {1, 2}, new long[] {3, 4});
  }

  private void train(RunLog log, int firstEpoch, int lastEpoch) throws IOException {
    for (int epoch = firstEpoch; epoch <= lastEpoch; epoch++) {
      for (int i = 1; i <= 3; i++) {
        long iteration = 3L * (epoch - 1) + i;
        log.step(epoch, iteration, 1.0 / iteration, 0.05, 0.25);
      }
      log.test(metrics(epoch));
    }
  }

  private Map<?, ?> json(String name) throws IOException {
    return (Map<?, ?>) Json.parse(directory.resolve(name));
  }

  @Test
  void writesStepsAndTests() throws IOException {
    train(RunLog.open(directory, 0, 0), 1, 2);
    assertThat(Files.readAllLines(directory.resolve("train.csv")))
        .hasSize(7)
        .startsWith(RunLog.TRAIN_HEADER, "1,1,1.0,0.05,0.2500", "1,2,0.5,0.05,0.2500")
        .endsWith("2,6,0.16666666666666666,0.05,0.2500");
    assertThat(Files.readAllLines(directory.resolve("log.csv")))
        .containsExactly(metrics(1).line(), metrics(2).line());
    Map<?, ?> json = json("metrics.json");
    assertThat(json.get("epoch")).isEqualTo(2L);
    assertThat(json.get("miouPart")).isEqualTo(1 / 3.0);
    assertThat(json.get("intersection")).isEqualTo(List.of(1L, 2L));
    assertThat(json.get("union")).isEqualTo(List.of(3L, 4L));
    assertThat((List<?>) json.get("history")).hasSize(2);
  }

  @Test
  void theConsoleLineIsCut() throws IOException {
    String line = RunLog.open(directory, 0, 0).test(metrics(1));
    assertThat(line).hasSize(74).endsWith(" ...").startsWith("Epoch: 1, test/loss: 0.500");
  }

  @Test
  void resumingLeavesTheFilesOfAnUnbrokenRun() throws IOException {
    Path whole = directory.resolve("whole");
    train(RunLog.open(whole, 0, 0), 1, 4);
    Path broken = directory.resolve("broken");
    RunLog log = RunLog.open(broken, 0, 0);
    train(log, 1, 3);
    Files.writeString(broken.resolve("train.csv"), "4,10,0.1,0.", StandardOpenOption.APPEND);
    Files.writeString(broken.resolve("log.csv"), "Epo", StandardOpenOption.APPEND);

    train(RunLog.open(broken, 2, 6), 3, 4);

    for (String name : List.of("train.csv", "log.csv", "metrics.json")) {
      assertThat(broken.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
    }
  }

  @Test
  void aNewRunBeginsItsFilesAnew() throws IOException {
    train(RunLog.open(directory, 0, 0), 1, 1);
    RunLog.open(directory, 0, 0);
    assertThat(directory.resolve("train.csv")).doesNotExist();
    assertThat(directory.resolve("metrics.json")).doesNotExist();
    assertThat(directory.resolve("log.csv")).doesNotExist();
  }

  @Test
  void aTestOutsideTrainingIsAdded() throws IOException {
    train(RunLog.open(directory, 0, 0), 1, 2);
    String steps = Files.readString(directory.resolve("train.csv"));
    RunLog.append(directory).test(metrics(0));
    assertThat(directory.resolve("train.csv")).content().isEqualTo(steps);
    assertThat(Files.readAllLines(directory.resolve("log.csv"))).hasSize(3);
    assertThat((List<?>) json("metrics.json").get("history")).hasSize(3);
    assertThat(json("metrics.json").get("epoch")).isEqualTo(0L);
    Path other = directory.resolve("other");
    RunLog.append(other).test(metrics(0));
    assertThat(other.resolve("train.csv")).doesNotExist();
  }

  @Test
  void resumingInAnEmptyDirectoryBeginsThere() throws IOException {
    train(RunLog.open(directory, 2, 6), 3, 3);
    assertThat(Files.readAllLines(directory.resolve("train.csv"))).hasSize(4);
  }

  @Test
  void foreignFilesAreRefused() throws IOException {
    Files.writeString(directory.resolve("train.csv"), "hello\n");
    assertThatThrownBy(() -> RunLog.open(directory, 1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("train.csv")
        .hasMessageContaining("\"hello\"");
    Files.writeString(directory.resolve("metrics.json"), "{\"history\": [{}]}");
    assertThatThrownBy(() -> RunLog.open(directory, 1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("metrics.json");
  }

  @Test
  void diverged() throws IOException {
    RunLog log = RunLog.open(directory, 0, 0);
    log.step(1, 1, Double.NaN, 0.1, 0);
    log.test(new TestMetrics(1, 1, Double.NaN, 0, 0, 0, new long[1], new long[1]));
    assertThat(json("metrics.json").containsKey("loss")).isTrue();
    assertThat(json("metrics.json").get("loss")).isNull();
    assertThat(Files.readAllLines(directory.resolve("train.csv"))).endsWith("1,1,NaN,0.1,0.0000");
  }

  @Test
  void recordsTheEnvironment() throws IOException {
    RunLog.writeEnvironment(directory, Map.of("device", "cpu"));
    assertThat(json("environment.json").get("device")).isEqualTo("cpu");
    assertThat(json("environment.json").get("processors")).isInstanceOf(Long.class);
  }
}
