package org.octolift.apps.data.image;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What a JPEG file says before its pixels (ITU-T T.81, annex B): the orientation in its EXIF
/// segment (EXIF 2.3, tag 274) and the colour transform in Adobe's segment. What is missing or
/// damaged counts as not said.
final class JpegSegments {
  private static final int EXIF = 0xe1;
  private static final int ADOBE = 0xee;
  private static final int START_OF_SCAN = 0xda;
  private static final int ORIENTATION = 0x0112;
  private static final int ENTRY = 12;

  private static final ValueLayout.OfShort BIG_ENDIAN =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private JpegSegments() {}

  /// 1 to 8; 1 where nothing is said: the first row is the top, the first column the left.
  static int orientation(MemorySegment jpeg) {
    MemorySegment exif = segment(jpeg, EXIF, "Exif\0\0");
    try {
      return exif == null ? 1 : orientationOf(exif);
    } catch (IndexOutOfBoundsException e) {
      return 1;
    }
  }

  /// Whether the colours are stored as luma and chroma beside black (YCCK).
  static boolean isYcck(MemorySegment jpeg) {
    MemorySegment adobe = segment(jpeg, ADOBE, "Adobe");
    // Version, two words of flags, transform.
    return adobe != null && adobe.byteSize() > 6 && adobe.get(ValueLayout.JAVA_BYTE, 6) == 2;
  }

  /// The directory of a TIFF file: its order of bytes, 42, where the entries are, their number.
  private static int orientationOf(MemorySegment tiff) {
    ByteOrder order =
        tiff.get(ValueLayout.JAVA_BYTE, 0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    ValueLayout.OfShort number = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
    long start =
        Integer.toUnsignedLong(tiff.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), 4));
    int entries = Short.toUnsignedInt(tiff.get(number, start));
    for (int i = 0; i < entries; i++) {
      long entry = start + 2 + (long) i * ENTRY;
      if (tiff.get(number, entry) == ORIENTATION) {
        int value = tiff.get(number, entry + 8);
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }

  /// What follows {@code name} in the first segment of a kind that begins so, or null.
  private static MemorySegment segment(MemorySegment jpeg, int kind, String name) {
    byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
    long at = 2;
    while (at + 4 <= jpeg.byteSize() && jpeg.get(ValueLayout.JAVA_BYTE, at) == (byte) 0xff) {
      int marker = Byte.toUnsignedInt(jpeg.get(ValueLayout.JAVA_BYTE, at + 1));
      if (marker == 0xff) {
        at++;
        continue;
      }
      int length = Short.toUnsignedInt(jpeg.get(BIG_ENDIAN, at + 2));
      if (marker == START_OF_SCAN || length < 2 || at + 2 + length > jpeg.byteSize()) {
        return null;
      }
      MemorySegment content = jpeg.asSlice(at + 4, length - 2);
      if (marker == kind
          && content.byteSize() >= wanted.length
          && Arrays.equals(
              content.asSlice(0, wanted.length).toArray(ValueLayout.JAVA_BYTE), wanted)) {
        return content.asSlice(wanted.length);
      }
      at += 2 + length;
    }
    return null;
  }
}
