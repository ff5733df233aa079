package org.octolift.apps.data.image;

import java.nio.file.Path;

/// An image of real numbers, one a pixel: depth in metres, say. Nobody writes to the array after
/// construction.
///
/// @param source the file, for messages
/// @param width pixels in a row
/// @param height rows
/// @param values (height, width) row-major
public record FloatImage(Path source, int width, int height, float[] values) {
  /// Checks the number of values.
  public FloatImage {
    if (values.length != (long) width * height) {
      throw new IllegalArgumentException(
          "%d x %d pixels need one value each, got %d".formatted(width, height, values.length));
    }
  }
}
