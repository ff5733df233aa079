package org.octolift.apps.data.image;

import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.RenderedImage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.octolift.apps.data.MappedFile;
import org.octolift.engine.InputException;

/// Reads PNG, JPEG and Netpbm (PGM, PPM) images; which one is told from the content, not the name.
public final class ImageFiles {
  /// 2²⁷ pixels: larger than any depth camera's or panorama's, 400 MB as RGB.
  static final long MAX_PIXELS = 1 << 27;

  private ImageFiles() {}

  /// Reads a colour image. Grey images, palettes, 16-bit channels and four inks (CMYK) become 8-bit
  /// RGB; alpha is dropped; no colour management. Rows and columns stay as they are stored, as
  /// depth images and cameras' matrices need it: see [#readUpright].
  ///
  /// @throws InputException when the file is no such image, truncated or damaged
  public static ColourImage readColour(Path file) {
    return MappedFile.parse(file, bytes -> colour(file, bytes));
  }

  /// As [#readColour], and turned or mirrored as a JPEG's EXIF orientation says; OpenCV's `imread`
  /// does so too.
  ///
  /// @throws InputException as [#readColour]
  public static ColourImage readUpright(Path file) {
    return MappedFile.parse(
        file,
        bytes -> {
          ColourImage image = colour(file, bytes);
          boolean jpeg = CompressedImage.isJpeg(bytes);
          return jpeg ? image.upright(JpegSegments.orientation(bytes)) : image;
        });
  }

  private static ColourImage colour(Path file, MemorySegment bytes) {
    return isNetpbm(bytes)
        ? new Netpbm(file, bytes).colour()
        : toColour(file, CompressedImage.read(file, bytes));
  }

  /// Reads an image of one channel of 8 or 16 bits, keeping its values exactly.
  ///
  /// @throws InputException as [#readColour], and for an image of several channels or a palette
  public static GreyImage readGrey(Path file) {
    return MappedFile.parse(
        file,
        bytes ->
            isNetpbm(bytes)
                ? new Netpbm(file, bytes).grey()
                : toGrey(file, CompressedImage.read(file, bytes)));
  }

  private static boolean isNetpbm(MemorySegment bytes) {
    return bytes.byteSize() >= 2
        && bytes.get(ValueLayout.JAVA_BYTE, 0) == 'P'
        && bytes.get(ValueLayout.JAVA_BYTE, 1) >= '1'
        && bytes.get(ValueLayout.JAVA_BYTE, 1) <= '7';
  }

  private static GreyImage toGrey(Path file, RenderedImage image) {
    Raster raster = image.getData();
    int bits = raster.getSampleModel().getSampleSize(0);
    boolean indexed = image.getColorModel() instanceof IndexColorModel;
    if (raster.getNumBands() != 1 || indexed || bits > 16) {
      throw InputException.in(
          file,
          "expected one channel of 8 or 16 bits (depth or labels), found %s"
              .formatted(
                  indexed ? "a palette or 1 to 4 bits" : raster.getNumBands() + " channels"));
    }
    int width = raster.getWidth();
    char[] values = new char[width * raster.getHeight()];
    int[] row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        values[y * width + x] = (char) row[x];
      }
    }
    return new GreyImage(file, width, raster.getHeight(), values);
  }

  private static ColourImage toColour(Path file, RenderedImage image) {
    Raster raster = image.getData();
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    int bits = raster.getSampleModel().getSampleSize(0);
    IndexColorModel palette = image.getColorModel() instanceof IndexColorModel p ? p : null;
    if (bits > 16 || bands > 4) {
      throw InputException.in(
          file, "images of %d channels of %d bits are not supported".formatted(bands, bits));
    }
    int second = bands >= 3 ? 1 : 0;
    int third = bands >= 3 ? 2 : 0;
    byte[] rgb = new byte[Math.multiplyExact(3, width * raster.getHeight())];
    int[] row = new int[bands * width];
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        if (palette != null) {
          int colour = palette.getRGB(row[x]);
          rgb[at++] = (byte) (colour >> 16);
          rgb[at++] = (byte) (colour >> 8);
          rgb[at++] = (byte) colour;
        } else {
          rgb[at++] = toByte(row[x * bands], bits);
          rgb[at++] = toByte(row[x * bands + second], bits);
          rgb[at++] = toByte(row[x * bands + third], bits);
        }
      }
    }
    return new ColourImage(file, width, raster.getHeight(), rgb);
  }

  private static byte toByte(int value, int bits) {
    return (byte) (bits == 8 ? value : scale(value, (1 << bits) - 1));
  }

  /// {@code value} of 0..{@code max} as 0..255, rounded.
  static int scale(int value, int max) {
    return (int) ((value * 510L + max) / (2L * max));
  }
}
