package org.octolift.apps.data.rgbd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.octolift.apps.data.MappedFile;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;

/// A pinhole camera without distortion: point = depth · ((u − cx) / fx, (v − cy) / fy, 1) for
/// column u and row v counted from 0 at pixel centres.
///
/// @param fx focal length in columns
/// @param fy focal length in rows
/// @param cx column of the optical axis
/// @param cy row of the optical axis
/// @param width columns that this holds for, or 0 when unknown
/// @param height rows that this holds for, or 0 when unknown
public record PinholeCamera(double fx, double fy, double cx, double cy, int width, int height) {
  private static final int MAX_FILE_BYTES = 1 << 20;
  private static final String EXPECTED =
      "expected fx,fy,cx,cy, or a file with these, with a 3x3 or 4x4 matrix, with ScanNet's"
          + " \"fx_depth = ...\", or an Open3D camera in JSON";

  /// Which of the two cameras a file describes that describes both.
  public enum Sensor {
    /// The depth camera.
    DEPTH,
    /// The colour camera.
    COLOUR
  }

  /// Checks that the focal lengths are positive and everything is finite.
  public PinholeCamera {
    if (!(fx > 0 && fy > 0 && Double.isFinite(fx + fy + cx + cy))) {
      throw new IllegalArgumentException(
          "focal lengths must be positive, all numbers finite; found fx %s, fy %s, cx %s, cy %s"
              .formatted(fx, fy, cx, cy));
    }
  }

  /// As [#parse(String, Sensor)] for the depth camera.
  public static PinholeCamera parse(String text) {
    return parse(text, Sensor.DEPTH);
  }

  /// Reads {@code "fx,fy,cx,cy"}, or the file of that name: the same four numbers, a 3 x 3 matrix
  /// row by row (SUN RGB-D's intrinsics.txt), such a matrix in a 4 x 4 one (ScanNet's exported
  /// intrinsic_depth.txt), ScanNet's SCENE.txt, or the JSON of an Open3D camera.
  ///
  /// @param sensor the camera to take from ScanNet's SCENE.txt
  /// @throws InputException when it is none of these
  public static PinholeCamera parse(String text, Sensor sensor) {
    double[] numbers = numbers(text);
    if (numbers != null && numbers.length == 4) {
      return checked("intrinsics \"" + text + "\"", numbers, 0, 0);
    }
    Path file = path(text);
    if (file == null || !Files.exists(file)) {
      throw new InputException(
          "intrinsics \"%s\": neither four numbers nor a file; %s".formatted(text, EXPECTED));
    }
    return read(file, sensor);
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static PinholeCamera read(Path file, Sensor sensor) {
    String text = MappedFile.text(file, MAX_FILE_BYTES);
    if (text.stripLeading().startsWith("{")) {
      return fromJson(file);
    }
    double[] numbers = numbers(text);
    if (numbers != null && numbers.length == 4) {
      return checked(file.toString(), numbers, 0, 0);
    }
    if (numbers != null && numbers.length == 9) {
      return fromMatrix(file, numbers, 0, 0);
    }
    if (numbers != null && numbers.length == 16) {
      return fromMatrix(file, upperLeft(file, numbers), 0, 0);
    }
    if (text.contains("=")) {
      return fromScanNet(file, text, sensor);
    }
    throw InputException.in(file, EXPECTED);
  }

  private static double[] upperLeft(Path file, double[] m) {
    double[] inner = new double[9];
    for (int i = 0; i < 16; i++) {
      if (i % 4 < 3 && i < 12) {
        inner[Math.floorDiv(i, 4) * 3 + i % 4] = m[i];
      } else if (m[i] != (i == 15 ? 1 : 0)) {
        throw InputException.in(file, "the last row and column of a 4x4 matrix must be 0 0 0 1");
      }
    }
    return inner;
  }

  /// Lines `fx_depth = 577.87`, `mx_depth = 319.5`, `depthWidth = 640` and so on.
  private static PinholeCamera fromScanNet(Path file, String text, Sensor sensor) {
    Map<String, String> values = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    String name = sensor == Sensor.DEPTH ? "depth" : "color";
    double[] f = new double[6];
    String[] keys = {
      "fx_" + name, "fy_" + name, "mx_" + name, "my_" + name, name + "Width", name + "Height"
    };
    for (int i = 0; i < keys.length; i++) {
      double[] value = numbers(values.getOrDefault(keys[i], ""));
      if (value == null || value.length != 1) {
        throw InputException.in(
            file, "has no line \"%s = NUMBER\"; %s".formatted(keys[i], EXPECTED));
      }
      f[i] = value[0];
    }
    return checked(file.toString(), f, (int) f[4], (int) f[5]);
  }

  /// A 3 x 3 matrix row by row.
  private static PinholeCamera fromMatrix(Path file, double[] m, int width, int height) {
    if (m[1] != 0 || m[3] != 0 || m[6] != 0 || m[7] != 0 || m[8] != 1) {
      throw InputException.in(
          file,
          "the matrix must be [fx 0 cx; 0 fy cy; 0 0 1]; cameras with skew are not supported");
    }
    return checked(file.toString(), new double[] {m[0], m[4], m[2], m[5]}, width, height);
  }

  /// Open3D writes the matrix column by column, on its own or as "intrinsic" of a view.
  private static PinholeCamera fromJson(Path file) {
    Object json;
    try {
      json = Json.parse(file);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (json instanceof Map<?, ?> view && view.get("intrinsic") != null) {
      json = view.get("intrinsic");
    }
    if (json instanceof Map<?, ?> camera
        && camera.get("intrinsic_matrix") instanceof List<?> columns
        && columns.size() == 9
        && columns.stream().allMatch(Number.class::isInstance)) {
      double[] m = new double[9];
      for (int i = 0; i < 9; i++) {
        m[i % 3 * 3 + i / 3] = ((Number) columns.get(i)).doubleValue();
      }
      return fromMatrix(file, m, size(camera.get("width")), size(camera.get("height")));
    }
    throw InputException.in(file, "no intrinsic_matrix of nine numbers; " + EXPECTED);
  }

  private static int size(Object value) {
    return value instanceof Long pixels && pixels > 0 && pixels < 1 << 20
        ? Math.toIntExact(pixels)
        : 0;
  }

  private static PinholeCamera checked(String source, double[] f, int width, int height) {
    try {
      return new PinholeCamera(f[0], f[1], f[2], f[3], width, height);
    } catch (IllegalArgumentException e) {
      throw new InputException(source + ": " + e.getMessage(), e);
    }
  }

  /// Numbers separated by blanks, commas or semicolons; null when there is anything else.
  private static double[] numbers(String text) {
    String[] words = text.strip().split("[\\s,;]+");
    double[] numbers = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        numbers[i] = Double.parseDouble(words[i]);
      } catch (NumberFormatException e) {
        return null;
      }
    }
    return numbers;
  }
}
