package uk.ac.manchester.tornado.api.types;

/// Conversions of bfloat16, the upper half of a `float`, whose bits kernels keep in a `short`.
public final class BFloat16 {
  private static final int NAN_BIT = 0x40;

  private BFloat16() {}

  /// The value of the given bits, exactly.
  public static float bf16ToFloat(short bits) {
    return Float.intBitsToFloat(bits << Short.SIZE);
  }

  /// The bits of the bfloat16 nearest to `value`, ties to even; NaN stays NaN.
  public static short bf16FromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> Short.SIZE) | NAN_BIT);
    }
    int half = 0x7FFF + ((bits >>> Short.SIZE) & 1);
    return (short) ((bits + half) >>> Short.SIZE);
  }
}
