package org.octolift.apps.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.octolift.apps.transfer.TransferFolder;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.Json;

/// The folder of a demo. `demo.json` says with which settings it was begun and whether it came to
/// its end: a demo that was broken off goes on, one that was finished or had other settings starts
/// afresh.
final class DemoFolder {
  private static final String SETTINGS = "settings";
  private static final String FINISHED = "finished";

  private final TransferFolder transfer;
  private final Map<String, ?> settings;
  private final boolean goesOn;

  private DemoFolder(TransferFolder transfer, Map<String, ?> settings, boolean goesOn) {
    this.transfer = transfer;
    this.settings = settings;
    this.goesOn = goesOn;
  }

  /// Goes on with the demo in a folder, or clears what an earlier one left.
  ///
  /// @param settings whole numbers, truths and text that the result depends on
  /// @throws InputException when there is something in the way that no demo wrote
  static DemoFolder open(TransferFolder transfer, Map<String, ?> settings) throws IOException {
    Path description = description(transfer);
    if (Files.exists(description)
        && Json.parse(description) instanceof Map<?, ?> content
        && settings.equals(content.get(SETTINGS))
        && Boolean.FALSE.equals(content.get(FINISHED))) {
      return new DemoFolder(transfer, settings, true);
    }
    DemoFolder opened = new DemoFolder(transfer, settings, false);
    List<Path> parts = new ArrayList<>(transfer.parts());
    parts.add(opened.report());
    for (Path part : parts) {
      if (Files.exists(part) && !Files.exists(description)) {
        throw InputException.in(
            part, "was not written by a demo; choose another folder with --out, or move it away");
      }
      delete(part);
    }
    Files.createDirectories(transfer.root());
    opened.write(false);
    return opened;
  }

  private static Path description(TransferFolder transfer) {
    return transfer.root().resolve("demo.json");
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

  /// Whether an unfinished demo is here.
  boolean goesOn() {
    return goesOn;
  }

  /// Remembers that the demo came to its end.
  void finish() throws IOException {
    write(true);
  }

  private void write(boolean finished) throws IOException {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put(FINISHED, finished);
    content.put(SETTINGS, settings);
    byte[] json =
        Json.writeIndented(content, Json.NonFinite.REFUSED).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(description(transfer), out -> out.write(json));
  }

  /// The page to look at.
  Path report() {
    return transfer.root().resolve("report.html");
  }
}
