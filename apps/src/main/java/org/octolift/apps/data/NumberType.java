package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The number types of PLY and PCD files.
enum NumberType {
  INT8(1),
  UINT8(1),
  INT16(2),
  UINT16(2),
  INT32(4),
  UINT32(4),
  FLOAT32(4),
  FLOAT64(8);

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int size;

  NumberType(int size) {
    this.size = size;
  }

  /// Bytes of one value.
  int size() {
    return size;
  }

  boolean isFloating() {
    return this == FLOAT32 || this == FLOAT64;
  }

  /// The value at byte {@code offset}, exactly; {@code swap} for big-endian data.
  double read(MemorySegment bytes, long offset, boolean swap) {
    return switch (this) {
      case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, offset);
      case UINT8 -> Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, offset));
      case INT16 -> readShort(bytes, offset, swap);
      case UINT16 -> Short.toUnsignedInt(readShort(bytes, offset, swap));
      case INT32 -> readBits(bytes, offset, swap);
      case UINT32 -> Integer.toUnsignedLong(readBits(bytes, offset, swap));
      case FLOAT32 -> Float.intBitsToFloat(readBits(bytes, offset, swap));
      case FLOAT64 -> {
        long bits = bytes.get(LONG, offset);
        yield Double.longBitsToDouble(swap ? Long.reverseBytes(bits) : bits);
      }
    };
  }

  /// The four bytes at {@code offset} as an int.
  static int readBits(MemorySegment bytes, long offset, boolean swap) {
    int bits = bytes.get(INT, offset);
    return swap ? Integer.reverseBytes(bits) : bits;
  }

  private static short readShort(MemorySegment bytes, long offset, boolean swap) {
    short bits = bytes.get(SHORT, offset);
    return swap ? Short.reverseBytes(bits) : bits;
  }
}
