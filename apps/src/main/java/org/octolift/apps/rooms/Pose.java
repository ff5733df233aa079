package org.octolift.apps.rooms;

/// A rigid placement: first tilt about the x axis, then yaw about z, then shift.
///
/// @param x shift in metres
/// @param y shift in metres
/// @param z shift in metres
/// @param yaw turn about z in radians, counter-clockwise seen from above
/// @param tilt turn about x in radians: lifts +y towards +z
record Pose(double x, double y, double z, double yaw, double tilt) {
  static Pose at(double x, double y, double z) {
    return new Pose(x, y, z, 0, 0);
  }

  static Pose onFloor(double x, double y, double yaw) {
    return new Pose(x, y, 0, yaw, 0);
  }

  /// This placement applied after {@code inner}; this one must stand upright.
  Pose of(Pose inner) {
    if (tilt != 0) {
      throw new IllegalArgumentException("the outer placement must have tilt 0, has " + tilt);
    }
    double c = StrictMath.cos(yaw);
    double s = StrictMath.sin(yaw);
    return new Pose(
        x + c * inner.x - s * inner.y,
        y + s * inner.x + c * inner.y,
        z + inner.z,
        yaw + inner.yaw,
        inner.tilt);
  }
}
