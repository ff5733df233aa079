package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.octolift.engine.InputException;

/// The header of a PCD 0.7 file.
///
/// @param fields the columns, in file order
/// @param points number of points
/// @param organised whether the points are the pixels of an image, row by row
/// @param encoding how the points are written
/// @param bodyOffset byte offset after the header
record PcdHeader(
    List<Field> fields, long points, boolean organised, ScanEncoding encoding, long bodyOffset) {
  private static final int MAX_FIELDS = 1000;

  /// A column of {@code count} values of {@code size} bytes a point; {@code type} is null for
  /// 64-bit whole numbers, which no property of a scan has.
  record Field(String name, int size, NumberType type, int count) {
    long bytes() {
      return (long) size * count;
    }
  }

  /// Bytes of a point.
  long pointBytes() {
    return fields.stream().mapToLong(Field::bytes).sum();
  }

  /// Numbers of a point.
  long pointValues() {
    return fields.stream().mapToLong(Field::count).sum();
  }

  /// Reads the header at the start of {@code bytes}.
  ///
  /// @throws InputException names the line that is wrong
  static PcdHeader parse(Path file, MemorySegment bytes) {
    HeaderLines lines = new HeaderLines(file, bytes);
    String[] names = null;
    String[] sizes = null;
    String[] types = null;
    String[] counts = null;
    long width = -1;
    long height = -1;
    long points = -1;
    Set<String> seen = new HashSet<>();
    while (true) {
      String line = lines.next();
      if (line == null) {
        throw InputException.in(file, "is no PCD file, or is truncated: no DATA line was found");
      }
      String stripped = line.strip();
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        continue;
      }
      String[] words = stripped.split("\\s+");
      if (!seen.add(words[0])) {
        throw lines.wrong("second line of this kind");
      }
      switch (words[0]) {
        case "VERSION" -> {
          if (words.length != 2 || !(words[1].equals("0.7") || words[1].equals(".7"))) {
            throw lines.wrong("expected VERSION 0.7");
          }
        }
        case "FIELDS" -> {
          names = words;
          if (words.length < 2 || words.length > MAX_FIELDS) {
            throw lines.wrong("expected 1 to 999 names of fields");
          }
        }
        case "SIZE" -> sizes = words;
        case "TYPE" -> types = words;
        case "COUNT" -> counts = words;
        case "WIDTH" -> width = single(lines, words);
        case "HEIGHT" -> height = single(lines, words);
        case "VIEWPOINT" -> {}
        case "POINTS" -> points = single(lines, words);
        case "DATA" -> {
          requireAll(file, seen);
          List<Field> fields = fields(file, names, sizes, types, counts);
          if (width < 0 || height < 0 || (width != 0 && height > Long.MAX_VALUE / width)) {
            throw InputException.in(file, "WIDTH %d, HEIGHT %d".formatted(width, height));
          }
          if (points != width * height) {
            throw InputException.in(
                file, "POINTS %d must equal WIDTH %d x HEIGHT %d".formatted(points, width, height));
          }
          return new PcdHeader(
              fields, points, height > 1, encoding(lines, words), lines.position());
        }
        default -> throw lines.wrong("unknown entry of a PCD header");
      }
    }
  }

  private static void requireAll(Path file, Set<String> seen) {
    for (String entry : List.of("VERSION", "FIELDS", "SIZE", "TYPE", "WIDTH", "HEIGHT", "POINTS")) {
      if (!seen.contains(entry)) {
        throw InputException.in(file, "PCD header without " + entry);
      }
    }
  }

  private static long single(HeaderLines lines, String[] words) {
    if (words.length != 2) {
      throw lines.wrong("expected one number");
    }
    return lines.count(words[1]);
  }

  private static ScanEncoding encoding(HeaderLines lines, String[] words) {
    return switch (words.length == 2 ? words[1] : "") {
      case "ascii" -> ScanEncoding.ASCII;
      case "binary" -> ScanEncoding.BINARY;
      case "binary_compressed" -> ScanEncoding.COMPRESSED;
      default -> throw lines.wrong("expected DATA ascii, binary or binary_compressed");
    };
  }

  private static List<Field> fields(
      Path file, String[] names, String[] sizes, String[] types, String[] counts) {
    if (sizes.length != names.length
        || types.length != names.length
        || (counts != null && counts.length != names.length)) {
      throw InputException.in(
          file,
          "FIELDS, SIZE, TYPE and COUNT must have as many entries each: %d fields"
              .formatted(names.length - 1));
    }
    List<Field> fields = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < names.length; i++) {
      int size = number(file, "SIZE", sizes[i], 8);
      int count = counts == null ? 1 : number(file, "COUNT", counts[i], 1 << 20);
      Field field = new Field(names[i], size, type(file, types[i], size), count);
      if (ScanColumns.isKnown(field.name())) {
        if (!seen.add(field.name().toLowerCase(Locale.ROOT))) {
          throw InputException.in(file, "two fields with the name " + field.name());
        }
        if (field.type() == null || count != 1) {
          throw InputException.in(
              file,
              "field %s must be one number of at most 32 bits or a double".formatted(names[i]));
        }
      }
      fields.add(field);
    }
    return fields;
  }

  private static int number(Path file, String entry, String word, int max) {
    if (word.matches("[0-9]{1,7}")) {
      int value = Integer.parseInt(word);
      if (value >= 1 && value <= max) {
        return value;
      }
    }
    throw InputException.in(file, "%s %s: expected 1 to %d".formatted(entry, word, max));
  }

  private static NumberType type(Path file, String type, int size) {
    return switch (type + size) {
      case "I1" -> NumberType.INT8;
      case "U1" -> NumberType.UINT8;
      case "I2" -> NumberType.INT16;
      case "U2" -> NumberType.UINT16;
      case "I4" -> NumberType.INT32;
      case "U4" -> NumberType.UINT32;
      case "F4" -> NumberType.FLOAT32;
      case "F8" -> NumberType.FLOAT64;
      case "I8", "U8" -> null;
      default ->
          throw InputException.in(
              file,
              "TYPE %s with SIZE %d: expected I or U with 1, 2, 4, 8, or F with 4, 8"
                  .formatted(type, size));
    };
  }
}
