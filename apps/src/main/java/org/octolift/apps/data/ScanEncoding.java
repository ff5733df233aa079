package org.octolift.apps.data;

/// How the values of a scan are written in formats that leave a choice.
public enum ScanEncoding {
  /// Text.
  ASCII,
  /// Little-endian numbers.
  BINARY,
  /// Big-endian numbers (PLY).
  BIG_ENDIAN,
  /// LZF-compressed little-endian numbers (PCD).
  COMPRESSED
}
