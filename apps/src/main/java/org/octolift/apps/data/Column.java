package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One property of all points of a file: a view on its bytes, or values decoded from text.
sealed interface Column {
  /// The type that the file declares.
  NumberType type();

  /// The value of point {@code row}, exactly.
  double value(int row);

  /// The four bytes of point {@code row}'s value as they stand in the file: packed colours.
  int bits(int row);

  /// Copies all rows into every {@code channels}-th element of {@code target}, from {@code
  /// channel} on.
  void copyTo(float[] target, int channel, int channels);

  /// Values at a fixed distance in the file.
  ///
  /// @param bytes the file or a part of it
  /// @param offset byte offset of the first value
  /// @param stride bytes from one value to the next
  /// @param type type of the values
  /// @param swap whether they are big-endian
  record Binary(MemorySegment bytes, long offset, long stride, NumberType type, boolean swap)
      implements Column {
    @Override
    public double value(int row) {
      return type.read(bytes, offset + row * stride, swap);
    }

    @Override
    public int bits(int row) {
      return NumberType.readBits(bytes, offset + row * stride, swap);
    }

    @Override
    public void copyTo(float[] target, int channel, int channels) {
      long at = offset;
      switch (type) {
        case FLOAT32 -> {
          for (int i = channel; i < target.length; i += channels) {
            target[i] = Float.intBitsToFloat(NumberType.readBits(bytes, at, swap));
            at += stride;
          }
        }
        case UINT8 -> {
          for (int i = channel; i < target.length; i += channels) {
            target[i] = bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
            at += stride;
          }
        }
        default -> {
          for (int i = channel; i < target.length; i += channels) {
            target[i] = (float) type.read(bytes, at, swap);
            at += stride;
          }
        }
      }
    }
  }

  /// Values decoded one by one.
  ///
  /// @param values one a point
  /// @param type the type that the file declares
  record Decoded(double[] values, NumberType type) implements Column {
    @Override
    public double value(int row) {
      return values[row];
    }

    @Override
    public int bits(int row) {
      return type == NumberType.FLOAT32
          ? Float.floatToRawIntBits((float) values[row])
          : (int) (long) values[row];
    }

    @Override
    public void copyTo(float[] target, int channel, int channels) {
      int row = 0;
      for (int i = channel; i < target.length; i += channels) {
        target[i] = (float) values[row++];
      }
    }
  }
}
