package org.octolift.apps.rooms;

/// Where an image is taken from and how: each pixel looks along a ray, and its depth says how many
/// times the ray's vector leads to the surface.
public sealed interface Viewpoint permits Camera, Panorama {
  /// Pixels in a row of the image.
  int width();

  /// Rows of the image.
  int height();

  /// Coordinate 0..2 of the place in the world, in metres.
  double eye(int axis);

  /// Where a column lies in the image, whatever its resolution.
  double across(int column);

  /// Where a row lies in the image, whatever its resolution.
  double down(int row);

  /// Writes the vector of a ray in the world.
  ///
  /// @param across of [#across(int)]
  /// @param down of [#down(int)]
  void ray(double across, double down, double[] out);

  /// The length of that vector.
  double length(double across, double down);
}
