package org.octolift.apps.report;

import java.awt.image.BufferedImage;
import java.util.Locale;

/// Capitals, digits and some signs of 3 by 5 pixels, for captions in images on machines without
/// fonts. Other letters are blank.
public final class PixelFont {
  /// Columns of a letter and of the gap after it.
  public static final int ADVANCE = 4;

  /// Rows of a letter.
  public static final int HEIGHT = 5;

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%.,-:;/()_";

  /// Five rows of each letter, each an octal digit.
  private static final String ROWS =
      """
      25755 65656 34443 65556 74647 74644 34553 55755 72227 11152 55655 44447 57755 65555 25552
      65644 25563 65655 34216 72222 55557 55552 55775 55255 55222 71247 75557 26227 61247 61216
      55711 74616 34652 71222 25252 25316 51245 00002 00024 00700 02020 02024 11244 12221 42224
      00007
      """
          .replaceAll("\\s", "");

  private PixelFont() {}

  /// Columns that a text takes.
  public static int width(String text, int scale) {
    return text.length() * ADVANCE * scale;
  }

  /// Draws a text; what lies outside of the image is left out.
  ///
  /// @param left column of the first letter
  /// @param top row of its upper edge
  /// @param scale pixels a pixel of the letter
  /// @param colour 0xRRGGBB
  public static void draw(
      BufferedImage image, String text, int left, int top, int scale, int colour) {
    String capitals = text.toUpperCase(Locale.ROOT);
    for (int i = 0; i < capitals.length(); i++) {
      int letter = LETTERS.indexOf(capitals.charAt(i));
      if (letter < 0) {
        continue;
      }
      for (int cell = 0; cell < 3 * HEIGHT; cell++) {
        int row = cell / 3;
        int bits = Character.digit(ROWS.charAt(letter * HEIGHT + row), 8);
        if ((bits >> (2 - cell % 3) & 1) != 0) {
          int x = left + (i * ADVANCE + cell % 3) * scale;
          fill(image, x, top + row * scale, scale, scale, colour);
        }
      }
    }
  }

  /// Fills a rectangle; what lies outside of the image is left out.
  ///
  /// @param colour 0xRRGGBB
  public static void fill(
      BufferedImage image, int left, int top, int width, int height, int colour) {
    for (int y = Math.max(0, top); y < Math.min(image.getHeight(), top + height); y++) {
      for (int x = Math.max(0, left); x < Math.min(image.getWidth(), left + width); x++) {
        image.setRGB(x, y, colour);
      }
    }
  }
}
