package org.octolift.apps.data.image;

import java.nio.file.Path;

/// An image of whole numbers, one a pixel: raw depth or class labels. Nobody writes to the array
/// after construction.
///
/// @param source the file, for messages
/// @param width pixels in a row
/// @param height rows
/// @param values 0..65535 for each pixel exactly as stored, (height, width) row-major
public record GreyImage(Path source, int width, int height, char[] values) {
  /// Checks the number of values.
  public GreyImage {
    if (values.length != (long) width * height) {
      throw new IllegalArgumentException(
          "%d x %d pixels need one value each, got %d".formatted(width, height, values.length));
    }
  }
}
