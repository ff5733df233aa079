package org.octolift.apps.rooms;

/// What a camera sees: per pixel, in row-major order, colour, depth and the truth about the
/// surface.
///
/// @param from where it is seen from
/// @param rgb red, green, blue in 0..255, (height · width, 3)
/// @param depth by the rays of {@code from}, (height · width): along a camera's optical axis, or a
///     panorama's distance, in metres; 0 where nothing was measured
/// @param normals unit normals in the world frame, (height · width, 3); 0 where depth is 0
/// @param labels indices of [RoomClass], (height · width); 0 where nothing is seen
/// @param instances number of the object, from 1, (height · width); 0 where depth is 0
public record View(
    Viewpoint from, float[] rgb, float[] depth, float[] normals, int[] labels, int[] instances) {
  /// Checks the sizes.
  public View {
    int pixels = from.width() * from.height();
    if (rgb.length != 3 * pixels
        || depth.length != pixels
        || normals.length != 3 * pixels
        || labels.length != pixels
        || instances.length != pixels) {
      throw new IllegalArgumentException(
          "expected arrays for %d pixels: rgb %d, depth %d, normals %d, labels %d, instances %d"
              .formatted(
                  pixels,
                  rgb.length,
                  depth.length,
                  normals.length,
                  labels.length,
                  instances.length));
    }
  }

  /// Arrays of zeros for an image.
  static View blank(Viewpoint from) {
    int n = from.width() * from.height();
    return new View(from, new float[3 * n], new float[n], new float[3 * n], new int[n], new int[n]);
  }
}
