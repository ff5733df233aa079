package org.octolift.apps.data.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.octolift.engine.InputException;

/// PNG and JPEG by the JDK's readers, which trust the announced size: it is checked first against
/// what a file of that length can hold, and a JPEG that the decoder had to fill up is refused.
final class CompressedImage {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int PNG_HEADER = 33;

  /// Deflate's greatest ratio.
  private static final int MAX_INFLATION = 1032;

  /// A block of 64 pixels takes a bit at least; chroma may be finer than luma by 4 x 4.
  private static final int MAX_JPEG_PIXELS_PER_BYTE = 64 * 8 * 16;

  /// The JPEG reader's warnings after which it makes up pixels; all others are about metadata.
  private static final Pattern DAMAGE = Pattern.compile("Truncated|Premature|Corrupt");

  private CompressedImage() {}

  static BufferedImage read(Path file, MemorySegment bytes) {
    boolean png = isPng(bytes);
    if (!png && !isJpeg(bytes)) {
      throw InputException.in(file, "is no PNG, JPEG, PGM or PPM image");
    }
    if (bytes.byteSize() > Integer.MAX_VALUE - 8) {
      throw InputException.in(file, "image files of 2 GB and more are not supported");
    }
    if (png) {
      checkPng(file, bytes);
    }
    byte[] content = bytes.toArray(ValueLayout.JAVA_BYTE);
    ImageReader reader = reader(png ? "png" : "jpeg");
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      reader.setInput(in, true, true);
      checkSize(file, reader.getWidth(0), reader.getHeight(0), bytes.byteSize(), png);
      String[] damage = new String[1];
      IIOReadWarningListener listener =
          (source, warning) -> {
            if (DAMAGE.matcher(warning).lookingAt()) {
              damage[0] = warning;
            }
          };
      reader.addIIOReadWarningListener(listener);
      BufferedImage image =
          !png && hasInks(reader)
              ? InkColours.toRgb(reader.readRaster(0, null), JpegSegments.isYcck(bytes))
              : reader.read(0);
      if (damage[0] != null) {
        throw InputException.in(file, "the image is truncated or damaged: " + damage[0]);
      }
      return image;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new InputException(
          file + ": the image is truncated, damaged or of an unsupported kind: " + e.getMessage(),
          e);
    } finally {
      reader.dispose();
    }
  }

  /// Whether there are four inks, for which a reader may have no type.
  private static boolean hasInks(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    return !types.hasNext() || types.next().getNumBands() == 4;
  }

  private static ImageReader reader(String format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    return readers.next();
  }

  private static boolean isPng(MemorySegment bytes) {
    return bytes.byteSize() >= 8
        && bytes.get(INT, 0) == 0x89504e47
        && bytes.get(INT, 4) == 0x0d0a1a0a;
  }

  static boolean isJpeg(MemorySegment bytes) {
    return bytes.byteSize() >= 4 && bytes.get(INT, 0) >>> 8 == 0xffd8ff;
  }

  /// The rows announced by the header, uncompressed, against the length of the file.
  private static void checkPng(Path file, MemorySegment bytes) {
    if (bytes.byteSize() < PNG_HEADER || bytes.get(INT, 12) != 0x49484452) {
      throw InputException.in(file, "is a PNG file without its header; is it truncated?");
    }
    long width = Integer.toUnsignedLong(bytes.get(INT, 16));
    long height = Integer.toUnsignedLong(bytes.get(INT, 20));
    int depth = bytes.get(ValueLayout.JAVA_BYTE, 24);
    int channels =
        switch (bytes.get(ValueLayout.JAVA_BYTE, 25)) {
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 1;
        };
    checkPixels(file, width, height);
    double needed = (double) width * height * channels * depth / 8;
    if (needed > (double) bytes.byteSize() * MAX_INFLATION) {
      throw tooLarge(file, width, height, bytes.byteSize());
    }
  }

  private static void checkSize(Path file, int width, int height, long length, boolean png) {
    checkPixels(file, width, height);
    if (!png && (long) width * height > length * MAX_JPEG_PIXELS_PER_BYTE) {
      throw tooLarge(file, width, height, length);
    }
  }

  /// Refuses images without pixels and those of more than [ImageFiles#MAX_PIXELS].
  static void checkPixels(Path file, long width, long height) {
    if (width < 1 || height < 1 || width > ImageFiles.MAX_PIXELS / height) {
      throw InputException.in(
          file,
          "announces %d x %d pixels, expected 1 to %,d in all"
              .formatted(width, height, ImageFiles.MAX_PIXELS));
    }
  }

  private static InputException tooLarge(Path file, long width, long height, long length) {
    return InputException.in(
        file,
        "announces %d x %d pixels, which %,d bytes cannot hold; is it truncated?"
            .formatted(width, height, length));
  }
}
