package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;

class CheckpointsTest {
  @TempDir Path directory;

  private void save(Checkpoints checkpoints, int epoch) throws IOException {
    checkpoints.save(
        epoch,
        file -> Files.writeString(file, "model " + epoch),
        file -> Files.writeString(file, "solver " + epoch),
        Map.of("step", 10 * epoch, "random", List.of(Long.MIN_VALUE, 7L)));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path file(String name) {
    return directory.resolve("checkpoints").resolve(name);
  }

  @Test
  void aNewRunHasNone() throws IOException {
    assertThat(new Checkpoints(directory, 10).latest()).isEmpty();
  }

  @Test
  void theLatestIsFound() throws IOException {
    Checkpoints checkpoints = new Checkpoints(directory, 10);
    save(checkpoints, 2);
    save(checkpoints, 10);
    Checkpoints.Saved saved = checkpoints.latest().orElseThrow();
    assertThat(saved.epoch()).isEqualTo(10);
    assertThat(saved.model()).hasContent("model 10").hasFileName("00010.model.safetensors");
    assertThat(saved.solver()).hasContent("solver 10").hasFileName("00010.solver.safetensors");
    assertThat(saved.state())
        .isEqualTo(Map.of("step", 100L, "random", List.of(Long.MIN_VALUE, 7L)));
  }

  @Test
  void anIncompleteCheckpointDoesNotCountAndIsRemoved() throws IOException {
    Checkpoints checkpoints = new Checkpoints(directory, 10);
    save(checkpoints, 1);
    assertThatThrownBy(
            () ->
                checkpoints.save(
                    2,
                    file -> Files.writeString(file, "model"),
                    file -> {
                      throw new IOException("disk full");
                    },
                    Map.of()))
        .hasMessage("disk full");
    assertThat(files()).contains("00002.model.safetensors");
    assertThat(checkpoints.latest().orElseThrow().epoch()).isOne();
    save(checkpoints, 3);
    assertThat(files()).noneMatch(name -> name.startsWith("00002")).hasSize(6);
  }

  @Test
  void pruningBeforeSavingKeepsTheCountOfFilesAndOneEpochMore() throws IOException {
    Checkpoints checkpoints = new Checkpoints(directory, 4);
    Files.createDirectories(directory.resolve("checkpoints"));
    Files.writeString(file("notes.txt"), "stays");
    for (int epoch = 1; epoch <= 9; epoch++) {
      save(checkpoints, epoch);
    }
    assertThat(files())
        .filteredOn(name -> name.endsWith("model.safetensors"))
        .containsExactly(
            "00007.model.safetensors", "00008.model.safetensors", "00009.model.safetensors");
    assertThat(files()).hasSize(10).contains("notes.txt");
  }

  @Test
  void savingAnEpochAgainReplacesIt() throws IOException {
    Checkpoints checkpoints = new Checkpoints(directory, 1);
    save(checkpoints, 5);
    checkpoints.save(5, f -> Files.writeString(f, "m"), f -> Files.writeString(f, "s"), Map.of());
    assertThat(checkpoints.latest().orElseThrow().state()).isEmpty();
    assertThat(files()).hasSize(3);
  }

  @Test
  void partsThatDoNotBelongTogetherAreRefused() throws IOException {
    Checkpoints checkpoints = new Checkpoints(directory, 10);
    save(checkpoints, 1);
    Files.writeString(file("00001.model.safetensors"), "mod");
    assertRefused(checkpoints, "00001.model.safetensors: expected 7 bytes, has 3");
    Files.delete(file("00001.model.safetensors"));
    assertRefused(checkpoints, "00001.model.safetensors: this part of a checkpoint is missing");
    Files.copy(file("00001.solver.json"), file("00002.solver.json"));
    assertRefused(checkpoints, "holds epoch 1: was it renamed?");
    String json = Files.readString(file("00001.solver.json"));
    Files.writeString(file("00002.solver.json"), json.replace("\"format\": 1", "\"format\": 9"));
    assertRefused(checkpoints, "has format 9");
    Files.writeString(file("00002.solver.json"), "{}");
    assertRefused(checkpoints, "expected format, epoch");
    Files.writeString(file("00002.solver.json"), "{");
    assertRefused(checkpoints, "00002.solver.json");
    assertThatThrownBy(() -> Checkpoints.read(file("notes.txt")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("NNNNN.solver.json");
  }

  private static void assertRefused(Checkpoints checkpoints, String message) {
    assertThatThrownBy(checkpoints::latest)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
