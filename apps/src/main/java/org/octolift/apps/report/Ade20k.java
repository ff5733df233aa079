package org.octolift.apps.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The 150 classes of the ADE20K scene parsing benchmark (Zhou et al., 2017), by the index that
/// networks give them: 0 is "wall". Its label images hold the index plus one.
public final class Ade20k {
  private static final List<String> LINES = lines();
  private static final List<String> NAMES =
      LINES.stream().map(line -> line.substring(line.indexOf('\t') + 1)).toList();
  private static final int[] COLOURS =
      LINES.stream().mapToInt(line -> Integer.parseInt(line, 0, 6, 16)).toArray();

  private Ade20k() {}

  /// The names.
  public static List<String> names() {
    return NAMES;
  }

  /// The benchmark's colour of a class, 0xRRGGBB.
  public static int colour(int index) {
    return COLOURS[index];
  }

  private static List<String> lines() {
    try (InputStream in = Ade20k.class.getResourceAsStream("ade20k.tsv")) {
      if (in == null) {
        throw new IllegalStateException("ade20k.tsv is missing beside Ade20k.class");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("ade20k.tsv cannot be read", e);
    }
  }
}
