package org.octolift.apps.dpt;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.io.AtomicFile;

/// Writes classes of pixels as PNG images.
public final class LabelImages {
  private LabelImages() {}

  /// An 8-bit grey image of the class's index plus one, as ADE20K's annotations.
  ///
  /// @param classes one a pixel of {@code image}
  public static void write(Path file, ColourImage image, int[] classes) throws IOException {
    BufferedImage labels =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_BYTE_GRAY);
    int[] row = new int[image.width()];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = classes[y * row.length + x] + 1;
      }
      labels.getRaster().setSamples(0, y, row.length, 1, 0, row);
    }
    write(file, labels);
  }

  /// The image and the classes' colours, half and half.
  ///
  /// @param classes one a pixel of {@code image}
  public static void writeOverlay(Path file, ColourImage image, int[] classes) throws IOException {
    BufferedImage overlay =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < classes.length; pixel++) {
      int colour = Ade20k.colour(classes[pixel]);
      int mixed = 0;
      for (int channel = 0; channel < 3; channel++) {
        int over = colour >> (16 - 8 * channel) & 0xff;
        mixed = mixed << 8 | (image.channel(pixel, channel) + over) / 2;
      }
      overlay.setRGB(pixel % image.width(), pixel / image.width(), mixed);
    }
    write(file, overlay);
  }

  /// A PNG image.
  static void write(Path file, BufferedImage image) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          if (!ImageIO.write(image, "png", out)) {
            throw new IOException("no PNG encoder");
          }
        });
  }
}
