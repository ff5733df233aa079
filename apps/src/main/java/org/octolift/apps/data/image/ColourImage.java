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

  /// The image whose orientation is stored as an EXIF number.
  ///
  /// @param orientation 1 (as it is) to 8: where the first row and the first column belong
  ColourImage upright(int orientation) {
    if (orientation == 1) {
      return this;
    }
    boolean swapped = orientation >= 5;
    // The first row belongs at the bottom or right, the first column at the right or bottom.
    boolean lastRow = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    boolean lastColumn =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    int newWidth = swapped ? height : width;
    int newHeight = swapped ? width : height;
    byte[] turned = new byte[rgb.length];
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        int row = swapped ? x : y;
        int column = swapped ? y : x;
        int from =
            (lastRow ? height - 1 - row : row) * width + (lastColumn ? width - 1 - column : column);
        System.arraycopy(rgb, 3 * from, turned, 3 * (y * newWidth + x), 3);
      }
    }
    return new ColourImage(source, newWidth, newHeight, turned);
  }
}
