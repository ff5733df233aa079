package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.octolift.engine.InputException;

/// The text lines at the start of a file that may go on in binary.
final class HeaderLines {
  private static final int MAX_LINE = 4096;
  private static final int MAX_LINES = 10_000;

  private final Path file;
  private final MemorySegment bytes;
  private long position;
  private int number;
  private String current = "";

  HeaderLines(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /// The next line without its end, `\n` or `\r\n`; null at the end of the file, or where no line
  /// ends within 4 kB.
  String next() {
    long limit = Math.min(bytes.byteSize(), position + MAX_LINE);
    for (long i = position; i < limit; i++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, i) == '\n') {
        byte[] line = bytes.asSlice(position, i - position).toArray(ValueLayout.JAVA_BYTE);
        int length = line.length;
        if (length > 0 && line[length - 1] == '\r') {
          length--;
        }
        position = i + 1;
        current = new String(line, 0, length, StandardCharsets.ISO_8859_1);
        return ++number <= MAX_LINES ? current : null;
      }
    }
    return null;
  }

  /// Byte offset after the last line.
  long position() {
    return position;
  }

  /// A number of rows.
  long count(String word) {
    long value;
    try {
      value = Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw new InputException(
          wrong("\"" + word + "\" is no whole number in range").getMessage(), e);
    }
    if (value < 0) {
      throw wrong("a count must not be negative");
    }
    return value;
  }

  /// The last line is wrong.
  InputException wrong(String problem) {
    String shown = current.length() > 80 ? current.substring(0, 80) + "..." : current;
    return InputException.in(
        file, "header line %d, \"%s\": %s".formatted(number, shown.strip(), problem));
  }
}
