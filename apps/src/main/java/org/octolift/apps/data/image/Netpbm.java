package org.octolift.apps.data.image;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.octolift.engine.InputException;

/// One PGM (P2, P5) or PPM (P3, P6) image; 16-bit values are big-endian (netpbm's specification).
final class Netpbm {
  private final Path file;
  private final MemorySegment bytes;
  private final boolean text;
  private final int channels;
  private final int width;
  private final int height;
  private final int maximum;
  private long position = 2;

  /// Reads the header.
  Netpbm(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
    int kind = bytes.get(ValueLayout.JAVA_BYTE, 1) - '0';
    if (kind != 2 && kind != 3 && kind != 5 && kind != 6) {
      throw InputException.in(
          file, "Netpbm image P%d; expected P2, P3, P5 or P6 (PGM, PPM)".formatted(kind));
    }
    text = kind < 5;
    channels = kind == 3 || kind == 6 ? 3 : 1;
    width = number("the width", Integer.MAX_VALUE);
    height = number("the height", Integer.MAX_VALUE);
    maximum = number("the largest value", 65535);
    CompressedImage.checkPixels(file, width, height);
    if (maximum == 0) {
      throw InputException.in(file, "the largest value must be 1..65535, is 0");
    }
    if (text) {
      // A digit and a separator each; the last separator may be missing.
      requireLeft(2, 1);
    } else {
      if (position >= bytes.byteSize() || !isBlank(peek())) {
        throw InputException.in(file, "expected one blank after the largest value");
      }
      position++;
      requireLeft(maximum > 255 ? 2 : 1, 0);
    }
  }

  GreyImage grey() {
    if (channels != 1) {
      throw InputException.in(
          file, "expected one channel of 8 or 16 bits (depth or labels), found 3 channels");
    }
    char[] values = new char[width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = (char) sample();
    }
    return new GreyImage(file, width, height, values);
  }

  ColourImage colour() {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; ) {
      byte value = (byte) ImageFiles.scale(sample(), maximum);
      rgb[i++] = value;
      if (channels == 1) {
        rgb[i++] = value;
        rgb[i++] = value;
      }
    }
    return new ColourImage(file, width, height, rgb);
  }

  private void requireLeft(int bytesEach, int slack) {
    long needed = (long) width * height * channels * bytesEach - slack;
    long left = bytes.byteSize() - position;
    if (left < needed) {
      throw InputException.in(
          file,
          "is truncated: %d x %d pixels need %,d bytes, %,d are left"
              .formatted(width, height, needed, left));
    }
  }

  private int sample() {
    int value;
    if (text) {
      value = number("a value", 65535);
    } else {
      value = peek();
      position++;
      if (maximum > 255) {
        value = value << 8 | peek();
        position++;
      }
    }
    if (value > maximum) {
      throw InputException.in(
          file, "holds the value %d, announces at most %d".formatted(value, maximum));
    }
    return value;
  }

  private int peek() {
    return bytes.get(ValueLayout.JAVA_BYTE, position) & 0xff;
  }

  private static boolean isBlank(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /// The next number, after blanks and comments from {@code #} to the end of the line.
  private int number(String what, int limit) {
    boolean comment = false;
    while (position < bytes.byteSize() && (comment || isBlank(peek()) || peek() == '#')) {
      comment = peek() == '#' || (comment && peek() != '\n');
      position++;
    }
    long value = -1;
    while (position < bytes.byteSize() && peek() >= '0' && peek() <= '9' && value <= limit) {
      value = Math.max(value, 0) * 10 + peek() - '0';
      position++;
    }
    if (value < 0 || value > limit) {
      throw InputException.in(
          file, "byte %,d: expected %s, 0 to %,d".formatted(position, what, limit));
    }
    return (int) value;
  }
}
