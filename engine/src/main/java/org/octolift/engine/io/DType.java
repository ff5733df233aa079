package org.octolift.engine.io;

import java.util.Locale;

/// Element type of an [NdArray]: the types that NumPy, PyTorch and safetensors files share.
public enum DType {
  /// IEEE 754 binary16.
  FLOAT16(2),
  /// The upper half of a binary32.
  BFLOAT16(2),
  /// IEEE 754 binary32.
  FLOAT32(4),
  /// IEEE 754 binary64.
  FLOAT64(8),
  /// Signed 8 bits.
  INT8(1),
  /// Signed 16 bits.
  INT16(2),
  /// Signed 32 bits.
  INT32(4),
  /// Signed 64 bits.
  INT64(8),
  /// Unsigned 8 bits.
  UINT8(1),
  /// Unsigned 16 bits.
  UINT16(2),
  /// Unsigned 32 bits.
  UINT32(4),
  /// Unsigned 64 bits.
  UINT64(8),
  /// One byte, 0 or 1.
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /// Bytes of one element.
  public int bytes() {
    return bytes;
  }

  /// Whether values are floating-point numbers.
  public boolean isFloat() {
    return this == FLOAT16 || this == BFLOAT16 || this == FLOAT32 || this == FLOAT64;
  }

  /// The name in NumPy's words, "float32".
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
