package org.octolift.apps.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.InputException;

/// Converts scans between file formats.
///
/// @param read what the input holds
/// @param written what went to the output
/// @param lost what the output's format has no place for
public record ScanConversion(Scan read, Scan written, List<String> lost) {
  /// Reads {@code input} and writes it to {@code output}, whose extension decides on the format.
  ///
  /// @param keepInvalid keep points that are not finite: the pixels without depth of an organised
  /// cloud
  /// @throws InputException when a file is at fault, or no finite point is left
  public static ScanConversion convert(
      Path input, Path output, ScanEncoding encoding, boolean keepInvalid) {
    ScanFiles.requireWritable(output, encoding);
    Scan scan = ScanFiles.read(input);
    Scan kept = keepInvalid ? scan : Scans.finite(scan);
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
