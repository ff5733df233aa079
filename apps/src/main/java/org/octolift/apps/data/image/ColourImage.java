package org.octolift.apps.data.image;

import java.nio.file.Path;

/// An RGB image. Nobody writes to the array after construction.
///
/// @param source the file, for messages
/// @param width pixels in a row
/// @param height rows
/// @param rgb red, green, blue of each pixel, (height, width, 3) row-major
public record ColourImage(Path source, int width, int height, byte[] rgb) {
  /// Checks the number of values.
  public ColourImage {
    if (rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "%d x %d pixels need three values each, got %d".formatted(width, height, rgb.length));
    }
  }

  /// Channel 0..2 of pixel {@code row * width + column}, in 0..255.
  public int channel(int pixel, int channel) {
    return Byte.toUnsignedInt(rgb[3 * pixel + channel]);
  }
}
