package org.octolift.engine.octree;

import java.util.Objects;

/// A point cloud: the input of the octree. Immutable by contract: nobody writes to the arrays after
/// construction; every transformation returns new points.
///
/// @param xyz coordinates, (N, 3) row-major; octrees cover the open cube (-1, 1)³
/// @param normals unit normals, (N, 3), or null
/// @param features C values a point (colour / 255, say), (N, C), or null
/// @param labels class of each point as the `.points` format stores it (float; -1 = none), (N),
/// or null
public record Points(float[] xyz, float[] normals, float[] features, float[] labels) {
  /// Checks that all present properties describe the same number of points, at least one.
  public Points {
    Objects.requireNonNull(xyz, "xyz");
    int n = xyz.length / 3;
    if (xyz.length % 3 != 0 || n == 0) {
      throw new IllegalArgumentException(
          "points: xyz must hold 3 floats for each of at least one point, has " + xyz.length);
    }
    if (normals != null && normals.length != 3 * n) {
      throw new IllegalArgumentException(
          "points: %d points need %d normal components, got %d"
              .formatted(n, 3 * n, normals.length));
    }
    if (features != null && (features.length == 0 || features.length % n != 0)) {
      throw new IllegalArgumentException(
          "points: %d features are no multiple of %d points".formatted(features.length, n));
    }
    if (labels != null && labels.length != n) {
      throw new IllegalArgumentException(
          "points: %d points need as many labels, got %d".formatted(n, labels.length));
    }
  }

  /// Number of points N.
  public int size() {
    return xyz.length / 3;
  }

  /// Number of feature channels C; 0 without features.
  public int featureChannels() {
    return features == null ? 0 : features.length / size();
  }
}
