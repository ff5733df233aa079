package org.octolift.apps.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.InputFile;

/// Labels of a scan as the benchmark's server takes them: text, one whole number a line.
public final class LabelFile {
  private static final int MAX_BYTES = 1 << 30;
  private static final int MAX_DIGITS = 9;

  private LabelFile() {}

  /// Writes the labels.
  public static void write(Path file, int[] labels) throws IOException {
    StringBuilder text = new StringBuilder(3 * labels.length);
    for (int label : labels) {
      text.append(label).append('\n');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /// Reads the labels. Spaces around a number and blank lines at the end do not count.
  ///
  /// @throws InputException naming file and line
  public static int[] read(Path file) throws IOException {
    String text =
        new String(InputFile.bytes(file, MAX_BYTES), StandardCharsets.ISO_8859_1).stripTrailing();
    String[] lines = text.isEmpty() ? new String[0] : text.split("\n", -1);
    int[] labels = new int[lines.length];
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty()
          || line.length() > MAX_DIGITS
          || !line.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw InputException.in(
            file, "line %d: expected a label, got \"%s\"".formatted(i + 1, shortened(line)));
      }
      labels[i] = Integer.parseInt(line);
    }
    return labels;
  }

  private static String shortened(String line) {
    return line.length() > 40 ? line.substring(0, 40) + "..." : line;
  }

  /// The files in {@code folder} whose names end so, sorted by name.
  ///
  /// @throws InputException when there is no such folder or none of them
  static List<Path> list(Path folder, String ending) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw InputException.in(folder, "expected a folder of " + ending + " files");
    }
    Path[] found;
    try (Stream<Path> files = Files.list(folder)) {
      found =
          files.filter(file -> file.getFileName().toString().endsWith(ending)).toArray(Path[]::new);
    }
    if (found.length == 0) {
      throw InputException.in(folder, "has no %s files".formatted(ending));
    }
    Arrays.sort(found, (a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()));
    return List.of(found);
  }
}
