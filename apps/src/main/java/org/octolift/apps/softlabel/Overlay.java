package org.octolift.apps.softlabel;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.report.PixelFont;
import org.octolift.engine.io.AtomicFile;

/// Shows soft labels: the image and the colours of the most probable classes, half and half; below
/// it a legend of the classes by their share of the pixels.
final class Overlay {
  private static final int SCALE = 2;
  private static final int MARGIN = 8;
  private static final int LINE = PixelFont.HEIGHT * SCALE + 6;
  private static final int SWATCH = PixelFont.HEIGHT * SCALE;
  private static final int WHITE = 0xffffff;
  private static final int BLACK = 0x202020;

  /// Classes of fewer pixels are not in the legend.
  private static final double LEAST_SHARE = 0.0005;

  private Overlay() {}

  /// Writes a PNG image.
  static void write(Path file, ColourImage image, SoftLabels labels, ImageTeacher teacher)
      throws IOException {
    BufferedImage picture = picture(image, labels, teacher);
    AtomicFile.write(
        file,
        out -> {
          if (!ImageIO.write(picture, "png", out)) {
            throw new IOException("no PNG encoder");
          }
        });
  }

  private static BufferedImage picture(ColourImage image, SoftLabels labels, ImageTeacher teacher) {
    int[] counts = new int[teacher.classes().size()];
    for (int pixel = 0; pixel < labels.pixels(); pixel++) {
      counts[labels.best(pixel)]++;
    }
    List<Integer> listed =
        IntStream.range(0, counts.length)
            .filter(c -> counts[c] >= Math.max(1, LEAST_SHARE * labels.pixels()))
            .boxed()
            .sorted(Comparator.comparing((Integer c) -> -counts[c]))
            .toList();
    String[] captions = new String[counts.length];
    for (int c : listed) {
      double share = 100.0 * counts[c] / labels.pixels();
      captions[c] = String.format(Locale.ROOT, "%s %.1f%%", teacher.classes().get(c), share);
    }
    int letters = listed.stream().mapToInt(c -> captions[c].length()).max().orElse(0);
    int cell = SWATCH + MARGIN + PixelFont.ADVANCE * SCALE * letters + MARGIN;
    int columns = Math.max(1, (image.width() - MARGIN) / cell);
    int lines = Math.ceilDiv(listed.size(), columns);
    BufferedImage picture =
        new BufferedImage(
            Math.max(image.width(), MARGIN + cell),
            image.height() + 2 * MARGIN + lines * LINE,
            BufferedImage.TYPE_INT_RGB);
    PixelFont.fill(picture, 0, 0, picture.getWidth(), picture.getHeight(), WHITE);
    paint(picture, image, labels, teacher);
    for (int i = 0; i < listed.size(); i++) {
      int c = listed.get(i);
      int left = MARGIN + i / lines * cell;
      int top = image.height() + MARGIN + i % lines * LINE;
      PixelFont.fill(picture, left, top, SWATCH, SWATCH, teacher.colour(c));
      PixelFont.draw(picture, captions[c], left + SWATCH + MARGIN, top, SCALE, BLACK);
    }
    return picture;
  }

  private static void paint(
      BufferedImage picture, ColourImage image, SoftLabels labels, ImageTeacher teacher) {
    int[] row = new int[image.width()];
    for (int y = 0; y < image.height(); y++) {
      Arrays.fill(row, 0);
      for (int x = 0; x < row.length; x++) {
        int pixel = y * row.length + x;
        int colour = teacher.colour(labels.best(pixel));
        for (int channel = 0; channel < 3; channel++) {
          int over = colour >> (16 - 8 * channel) & 0xff;
          row[x] = row[x] << 8 | (image.channel(pixel, channel) + over) / 2;
        }
      }
      picture.setRGB(0, y, row.length, 1, row, 0, row.length);
    }
  }
}
