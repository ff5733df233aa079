package org.octolift.apps.rooms;

/// A pinhole camera. Its frame is that of OpenCV and of RGB-D data sets: x right, y down, z
/// forward; the pixel at column u, row v sees along ((u − cx)/fx, (v − cy)/fy, 1).
///
/// @param width of the image in pixels
/// @param height of the image in pixels
/// @param fx focal length in pixels
/// @param fy focal length in pixels
/// @param cx column of the optical axis
/// @param cy row of the optical axis
/// @param toWorld camera to world, (3, 4) row-major: rotation and position
public record Camera(
    int width, int height, double fx, double fy, double cx, double cy, double[] toWorld)
    implements Viewpoint {
  /// Checks the sizes.
  public Camera {
    if (width < 1 || height < 1 || toWorld.length != 12) {
      throw new IllegalArgumentException(
          "camera of %d x %d pixels, %d numbers of pose; expected 12"
              .formatted(width, height, toWorld.length));
    }
  }

  /// A camera at {@code eye} that looks at {@code target} and keeps the horizon level.
  ///
  /// @param eye position (x, y, z), not straight above or below the target
  /// @param target point (x, y, z) seen at the centre of the image
  /// @param fieldOfView horizontal angle of view in degrees
  public static Camera lookAt(
      double[] eye, double[] target, int width, int height, double fieldOfView) {
    double fx = target[0] - eye[0];
    double fy = target[1] - eye[1];
    double fz = target[2] - eye[2];
    double ground = Math.sqrt(fx * fx + fy * fy);
    double length = Math.sqrt(ground * ground + fz * fz);
    if (ground < 1e-6) {
      throw new IllegalArgumentException("the target lies straight above or below the camera");
    }
    fx /= length;
    fy /= length;
    fz /= length;
    double rx = fy * length / ground;
    double ry = -fx * length / ground;
    double[] pose = {
      rx, fz * ry, fx, eye[0], ry, -fz * rx, fy, eye[1], 0, fx * ry - fy * rx, fz, eye[2]
    };
    double focal = width / (2 * StrictMath.tan(StrictMath.toRadians(fieldOfView) / 2));
    return new Camera(width, height, focal, focal, (width - 1) / 2.0, (height - 1) / 2.0, pose);
  }

  @Override
  public double eye(int axis) {
    return toWorld[4 * axis + 3];
  }

  @Override
  public double across(int column) {
    return (column - cx) / fx;
  }

  @Override
  public double down(int row) {
    return (row - cy) / fy;
  }

  @Override
  public void ray(double across, double down, double[] out) {
    for (int i = 0; i < 3; i++) {
      out[i] = toWorld[4 * i] * across + toWorld[4 * i + 1] * down + toWorld[4 * i + 2];
    }
  }

  @Override
  public double length(double across, double down) {
    return Math.sqrt(1 + across * across + down * down);
  }

  /// This camera as a tracker with errors would place it: shifted and turned a little.
  ///
  /// @param shift standard deviation of each coordinate in metres
  /// @param turn standard deviation of each angle in radians, small
  Camera misplaced(Dice dice, double shift, double turn) {
    double a = turn * dice.gaussian();
    double b = turn * dice.gaussian();
    double c = turn * dice.gaussian();
    double[] pose = toWorld.clone();
    for (int row = 0; row < 3; row++) {
      double x = toWorld[4 * row];
      double y = toWorld[4 * row + 1];
      double z = toWorld[4 * row + 2];
      pose[4 * row] = x + c * y - b * z;
      pose[4 * row + 1] = y - c * x + a * z;
      pose[4 * row + 2] = z + b * x - a * y;
      pose[4 * row + 3] += shift * dice.gaussian();
    }
    return new Camera(width, height, fx, fy, cx, cy, pose);
  }

  /// Writes the world position of a pixel's surface.
  ///
  /// @param depth along the optical axis in metres
  public void unproject(int column, int row, double depth, double[] out) {
    double x = (column - cx) / fx * depth;
    double y = (row - cy) / fy * depth;
    for (int i = 0; i < 3; i++) {
      out[i] =
          toWorld[4 * i] * x
              + toWorld[4 * i + 1] * y
              + toWorld[4 * i + 2] * depth
              + toWorld[4 * i + 3];
    }
  }
}
