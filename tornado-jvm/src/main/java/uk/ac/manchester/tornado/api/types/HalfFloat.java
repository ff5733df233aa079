package uk.ac.manchester.tornado.api.types;

/// A 16-bit floating-point number (IEEE binary16). Arithmetic is done in `float` and rounded to
/// the nearest half, ties to even.
public final class HalfFloat {
  private final short bits;

  /// The half nearest to `value`, ties to even.
  public HalfFloat(float value) {
    this(Float.floatToFloat16(value));
  }

  /// The half of the given bits.
  public HalfFloat(short bits) {
    this.bits = bits;
  }

  /// a + b.
  public static HalfFloat add(HalfFloat a, HalfFloat b) {
    return new HalfFloat(a.getFloat32() + b.getFloat32());
  }

  /// a − b.
  public static HalfFloat sub(HalfFloat a, HalfFloat b) {
    return new HalfFloat(a.getFloat32() - b.getFloat32());
  }

  /// a · b.
  public static HalfFloat mult(HalfFloat a, HalfFloat b) {
    return new HalfFloat(a.getFloat32() * b.getFloat32());
  }

  /// a / b.
  public static HalfFloat div(HalfFloat a, HalfFloat b) {
    return new HalfFloat(a.getFloat32() / b.getFloat32());
  }

  /// The bits.
  public short getHalfFloatValue() {
    return bits;
  }

  /// The value, exactly.
  public float getFloat32() {
    return Float.float16ToFloat(bits);
  }

  @Override
  public String toString() {
    return Float.toString(getFloat32());
  }
}
