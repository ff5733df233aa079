package org.octolift.apps.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.octolift.engine.InputException;

/// Converts scans between file formats.
///
/// @param read what the input holds
/// @param written what went to the output
/// @param lost what the output's format has no place for
public record ScanConversion(Scan read, Scan written, List<String> lost) {
  /// Reads {@code input} and writes it to {@code output}, whose extension decides on the format.
  ///
  /// @param edit what is changed on the way, [Scans#finite] say
  /// @throws InputException when a file is at fault, or no point is left
  public static ScanConversion convert(
      Path input, Path output, ScanEncoding encoding, UnaryOperator<Scan> edit) {
    ScanFiles.requireWritable(output, encoding);
    Scan scan = ScanFiles.read(input);
    Scan kept = edit.apply(scan);
    if (kept.size() == 0) {
      throw InputException.in(input, "none of its %,d points is finite".formatted(scan.size()));
    }
    List<String> lost = new ArrayList<>();
    if (kept.pixels() != null && ScanFiles.Format.of(output) == ScanFiles.Format.POINTS) {
      lost.add("pixel indices");
    }
    ScanFiles.write(output, kept, encoding);
    return new ScanConversion(scan, kept, lost);
  }
}
