package org.octolift.apps.rooms;

/// A solid about its own origin. Rays are given in the solid's frame, with any length of
/// direction; the answer is in units of that length.
sealed interface Shape {
  /// Half extents of the bounding box.
  double hx();

  /// Half extents of the bounding box.
  double hy();

  /// Half extents of the bounding box.
  double hz();

  /// The smallest positive t at which origin + t·direction enters the solid, or infinity. A ray
  /// that starts inside a box or a cylinder does not hit it.
  double hit(double ox, double oy, double oz, double dx, double dy, double dz);

  /// Writes the outward normal at a surface point; need not have length 1.
  void normal(double x, double y, double z, double[] out);

  /// A cuboid.
  record Box(double hx, double hy, double hz) implements Shape {
    @Override
    public double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
      double t = entry(this, ox, oy, oz, dx, dy, dz);
      return t > 0 ? t : Double.POSITIVE_INFINITY;
    }

    @Override
    public void normal(double x, double y, double z, double[] out) {
      double gx = hx - Math.abs(x);
      double gy = hy - Math.abs(y);
      double gz = hz - Math.abs(z);
      out[0] = gx <= gy && gx <= gz ? Math.signum(x) : 0;
      out[1] = gy < gx && gy <= gz ? Math.signum(y) : 0;
      out[2] = gz < gx && gz < gy ? Math.signum(z) : 0;
    }
  }

  /// A cylinder about z whose radius runs from {@code bottom} to {@code top}, with flat ends.
  record Cylinder(double bottom, double top, double hz) implements Shape {
    @Override
    public double hx() {
      return Math.max(bottom, top);
    }

    @Override
    public double hy() {
      return Math.max(bottom, top);
    }

    @Override
    public double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
      double slope = (top - bottom) / (2 * hz);
      double r = bottom + slope * (oz + hz);
      double a = dx * dx + dy * dy - slope * slope * dz * dz;
      double b = ox * dx + oy * dy - slope * r * dz;
      double c = ox * ox + oy * oy - r * r;
      double best = Double.POSITIVE_INFINITY;
      double root = b * b - a * c;
      if (root > 0 && a > 1e-12) {
        double t = (-b - Math.sqrt(root)) / a;
        if (t > 0 && Math.abs(oz + t * dz) <= hz) {
          best = t;
        }
      }
      double side = dz > 0 ? -hz : hz;
      double t = (side - oz) / dz;
      double end = dz > 0 ? bottom : top;
      double x = ox + t * dx;
      double y = oy + t * dy;
      return t > 0 && t < best && x * x + y * y <= end * end ? t : best;
    }

    @Override
    public void normal(double x, double y, double z, double[] out) {
      double slope = (top - bottom) / (2 * hz);
      double radius = Math.sqrt(x * x + y * y);
      double r = bottom + slope * (z + hz);
      boolean end = hz - Math.abs(z) < r - radius + 1e-9;
      out[0] = end ? 0 : x;
      out[1] = end ? 0 : y;
      out[2] = end ? Math.signum(z) : -slope * radius;
    }
  }

  /// An ellipsoid with the given half axes.
  record Ellipsoid(double hx, double hy, double hz) implements Shape {
    @Override
    public double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
      double px = ox / hx;
      double py = oy / hy;
      double pz = oz / hz;
      double qx = dx / hx;
      double qy = dy / hy;
      double qz = dz / hz;
      double a = qx * qx + qy * qy + qz * qz;
      double b = px * qx + py * qy + pz * qz;
      double root = b * b - a * (px * px + py * py + pz * pz - 1);
      if (root <= 0) {
        return Double.POSITIVE_INFINITY;
      }
      double t = (-b - Math.sqrt(root)) / a;
      return t > 0 ? t : Double.POSITIVE_INFINITY;
    }

    @Override
    public void normal(double x, double y, double z, double[] out) {
      out[0] = x / (hx * hx);
      out[1] = y / (hy * hy);
      out[2] = z / (hz * hz);
    }
  }

  /// A cuboid with edges and corners of the given radius: cushions, mattresses, ceramics.
  record RoundedBox(double hx, double hy, double hz, double radius) implements Field {
    @Override
    public double distance(double x, double y, double z) {
      double qx = Math.abs(x) - hx + radius;
      double qy = Math.abs(y) - hy + radius;
      double qz = Math.abs(z) - hz + radius;
      double ax = Math.max(qx, 0);
      double ay = Math.max(qy, 0);
      double az = Math.max(qz, 0);
      double inside = Math.min(Math.max(qx, Math.max(qy, qz)), 0);
      return Math.sqrt(ax * ax + ay * ay + az * az) + inside - radius;
    }
  }

  /// A tub that is open at the top, its outline a rectangle with rounded corners.
  ///
  /// @param radius of the outline's corners; the smaller of hx and hy gives round ends
  /// @param rim thickness of the sides
  /// @param bottom thickness of the floor
  record Basin(double hx, double hy, double hz, double radius, double rim, double bottom)
      implements Field {
    @Override
    public double distance(double x, double y, double z) {
      double qx = Math.abs(x) - hx + radius;
      double qy = Math.abs(y) - hy + radius;
      double ax = Math.max(qx, 0);
      double ay = Math.max(qy, 0);
      double outline = Math.sqrt(ax * ax + ay * ay) + Math.min(Math.max(qx, qy), 0) - radius;
      double outer = Math.max(outline, Math.abs(z) - hz);
      double inner = Math.max(outline + rim, bottom - hz - z);
      return Math.max(outer, -inner);
    }
  }

  /// A hanging cloth in the xz plane, folded into waves along x.
  ///
  /// @param depth how far the waves reach to either side of the plane
  /// @param wavelength of the folds
  record Cloth(double hx, double hz, double depth, double wavelength) implements Field {
    private static final double THICKNESS = 0.004;

    @Override
    public double hy() {
      return depth + THICKNESS;
    }

    @Override
    public double distance(double x, double y, double z) {
      double phase = x / wavelength;
      double u = phase - Math.rint(phase);
      double fold = depth * 16 * u * (0.5 - Math.abs(u));
      double slope = 8 * depth / wavelength;
      double sheet = (Math.abs(y - fold) - THICKNESS) / Math.sqrt(1 + slope * slope);
      return Math.max(sheet, Math.max(Math.abs(x) - hx, Math.abs(z) - hz));
    }
  }

  /// A solid given by a lower bound of the distance to its surface, negative inside; hits are
  /// found by sphere tracing (Hart 1996).
  sealed interface Field extends Shape {
    /// A lower bound of the distance to the surface, at least a fixed fraction of it.
    double distance(double x, double y, double z);

    @Override
    default double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
      double t = Math.max(entry(this, ox, oy, oz, dx, dy, dz), 0);
      if (t == Double.POSITIVE_INFINITY) {
        return t;
      }
      double length = Math.sqrt(dx * dx + dy * dy + dz * dz);
      double end = t + 2 * Math.sqrt(hx() * hx() + hy() * hy() + hz() * hz()) / length;
      for (int step = 0; step < 64 && t < end; step++) {
        double gap = distance(ox + t * dx, oy + t * dy, oz + t * dz);
        if (gap < 2e-4) {
          return t > 0 ? t : Double.POSITIVE_INFINITY;
        }
        t += gap / length;
      }
      return Double.POSITIVE_INFINITY;
    }

    @Override
    default void normal(double x, double y, double z, double[] out) {
      double h = 1e-4;
      out[0] = distance(x + h, y, z) - distance(x - h, y, z);
      out[1] = distance(x, y + h, z) - distance(x, y - h, z);
      out[2] = distance(x, y, z + h) - distance(x, y, z - h);
    }
  }

  /// Where a ray enters the shape's bounding box: negative when it starts inside, infinity when it
  /// misses.
  private static double entry(
      Shape s, double ox, double oy, double oz, double dx, double dy, double dz) {
    double ix = inverse(dx);
    double iy = inverse(dy);
    double iz = inverse(dz);
    double ax = Math.abs(ix) * s.hx();
    double ay = Math.abs(iy) * s.hy();
    double az = Math.abs(iz) * s.hz();
    double near = Math.max(Math.max(-ox * ix - ax, -oy * iy - ay), -oz * iz - az);
    double far = Math.min(Math.min(-ox * ix + ax, -oy * iy + ay), -oz * iz + az);
    return near <= far && far > 0 ? near : Double.POSITIVE_INFINITY;
  }

  /// 1 / d, finite also for 0: a slab test must not multiply zero by infinity.
  static double inverse(double d) {
    return 1 / (d == 0 ? 1e-30 : d);
  }
}
