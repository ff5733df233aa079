package org.octolift.engine.io;

import java.util.Locale;
import java.util.Optional;

/// Element type of an [NdArray]: the types that NumPy, PyTorch and safetensors files share.
public enum DType {
  /// IEEE 754 binary16.
  FLOAT16(2, "f2"),
  /// The upper half of a binary32.
  BFLOAT16(2, ""),
  /// IEEE 754 binary32.
  FLOAT32(4, "f4"),
  /// IEEE 754 binary64.
  FLOAT64(8, "f8"),
  /// Signed 8 bits.
  INT8(1, "i1"),
  /// Signed 16 bits.
  INT16(2, "i2"),
  /// Signed 32 bits.
  INT32(4, "i4"),
  /// Signed 64 bits.
  INT64(8, "i8"),
  /// Unsigned 8 bits.
  UINT8(1, "u1"),
  /// Unsigned 16 bits.
  UINT16(2, "u2"),
  /// Unsigned 32 bits.
  UINT32(4, "u4"),
  /// Unsigned 64 bits.
  UINT64(8, "u8"),
  /// One byte, 0 or 1.
  BOOL(1, "b1");

  private final int bytes;
  private final String numpyCode;

  DType(int bytes, String numpyCode) {
    this.bytes = bytes;
    this.numpyCode = numpyCode;
  }

  /// Bytes of one element.
  public int bytes() {
    return bytes;
  }

  /// Whether values are floating-point numbers.
  public boolean isFloat() {
    return this == FLOAT16 || this == BFLOAT16 || this == FLOAT32 || this == FLOAT64;
  }

  /// NumPy's code without byte order, "f4"; empty for bfloat16, which NumPy lacks.
  public String numpyCode() {
    return numpyCode;
  }

  /// The type of NumPy's code {@code code}; none for types that numbers and bools lack.
  public static Optional<DType> ofNumpyCode(String code) {
    for (DType dtype : values()) {
      if (dtype != BFLOAT16 && dtype.numpyCode.equals(code)) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }

  /// The name in NumPy's words, "float32".
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
