package org.octolift.apps.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A scan as read from a file, before any augmentation. Nobody writes to the arrays after
/// construction.
///
/// @param source where it came from, for messages: a file name
/// @param xyz coordinates in metres, (N, 3) row-major
/// @param normals unit normals, (N, 3), or null
/// @param colours red, green, blue in 0..255, (N, 3), or null
/// @param labels class of each point, (N), or null
/// @param pixels flat pixel index `row * width + column` of each point in its image, (N), or null
public record Scan(
    String source, float[] xyz, float[] normals, float[] colours, int[] labels, int[] pixels) {
  /// Checks that all present properties describe the same number of points.
  public Scan {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(xyz, "xyz");
    int n = xyz.length / 3;
    require(source, xyz.length % 3 == 0, "xyz", 3 * n, xyz.length);
    require(source, normals == null || normals.length == 3 * n, "normals", 3 * n, length(normals));
    require(source, colours == null || colours.length == 3 * n, "colours", 3 * n, length(colours));
    require(
        source,
        labels == null || labels.length == n,
        "labels",
        n,
        labels == null ? 0 : labels.length);
    require(
        source,
        pixels == null || pixels.length == n,
        "pixels",
        n,
        pixels == null ? 0 : pixels.length);
  }

  /// Number of points N.
  public int size() {
    return xyz.length / 3;
  }

  /// "1,200 points with normals, colours".
  public String summary() {
    List<String> properties = new ArrayList<>();
    if (normals != null) {
      properties.add("normals");
    }
    if (colours != null) {
      properties.add("colours");
    }
    if (labels != null) {
      properties.add("labels");
    }
    if (pixels != null) {
      properties.add("pixel indices");
    }
    return "%,d points%s%s"
        .formatted(size(), properties.isEmpty() ? "" : " with ", String.join(", ", properties));
  }

  private static int length(float[] values) {
    return values == null ? 0 : values.length;
  }

  private static void require(String source, boolean ok, String what, int expected, int actual) {
    if (!ok) {
      throw new IllegalArgumentException(
          "%s: expected %d values of %s, got %d".formatted(source, expected, what, actual));
    }
  }
}
