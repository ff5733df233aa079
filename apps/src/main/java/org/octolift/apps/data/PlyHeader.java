package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.InputException;

/// The header of a PLY 1.0 file.
///
/// @param encoding how the rows are written
/// @param elements what follows the header, in this order
/// @param bodyOffset byte offset of the first row
record PlyHeader(ScanEncoding encoding, List<Element> elements, long bodyOffset) {
  /// A table: its name, number of rows and columns.
  record Element(String name, long count, List<Property> properties) {
    /// Bytes of a binary row; for rows with lists, when all lists are empty.
    long minimumRowBytes() {
      return properties.stream()
          .mapToLong(p -> p.isList() ? p.lengthType().size() : p.type().size())
          .sum();
    }

    boolean hasLists() {
      return properties.stream().anyMatch(Property::isList);
    }

    boolean isVertex() {
      return name.equals("vertex");
    }
  }

  /// A column: its name and type; {@code lengthType} is null unless the values are lists.
  record Property(String name, NumberType type, NumberType lengthType) {
    boolean isList() {
      return lengthType != null;
    }
  }

  /// Reads the header at the start of {@code bytes}.
  ///
  /// @throws InputException names the line that is wrong
  static PlyHeader parse(Path file, MemorySegment bytes) {
    HeaderLines lines = new HeaderLines(file, bytes);
    if (!"ply".equals(lines.next())) {
      throw InputException.in(file, "is no PLY file: its first line must be \"ply\"");
    }
    ScanEncoding encoding = null;
    List<Element> elements = new ArrayList<>();
    while (true) {
      String line = lines.next();
      if (line == null) {
        throw InputException.in(file, "PLY header without end_header; is the file truncated?");
      }
      String[] words = line.strip().split("\\s+");
      switch (words[0]) {
        case "format" -> {
          if (encoding != null) {
            throw lines.wrong("second format line");
          }
          encoding = format(lines, words);
        }
        case "comment", "obj_info" -> {}
        case "element" -> elements.add(element(lines, words, elements));
        case "property" -> {
          if (elements.isEmpty()) {
            throw lines.wrong("property before the first element");
          }
          property(lines, words, elements.getLast());
        }
        case "end_header" -> {
          if (encoding == null) {
            throw InputException.in(file, "PLY header without a format line");
          }
          return new PlyHeader(encoding, List.copyOf(elements), lines.position());
        }
        default ->
            throw lines.wrong(
                "expected format, comment, obj_info, element, property or end_header");
      }
    }
  }

  /// The vertex element.
  Element vertex(Path file) {
    return elements.stream()
        .filter(Element::isVertex)
        .findFirst()
        .orElseThrow(() -> InputException.in(file, "PLY file without an element vertex"));
  }

  private static ScanEncoding format(HeaderLines lines, String[] words) {
    if (words.length != 3 || !words[2].equals("1.0")) {
      throw lines.wrong("expected \"format ENCODING 1.0\"");
    }
    return switch (words[1]) {
      case "ascii" -> ScanEncoding.ASCII;
      case "binary_little_endian" -> ScanEncoding.BINARY;
      case "binary_big_endian" -> ScanEncoding.BIG_ENDIAN;
      default ->
          throw lines.wrong(
              "the encoding must be ascii, binary_little_endian or binary_big_endian");
    };
  }

  private static Element element(HeaderLines lines, String[] words, List<Element> before) {
    if (words.length != 3) {
      throw lines.wrong("expected \"element NAME COUNT\"");
    }
    if (before.stream().anyMatch(e -> e.name().equals(words[1]))) {
      throw lines.wrong("second element of this name");
    }
    return new Element(words[1], lines.count(words[2]), new ArrayList<>());
  }

  private static void property(HeaderLines lines, String[] words, Element element) {
    Property property;
    if (words.length == 5 && words[1].equals("list")) {
      property = new Property(words[4], type(lines, words[3]), type(lines, words[2]));
    } else if (words.length == 3) {
      property = new Property(words[2], type(lines, words[1]), null);
    } else {
      throw lines.wrong("expected \"property TYPE NAME\" or \"property list TYPE TYPE NAME\"");
    }
    if (element.properties().stream().anyMatch(p -> p.name().equals(property.name()))) {
      throw lines.wrong("second property of this name in the element " + element.name());
    }
    element.properties().add(property);
  }

  private static NumberType type(HeaderLines lines, String name) {
    return switch (name) {
      case "char", "int8" -> NumberType.INT8;
      case "uchar", "uint8" -> NumberType.UINT8;
      case "short", "int16" -> NumberType.INT16;
      case "ushort", "uint16" -> NumberType.UINT16;
      case "int", "int32" -> NumberType.INT32;
      case "uint", "uint32" -> NumberType.UINT32;
      case "float", "float32" -> NumberType.FLOAT32;
      case "double", "float64" -> NumberType.FLOAT64;
      default ->
          throw lines.wrong(
              "unknown type "
                  + name
                  + ", expected char, uchar, short, ushort, int, uint, float or double");
    };
  }
}
