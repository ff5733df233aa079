package org.octolift.apps.data;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.octolift.engine.InputException;

/// Builds a [Scan] from named columns: the property names of PLY and the field names of PCD files.
final class ScanColumns {
  private static final String[] POSITION = {"x", "y", "z"};
  private static final String[][] NORMALS = {
    {"nx", "ny", "nz"}, {"normal_x", "normal_y", "normal_z"}
  };
  private static final String[][] COLOURS = {
    {"red", "green", "blue"},
    {"r", "g", "b"},
    {"diffuse_red", "diffuse_green", "diffuse_blue"}
  };
  private static final String[] PACKED = {"rgb", "rgba"};

  private final Path file;
  private final int count;
  private final Map<String, Column> columns = new TreeMap<>();

  ScanColumns(Path file, int count) {
    this.file = file;
    this.count = count;
  }

  /// Whether a property of this name makes part of a scan.
  static boolean isKnown(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return isOneOf(lower, POSITION)
        || isOneOf(lower, NORMALS)
        || isOneOf(lower, COLOURS)
        || isOneOf(lower, PACKED)
        || lower.equals("label")
        || lower.equals("mask");
  }

  /// Adds a column; the first of a name counts. Unknown names are ignored.
  void put(String name, Column column) {
    columns.putIfAbsent(name.toLowerCase(Locale.ROOT), column);
  }

  /// The scan.
  ///
  /// @param organised whether point i is pixel i of an image, unless a column says otherwise
  Scan toScan(boolean organised) {
    float[] xyz = triple(POSITION);
    if (xyz == null) {
      throw InputException.in(file, "has no coordinates x, y, z; has " + columns.keySet());
    }
    int[] pixels = integers("mask");
    if (pixels == null && organised) {
      pixels = new int[count];
      for (int i = 0; i < count; i++) {
        pixels[i] = i;
      }
    }
    return new Scan(
        file.toString(), xyz, firstTriple(NORMALS), colours(), integers("label"), pixels);
  }

  private static boolean isOneOf(String name, String[]... names) {
    for (String[] group : names) {
      for (String candidate : group) {
        if (candidate.equals(name)) {
          return true;
        }
      }
    }
    return false;
  }

  private float[] firstTriple(String[][] alternatives) {
    for (String[] names : alternatives) {
      float[] values = triple(names);
      if (values != null) {
        return values;
      }
    }
    return null;
  }

  /// Three columns side by side, or null when the file has none of them.
  private float[] triple(String[] names) {
    int present = 0;
    for (String name : names) {
      present += columns.containsKey(name) ? 1 : 0;
    }
    if (present == 0) {
      return null;
    }
    if (present < 3) {
      throw InputException.in(
          file,
          "needs all of %s, has only %s".formatted(String.join(", ", names), columns.keySet()));
    }
    float[] values = new float[Math.multiplyExact(3, count)];
    for (int c = 0; c < 3; c++) {
      columns.get(names[c]).copyTo(values, c, 3);
    }
    return values;
  }

  /// Colours in 0..255: bytes as they are, 16-bit values / 257, floating values × 255 when all are
  /// at most 1.
  private float[] colours() {
    for (String[] names : COLOURS) {
      float[] values = triple(names);
      if (values != null) {
        scale(values, columns.get(names[0]).type());
        return values;
      }
    }
    for (String name : PACKED) {
      Column column = columns.get(name);
      if (column != null) {
        return unpack(name, column);
      }
    }
    return null;
  }

  private static void scale(float[] values, NumberType type) {
    if (type.isFloating()) {
      Scans.scaleUnitColours(values);
    } else if (type == NumberType.UINT16) {
      for (int i = 0; i < values.length; i++) {
        values[i] /= 257;
      }
    }
  }

  private float[] unpack(String name, Column column) {
    if (column.type().size() != 4) {
      throw InputException.in(
          file,
          "%s must have 4 bytes (one each of alpha, red, green, blue), is %s"
              .formatted(name, column.type()));
    }
    float[] values = new float[Math.multiplyExact(3, count)];
    for (int i = 0; i < count; i++) {
      int bits = column.bits(i);
      values[3 * i] = bits >> 16 & 0xff;
      values[3 * i + 1] = bits >> 8 & 0xff;
      values[3 * i + 2] = bits & 0xff;
    }
    return values;
  }

  private int[] integers(String name) {
    Column column = columns.get(name);
    if (column == null) {
      return null;
    }
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      double value = column.value(i);
      values[i] = (int) value;
      if (values[i] != value) {
        throw InputException.in(
            file,
            "point %d: %s must be a whole number below 2^31, is %s".formatted(i, name, value));
      }
    }
    return values;
  }
}
