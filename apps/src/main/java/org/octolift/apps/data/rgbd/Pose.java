package org.octolift.apps.data.rgbd;

/// Where a camera stood: world = rotation · camera + translation.
///
/// @param rotation 3 x 3 row-major
/// @param translation the camera's place in the world, metres
/// @param time seconds, NaN when unknown
public record Pose(double[] rotation, double[] translation, double time) {
  /// The camera frame is the world frame.
  public static final Pose IDENTITY =
      new Pose(new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, new double[3], Double.NaN);

  /// A tolerance wide enough for files with few digits.
  private static final double TOLERANCE = 0.01;

  /// Checks that the rotation is one.
  public Pose {
    if (rotation.length != 9 || translation.length != 3) {
      throw new IllegalArgumentException(
          "expected 9 + 3 numbers, got %d + %d".formatted(rotation.length, translation.length));
    }
    for (double value : translation) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("the translation is not finite");
      }
    }
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double dot = 0;
        for (int k = 0; k < 3; k++) {
          dot += rotation[3 * i + k] * rotation[3 * j + k];
        }
        if (!(Math.abs(dot - (i == j ? 1 : 0)) <= TOLERANCE)) {
          throw new IllegalArgumentException("the matrix is no rotation");
        }
      }
    }
    if (determinant(rotation) < 0) {
      throw new IllegalArgumentException("the matrix is a reflection, no rotation");
    }
  }

  /// The pose of a unit quaternion (x, y, z, w) and a place.
  static Pose of(double[] q, double[] place, double time) {
    double norm = Math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    if (!(Math.abs(norm - 1) <= TOLERANCE)) {
      throw new IllegalArgumentException(
          "the quaternion must have length 1, has %.4g".formatted(norm));
    }
    double x = q[0] / norm;
    double y = q[1] / norm;
    double z = q[2] / norm;
    double w = q[3] / norm;
    double[] rotation = {
      1 - 2 * (y * y + z * z),
      2 * (x * y - z * w),
      2 * (x * z + y * w),
      2 * (x * y + z * w),
      1 - 2 * (x * x + z * z),
      2 * (y * z - x * w),
      2 * (x * z - y * w),
      2 * (y * z + x * w),
      1 - 2 * (x * x + y * y)
    };
    return new Pose(rotation, place, time);
  }

  /// World coordinate {@code axis} of a point in the camera frame.
  double toWorld(int axis, double x, double y, double z) {
    return rotation[3 * axis] * x
        + rotation[3 * axis + 1] * y
        + rotation[3 * axis + 2] * z
        + translation[axis];
  }

  private static double determinant(double[] m) {
    return m[0] * (m[4] * m[8] - m[5] * m[7])
        - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6]);
  }
}
