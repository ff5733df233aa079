package org.octolift.apps.data.geometry;

/// Eigenvectors of the smallest eigenvalue of symmetric, positive semidefinite 3 x 3 matrices. The
/// eigenvalue is the smallest root of the characteristic polynomial, the vector then a cross
/// product of rows; where that is not accurate, because eigenvalues are close to each other, cyclic
/// Jacobi rotations take over. Owns scratch memory: one a thread.
final class SymmetricEigen {
  private static final int MAX_SWEEPS = 30;
  private static final int MAX_STEPS = 12;

  /// The result of [#smallest].
  final double[] vector = new double[3];

  private final double[][] a = new double[3][3];
  private final double[][] v = new double[3][3];

  /// Sets [#vector] to a unit eigenvector of the smallest eigenvalue; (0, 0, 1) for the zero
  /// matrix.
  void smallest(double xx, double xy, double xz, double yy, double yz, double zz) {
    double scale = xx + yy + zz;
    double value = smallestValue(xx, xy, xz, yy, yz, zz);
    if (!setKernel(xx - value, xy, xz, yy - value, yz, zz - value, scale)) {
      rotateAll(xx, xy, xz, yy, yz, zz);
    }
  }

  /// Newton's method from 0, which is left of all roots: steps only grow the root's estimate. NaN
  /// when rounding led past the smallest root: there the polynomial does not grow, or the root
  /// exceeds the mean of all.
  private static double smallestValue(
      double xx, double xy, double xz, double yy, double yz, double zz) {
    double trace = xx + yy + zz;
    double minors = xx * yy - xy * xy + xx * zz - xz * xz + yy * zz - yz * yz;
    double determinant =
        xx * (yy * zz - yz * yz) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz);
    double root = 0;
    for (int i = 0; i < MAX_STEPS; i++) {
      double value = ((root - trace) * root + minors) * root - determinant;
      double slope = (3 * root - 2 * trace) * root + minors;
      double step = value / slope;
      root -= step;
      if (!(slope > 0) || 3 * root > trace) {
        return Double.NaN;
      }
      if (Math.abs(step) <= 1e-16 * trace) {
        return root;
      }
    }
    return Double.NaN;
  }

  /// Sets the vector to the direction that a matrix of rank 2 maps to 0: the cross product of two
  /// of its rows, of the pair with the largest one.
  ///
  /// @return false when the rank is nearly 1, or the eigenvalue was not accurate
  private boolean setKernel(
      double xx, double xy, double xz, double yy, double yz, double zz, double scale) {
    // Rows of the adjugate, which is symmetric; its diagonal tells the largest.
    double ax = yy * zz - yz * yz;
    double ay = xx * zz - xz * xz;
    double az = xx * yy - xy * xy;
    double x = ax;
    double y = xz * yz - xy * zz;
    double z = xy * yz - xz * yy;
    if (ay > ax && ay >= az) {
      x = y;
      y = ay;
      z = xy * xz - xx * yz;
    } else if (az > ax) {
      x = z;
      y = xy * xz - xx * yz;
      z = az;
    }
    double length = Math.sqrt(x * x + y * y + z * z);
    if (!(length > 1e-3 * scale * scale)) {
      return false;
    }
    x /= length;
    y /= length;
    z /= length;
    double error =
        Math.abs(xx * x + xy * y + xz * z)
            + Math.abs(xy * x + yy * y + yz * z)
            + Math.abs(xz * x + yz * y + zz * z);
    if (!(error <= 1e-14 * scale)) {
      return false;
    }
    vector[0] = x;
    vector[1] = y;
    vector[2] = z;
    return true;
  }

  private void rotateAll(double xx, double xy, double xz, double yy, double yz, double zz) {
    a[0][0] = xx;
    a[1][1] = yy;
    a[2][2] = zz;
    a[0][1] = xy;
    a[0][2] = xz;
    a[1][2] = yz;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        v[i][j] = i == j ? 1 : 0;
      }
    }
    double scale = xx + yy + zz;
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      double off = Math.abs(a[0][1]) + Math.abs(a[0][2]) + Math.abs(a[1][2]);
      if (off <= 1e-18 * scale) {
        break;
      }
      rotate(0, 1, 2);
      rotate(0, 2, 1);
      rotate(1, 2, 0);
    }
    int least = 2;
    for (int i = 1; i >= 0; i--) {
      if (a[i][i] < a[least][least]) {
        least = i;
      }
    }
    double x = v[0][least];
    double y = v[1][least];
    double z = v[2][least];
    double length = Math.sqrt(x * x + y * y + z * z);
    vector[0] = x / length;
    vector[1] = y / length;
    vector[2] = z / length;
  }

  /// Zeroes element (p, q); only the upper triangle is kept. {@code r} is the third index.
  private void rotate(int p, int q, int r) {
    double apq = a[p][q];
    if (apq == 0) {
      return;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * apq);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    a[p][p] -= t * apq;
    a[q][q] += t * apq;
    a[p][q] = 0;
    double arp = get(r, p);
    double arq = get(r, q);
    set(r, p, c * arp - s * arq);
    set(r, q, s * arp + c * arq);
    for (int i = 0; i < 3; i++) {
      double vip = v[i][p];
      double viq = v[i][q];
      v[i][p] = c * vip - s * viq;
      v[i][q] = s * vip + c * viq;
    }
  }

  private double get(int i, int j) {
    return i < j ? a[i][j] : a[j][i];
  }

  private void set(int i, int j, double value) {
    a[Math.min(i, j)][Math.max(i, j)] = value;
  }
}
