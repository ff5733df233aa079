package org.octolift.engine.octree;

/// Transformations of points, bit for bit as in O-CNN: float32, in its order of operations. Every
/// one returns new points; properties that it leaves alone are shared.
public final class PointTransform {
  private static final float TRIVIAL = 1e-10f;

  private PointTransform() {}

  /// Which way to turn normals.
  public enum Orientation {
    /// Flip normals whose x is negative.
    X,
    /// Flip normals whose y is negative.
    Y,
    /// Flip normals whose z is negative.
    Z,
    /// Make every component positive.
    ABSOLUTE
  }

  /// What [#clip] keeps.
  ///
  /// @param points the points inside; if none is, the first point, moved to the lower corner
  /// @param mask for each original point 1 if it was kept, else 0
  /// @param inside number of points inside, 0 if none was
  public record Clipped(Points points, int[] mask, int inside) {}

  /// Moves points along their normals: `p + offset · n`.
  ///
  /// @throws IllegalArgumentException without normals
  public static Points displace(Points points, float offset) {
    if (!(offset > TRIVIAL)) {
      return points;
    }
    if (points.normals() == null) {
      throw new IllegalArgumentException("displacement needs normals");
    }
    float[] xyz = points.xyz().clone();
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] += points.normals()[i] * offset;
    }
    return withXyz(points, xyz);
  }

  /// Rotates points and normals: `Rx · Ry · Rz · p`, right-handed, angles in radians.
  public static Points rotate(Points points, float angleX, float angleY, float angleZ) {
    if (Math.abs(angleX) <= TRIVIAL && Math.abs(angleY) <= TRIVIAL && Math.abs(angleZ) <= TRIVIAL) {
      return points;
    }
    float[] matrix = rotation(angleX, angleY, angleZ);
    return new Points(
        multiply(matrix, points.xyz()),
        points.normals() == null ? null : multiply(matrix, points.normals()),
        points.features(),
        points.labels());
  }

  /// Translates points: `p + (x, y, z)`.
  public static Points translate(Points points, float x, float y, float z) {
    if (Math.abs(x) <= TRIVIAL && Math.abs(y) <= TRIVIAL && Math.abs(z) <= TRIVIAL) {
      return points;
    }
    float[] by = {x, y, z};
    float[] xyz = points.xyz().clone();
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] += by[i % 3];
    }
    return withXyz(points, xyz);
  }

  /// Scales points by a factor an axis, and turns normals accordingly if the factors differ. As in
  /// the original nothing happens if a factor is 0.
  public static Points scale(Points points, float x, float y, float z) {
    if ((x == 1 && y == 1 && z == 1) || x == 0 || y == 0 || z == 0) {
      return points;
    }
    float[] by = {x, y, z};
    float[] xyz = points.xyz().clone();
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] *= by[i % 3];
    }
    float[] normals = points.normals();
    if (normals != null && (x != y || x != z)) {
      float[] inverse = {1f / x, 1f / y, 1f / z};
      normals = normals.clone();
      for (int i = 0; i < normals.length; i += 3) {
        float squares = 0;
        for (int c = 0; c < 3; c++) {
          normals[i + c] *= inverse[c];
          squares += normals[i + c] * normals[i + c];
        }
        float factor = 1f / ((float) Math.sqrt(squares) + 1e-15f);
        for (int c = 0; c < 3; c++) {
          normals[i + c] *= factor;
        }
      }
    }
    return new Points(xyz, normals, points.features(), points.labels());
  }

  /// Turns normals to one side; points without normals stay as they are.
  public static Points orient(Points points, Orientation orientation) {
    if (points.normals() == null) {
      return points;
    }
    float[] normals = points.normals().clone();
    for (int i = 0; i < normals.length; i += 3) {
      for (int c = i; c < i + 3; c++) {
        float deciding =
            switch (orientation) {
              case X -> points.normals()[i];
              case Y -> points.normals()[i + 1];
              case Z -> points.normals()[i + 2];
              case ABSOLUTE -> normals[c];
            };
        normals[c] = deciding < 0 ? -normals[c] : normals[c];
      }
    }
    return new Points(points.xyz(), normals, points.features(), points.labels());
  }

  /// Keeps the points strictly inside a box. As in the original a cloud that lies outside
  /// altogether keeps its first point, moved to the lower corner; {@link Clipped#inside} tells.
  ///
  /// @param lower lower corner, (3)
  /// @param upper upper corner, (3)
  public static Clipped clip(Points points, float[] lower, float[] upper) {
    int n = points.size();
    float[] xyz = points.xyz();
    int[] mask = new int[n];
    int inside = 0;
    for (int i = 0; i < n; i++) {
      boolean keep = true;
      for (int c = 0; c < 3; c++) {
        keep &= xyz[3 * i + c] > lower[c] && xyz[3 * i + c] < upper[c];
      }
      mask[i] = keep ? 1 : 0;
      inside += mask[i];
    }
    if (inside == n) {
      return new Clipped(points, mask, n);
    }
    if (inside == 0) {
      mask[0] = 1;
    }
    int kept = Math.max(inside, 1);
    Points survivors =
        new Points(
            inside == 0 ? lower.clone() : select(xyz, mask, kept, 3),
            select(points.normals(), mask, kept, 3),
            select(points.features(), mask, kept, points.featureChannels()),
            select(points.labels(), mask, kept, 1));
    return new Clipped(survivors, mask, inside);
  }

  /// Moves a ball onto the unit ball: `(p - centre) · (1 / radius)`.
  public static Points normalise(Points points, BoundingBall ball) {
    float factor = 1f / ball.radius();
    float[] centre = {ball.x(), ball.y(), ball.z()};
    float[] xyz = points.xyz().clone();
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] = (xyz[i] - centre[i % 3]) * factor;
    }
    return withXyz(points, xyz);
  }

  private static Points withXyz(Points points, float[] xyz) {
    return new Points(xyz, points.normals(), points.features(), points.labels());
  }

  private static float[] rotation(float angleX, float angleY, float angleZ) {
    float cosX = (float) Math.cos(angleX);
    float sinX = (float) Math.sin(angleX);
    float cosY = (float) Math.cos(angleY);
    float sinY = (float) Math.sin(angleY);
    float cosZ = (float) Math.cos(angleZ);
    float sinZ = (float) Math.sin(angleZ);
    float[] aroundX = {1, 0, 0, 0, cosX, -sinX, 0, sinX, cosX};
    float[] aroundY = {cosY, 0, sinY, 0, 1, 0, -sinY, 0, cosY};
    float[] aroundZ = {cosZ, -sinZ, 0, sinZ, cosZ, 0, 0, 0, 1};
    return product(product(aroundX, aroundY), aroundZ);
  }

  /// The product of two row-major 3×3 matrices.
  private static float[] product(float[] left, float[] right) {
    float[] result = new float[9];
    for (int i = 0; i < 9; i++) {
      for (int k = 0; k < 3; k++) {
        result[i] += left[i / 3 * 3 + k] * right[3 * k + i % 3];
      }
    }
    return result;
  }

  private static float[] multiply(float[] matrix, float[] vectors) {
    float[] result = new float[vectors.length];
    for (int i = 0; i < vectors.length; i++) {
      int first = i / 3 * 3;
      for (int k = 0; k < 3; k++) {
        result[i] += matrix[3 * (i % 3) + k] * vectors[first + k];
      }
    }
    return result;
  }

  private static float[] select(float[] rows, int[] mask, int kept, int channels) {
    if (rows == null) {
      return null;
    }
    float[] result = new float[kept * channels];
    int next = 0;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i] != 0) {
        System.arraycopy(rows, i * channels, result, next, channels);
        next += channels;
      }
    }
    return result;
  }
}
