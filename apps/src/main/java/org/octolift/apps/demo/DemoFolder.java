package org.octolift.apps.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Json;

/// The folder of a demo. `demo.json` says with which settings it was begun and how far it came: a
/// demo that was broken off goes on, one that was finished or had other settings starts afresh.
final class DemoFolder {
  private static final String SETTINGS = "settings";
  private static final String STAGE = "stage";

  /// How far a demo came.
  enum Stage {
    /// It has begun.
    BEGUN,
    /// Its rooms are written.
    ROOMS,
    /// Its report is written.
    REPORT;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Path folder;
  private final Map<String, ?> settings;
  private Stage stage;

  private DemoFolder(Path folder, Map<String, ?> settings, Stage stage) {
    this.folder = folder;
    this.settings = settings;
    this.stage = stage;
  }

  /// Goes on with the demo in {@code folder}, or clears what an earlier one left.
  ///
  /// @param settings whole numbers and text that the result depends on
  /// @throws InputException when there is something in the way that no demo wrote
  static DemoFolder open(Path folder, Map<String, ?> settings) throws IOException {
    Path description = folder.resolve("demo.json");
    if (Files.exists(description)) {
      if (Json.parse(description) instanceof Map<?, ?> content
          && settings.equals(content.get(SETTINGS))
          && Stage.ROOMS.word().equals(content.get(STAGE))) {
        return new DemoFolder(folder, settings, Stage.ROOMS);
      }
    }
    DemoFolder opened = new DemoFolder(folder, settings, Stage.BEGUN);
    for (Path part : opened.parts()) {
      if (Files.exists(part) && !Files.exists(description)) {
        throw InputException.in(
            part, "was not written by a demo; choose another folder with --out, or move it away");
      }
      delete(part);
    }
    Files.createDirectories(folder);
    opened.reached(Stage.BEGUN);
    return opened;
  }

  private List<Path> parts() {
    return List.of(rooms(), run(), predictions(), configuration(), report());
  }

  private static void delete(Path part) throws IOException {
    if (Files.exists(part)) {
      try (Stream<Path> files = Files.walk(part)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /// How far the demo came.
  Stage stage() {
    return stage;
  }

  /// Remembers how far the demo came.
  void reached(Stage reached) throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put(STAGE, reached.word());
    content.put(SETTINGS, settings);
    byte[] json =
        Json.writeIndented(content, Json.NonFinite.REFUSED).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve("demo.json"), out -> out.write(json));
    stage = reached;
  }

  /// The data set.
  Path rooms() {
    return folder.resolve("rooms");
  }

  /// The training run.
  Path run() {
    return folder.resolve("run");
  }

  /// What the trained network says of the test rooms.
  Path predictions() {
    return folder.resolve("predictions");
  }

  /// The configuration of run and predictions.
  Path configuration() {
    return folder.resolve("rooms.yaml");
  }

  /// The page to look at.
  Path report() {
    return folder.resolve("report.html");
  }
}
