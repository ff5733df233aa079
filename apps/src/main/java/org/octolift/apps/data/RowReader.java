package org.octolift.apps.data;

/// Reads the rows of a file value by value, as text or as binary numbers.
sealed interface RowReader permits AsciiRows, BinaryRows {
  /// The next value of the current row, of type {@code type}.
  double next(NumberType type);

  /// Ends the current row.
  void endRow();

  /// Bytes that are left.
  long remaining();

  /// The fewest bytes that a value of {@code type} takes.
  int minimumBytes(NumberType type);
}
