package org.octolift.apps.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.report.TensorBoardEvents.Event;
import org.octolift.engine.InputException;

final class TensorBoardEventsTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000L, 500_000_000));

  /// Written by the record writer of TensorBoard 2.21 with the same values.
  private static final String EXPECTED =
      "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e457665"
          + "6e743a322b3531101b000000000000001a0d9e130900002040fc54d94110ac02"
          + "2a0d0a0b0a046c6f7373150000803f12da87a1";

  @TempDir private Path folder;

  @Test
  void readsTheRealFile() throws IOException {
    Path zipped = shared("real/open3d-testdata/test_tensorboard_plugin.zip");
    Path file = folder.resolve("events");
    try (ZipFile zip = new ZipFile(zipped.toFile());
        InputStream in =
            zip.getInputStream(
                zip.stream().filter(e -> e.getName().contains("tfevents")).findFirst().get())) {
      Files.copy(in, file);
    }
    List<Event> events = TensorBoardEvents.read(file);

    assertThat(events).hasSize(13);
    assertThat(events.getFirst().fileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.getFirst().wallTime()).isEqualTo(1636496790.0);
    assertThat(events.stream().skip(1).flatMap(event -> event.otherTags().stream()))
        .startsWith("cube", "cube_pcd", "cube_ls", "bboxes", "cube")
        .hasSize(12);
    assertThat(events.getLast().step()).isEqualTo(2);
    assertThat(events.getLast().wallTime()).isCloseTo(1636496791.811385, within(1e-6));
  }

  @Test
  void valuesComeBack() throws IOException {
    Map<String, Float> values = new LinkedHashMap<>();
    values.put("train/loss", 0.125f);
    values.put("test/mIoU", Float.NaN);
    Path file;
    try (TensorBoardEvents events = TensorBoardEvents.create(folder.resolve("logs"), CLOCK)) {
      file = events.file();
      events.scalars(300, values);
      events.scalar(1L << 40, "lr", 0.1);
    }
    List<Event> events = TensorBoardEvents.read(file);

    assertThat(events).hasSize(3);
    assertThat(events.get(1))
        .isEqualTo(new Event(1_700_000_000.5, 300, null, new LinkedHashMap<>(values), List.of()));
    assertThat(events.get(2).step()).isEqualTo(1L << 40);
    assertThat(events.get(2).scalars()).containsExactly(Map.entry("lr", 0.1f));
  }

  @Test
  void writesTheBytesOfTheFormat() throws IOException {
    try (TensorBoardEvents events = TensorBoardEvents.create(folder, CLOCK)) {
      events.scalar(300, "loss", 1);

      assertThat(HexFormat.of().formatHex(Files.readAllBytes(events.file()))).isEqualTo(EXPECTED);
    }
  }

  @Test
  void everyRunStartsANewFile() throws IOException {
    try (TensorBoardEvents first = TensorBoardEvents.create(folder, CLOCK);
        TensorBoardEvents second = TensorBoardEvents.create(folder, CLOCK)) {
      assertThat(first.file().getFileName().toString())
          .startsWith("events.out.tfevents.1700000000.");
      assertThat(second.file()).isNotEqualTo(first.file());
    }
  }

  @Test
  void truncatedAndChangedFilesAreRefused() throws IOException {
    Path file;
    try (TensorBoardEvents events = TensorBoardEvents.create(folder, CLOCK)) {
      file = events.file();
      events.scalar(1, "loss", 2);
    }
    byte[] whole = Files.readAllBytes(file);
    int firstRecord = whole[0] + 16;
    Path damaged = folder.resolve("damaged");
    for (int i = 0; i < whole.length; i++) {
      if (i != firstRecord) {
        Files.write(damaged, Arrays.copyOf(whole, i));
        assertThatThrownBy(() -> TensorBoardEvents.read(damaged))
            .as("cut to %d bytes", i)
            .isInstanceOf(InputException.class);
      }
      byte[] bytes = whole.clone();
      bytes[i] ^= 1;
      Files.write(damaged, bytes);
      assertThatThrownBy(() -> TensorBoardEvents.read(damaged))
          .as("byte %d changed", i)
          .isInstanceOf(InputException.class);
    }
    Files.write(damaged, Arrays.copyOf(whole, firstRecord));
    assertThat(TensorBoardEvents.read(damaged)).hasSize(1);
  }

  private static Path shared(String name) {
    Path given = Path.of(System.getProperty("octolift.shared", ""));
    Path folder = given;
    for (Path up = Path.of("").toAbsolutePath();
        given.toString().isEmpty() && up != null;
        up = up.getParent()) {
      if (Files.isDirectory(up.resolve("shared/data"))) {
        folder = up.resolve("shared");
        break;
      }
    }
    Path file = folder.resolve("data").resolve(name);
    Assumptions.assumeTrue(Files.exists(file), () -> "shared data file " + name + " is missing");
    return file;
  }
}
