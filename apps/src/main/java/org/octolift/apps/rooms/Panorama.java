package org.octolift.apps.rooms;

/// An equirectangular panorama, as [org.octolift.apps.data.rgbd.Panoramas] reads it: the pixel at
/// row j and column i of H x W looks along (cos v cos u, cos v sin u, −sin v) with
/// u = 2π (i + 0.5) / W and v = π ((j + 0.5) / H − 0.5). Depth is the distance in metres.
///
/// @param width of the image in pixels
/// @param height of the image in pixels
/// @param x of the place in metres
/// @param y of the place in metres
/// @param z of the place in metres
public record Panorama(int width, int height, double x, double y, double z) implements Viewpoint {
  /// Checks the size.
  public Panorama {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("panorama of %d x %d pixels".formatted(width, height));
    }
  }

  @Override
  public double eye(int axis) {
    return axis == 0 ? x : axis == 1 ? y : z;
  }

  /// The angle u in radians.
  @Override
  public double across(int column) {
    return (column + 0.5) / width * 2 * Math.PI;
  }

  /// The angle v in radians.
  @Override
  public double down(int row) {
    return ((row + 0.5) / height - 0.5) * Math.PI;
  }

  @Override
  public void ray(double across, double down, double[] out) {
    double level = StrictMath.cos(down);
    out[0] = level * StrictMath.cos(across);
    out[1] = level * StrictMath.sin(across);
    out[2] = -StrictMath.sin(down);
  }

  @Override
  public double length(double across, double down) {
    return 1;
  }
}
