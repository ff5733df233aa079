package org.octolift.apps.data.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;

/// Pictures in four inks (CMYK), as JPEG files of print shops have them: the numbers tell how much
/// of each ink is missing, as Adobe's programs store them.
final class InkColours {
  private static final int INKS = 4;

  private InkColours() {}

  /// Red, green and blue as OpenCV computes them of missing cyan, magenta, yellow and black.
  ///
  /// @param ycck whether the first three inks are stored as luma and chroma
  static BufferedImage toRgb(Raster inks, boolean ycck) {
    int width = inks.getWidth();
    BufferedImage image = new BufferedImage(width, inks.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
    int[] row = new int[INKS * width];
    int[] rgb = new int[3 * width];
    for (int y = 0; y < inks.getHeight(); y++) {
      inks.getPixels(inks.getMinX(), inks.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        if (ycck) {
          fromLuma(row, INKS * x);
        }
        int black = row[INKS * x + 3];
        for (int c = 0; c < 3; c++) {
          rgb[3 * x + c] = black - (((255 - row[INKS * x + c]) * black) >> 8);
        }
      }
      image.getRaster().setPixels(0, y, width, 1, rgb);
    }
    return image;
  }

  /// Luma and chroma of the ink (JFIF's equations) to what is missing of it.
  private static void fromLuma(int[] row, int at) {
    int luma = row[at];
    double blue = row[at + 1] - 128;
    double red = row[at + 2] - 128;
    row[at] = inverse(luma + 1.402 * red);
    row[at + 1] = inverse(luma - 0.344136 * blue - 0.714136 * red);
    row[at + 2] = inverse(luma + 1.772 * blue);
  }

  private static int inverse(double value) {
    return 255 - Math.clamp(Math.round(value), 0, 255);
  }
}
