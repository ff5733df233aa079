package org.octolift.apps.data;

import java.util.Locale;

/// How the values of a scan are written in formats that leave a choice.
public enum ScanEncoding {
  /// Text.
  ASCII,
  /// Little-endian numbers.
  BINARY,
  /// Big-endian numbers (PLY).
  BIG_ENDIAN,
  /// Compressed little-endian numbers (PCD, NPZ).
  COMPRESSED;

  /// The name in options and messages: "big-endian".
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
