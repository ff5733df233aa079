package org.octolift.apps.rooms;

/// A placed solid of a scene.
final class Primitive {
  final RoomClass kind;
  final int instance;
  final Shape shape;
  final Material material;
  private final double px;
  private final double py;
  private final double pz;
  private final double r00;
  private final double r01;
  private final double r02;
  private final double r10;
  private final double r11;
  private final double r12;
  private final double r21;
  private final double r22;

  Primitive(RoomClass kind, int instance, Shape shape, Pose pose, Material material) {
    this.kind = kind;
    this.instance = instance;
    this.shape = shape;
    this.material = material;
    px = pose.x();
    py = pose.y();
    pz = pose.z();
    double cy = StrictMath.cos(pose.yaw());
    double sy = StrictMath.sin(pose.yaw());
    double ct = StrictMath.cos(pose.tilt());
    double st = StrictMath.sin(pose.tilt());
    r00 = cy;
    r01 = -sy * ct;
    r02 = sy * st;
    r10 = sy;
    r11 = cy * ct;
    r12 = -cy * st;
    r21 = st;
    r22 = ct;
  }

  /// Where the ray enters this solid, in units of the direction's length, or infinity.
  double hit(double ox, double oy, double oz, double dx, double dy, double dz) {
    double x = ox - px;
    double y = oy - py;
    double z = oz - pz;
    return shape.hit(
        r00 * x + r10 * y,
        r01 * x + r11 * y + r21 * z,
        r02 * x + r12 * y + r22 * z,
        r00 * dx + r10 * dy,
        r01 * dx + r11 * dy + r21 * dz,
        r02 * dx + r12 * dy + r22 * dz);
  }

  /// Writes the point in this solid's frame.
  void toLocal(double wx, double wy, double wz, double[] out) {
    double x = wx - px;
    double y = wy - py;
    double z = wz - pz;
    out[0] = r00 * x + r10 * y;
    out[1] = r01 * x + r11 * y + r21 * z;
    out[2] = r02 * x + r12 * y + r22 * z;
  }

  /// Turns a direction of this solid's frame into the world's, in place.
  void turnToWorld(double[] v) {
    double x = v[0];
    double y = v[1];
    double z = v[2];
    v[0] = r00 * x + r01 * y + r02 * z;
    v[1] = r10 * x + r11 * y + r12 * z;
    v[2] = r21 * y + r22 * z;
  }

  /// Centre of the bounding box along axis 0, 1 or 2.
  double centre(int axis) {
    return axis == 0 ? px : axis == 1 ? py : pz;
  }

  /// Half extent of the world-aligned bounding box along axis 0, 1 or 2.
  double extent(int axis) {
    double hx = shape.hx();
    double hy = shape.hy();
    double hz = shape.hz();
    return switch (axis) {
      case 0 -> Math.abs(r00) * hx + Math.abs(r01) * hy + Math.abs(r02) * hz;
      case 1 -> Math.abs(r10) * hx + Math.abs(r11) * hy + Math.abs(r12) * hz;
      default -> Math.abs(r21) * hy + Math.abs(r22) * hz;
    };
  }
}
