package uk.ac.manchester.tornado.api.math;

/// The mathematics of kernels. `float` functions are computed in `double` and rounded; a GPU's
/// differ from them in the last bits.
public final class TornadoMath {
  private TornadoMath() {}

  /// The smaller value.
  public static int min(int a, int b) {
    return Math.min(a, b);
  }

  /// The larger value.
  public static int max(int a, int b) {
    return Math.max(a, b);
  }

  /// The absolute value.
  public static int abs(int a) {
    return Math.abs(a);
  }

  /// `value`, no smaller than `min` and no larger than `max`.
  public static int clamp(int value, int min, int max) {
    return Math.max(min, Math.min(max, value));
  }

  /// The smaller value.
  public static long min(long a, long b) {
    return Math.min(a, b);
  }

  /// The larger value.
  public static long max(long a, long b) {
    return Math.max(a, b);
  }

  /// The absolute value.
  public static long abs(long a) {
    return Math.abs(a);
  }

  /// `value`, no smaller than `min` and no larger than `max`.
  public static long clamp(long value, long min, long max) {
    return Math.max(min, Math.min(max, value));
  }

  /// The smaller value.
  public static float min(float a, float b) {
    return Math.min(a, b);
  }

  /// The larger value.
  public static float max(float a, float b) {
    return Math.max(a, b);
  }

  /// The absolute value.
  public static float abs(float a) {
    return Math.abs(a);
  }

  /// `value`, no smaller than `min` and no larger than `max`.
  public static float clamp(float value, float min, float max) {
    return Math.max(min, Math.min(max, value));
  }

  /// The smaller value.
  public static double min(double a, double b) {
    return Math.min(a, b);
  }

  /// The larger value.
  public static double max(double a, double b) {
    return Math.max(a, b);
  }

  /// The absolute value.
  public static double abs(double a) {
    return Math.abs(a);
  }

  /// `value`, no smaller than `min` and no larger than `max`.
  public static double clamp(double value, double min, double max) {
    return Math.max(min, Math.min(max, value));
  }

  /// The largest whole number not above the value.
  public static float floor(float value) {
    return (float) Math.floor(value);
  }

  /// The largest whole number not above the value.
  public static double floor(double value) {
    return Math.floor(value);
  }

  /// The smallest whole number not below the value.
  public static float ceil(float value) {
    return (float) Math.ceil(value);
  }

  /// The smallest whole number not below the value.
  public static double ceil(double value) {
    return Math.ceil(value);
  }

  /// The square root.
  public static float sqrt(float value) {
    return (float) Math.sqrt(value);
  }

  /// The square root.
  public static double sqrt(double value) {
    return Math.sqrt(value);
  }

  /// The exponential.
  public static float exp(float value) {
    return (float) Math.exp(value);
  }

  /// The exponential.
  public static double exp(double value) {
    return Math.exp(value);
  }

  /// The natural logarithm.
  public static float log(float value) {
    return (float) Math.log(value);
  }

  /// The natural logarithm.
  public static double log(double value) {
    return Math.log(value);
  }

  /// The sine.
  public static float sin(float value) {
    return (float) Math.sin(value);
  }

  /// The sine.
  public static double sin(double value) {
    return Math.sin(value);
  }

  /// The cosine.
  public static float cos(float value) {
    return (float) Math.cos(value);
  }

  /// The cosine.
  public static double cos(double value) {
    return Math.cos(value);
  }

  /// The tangent.
  public static float tan(float value) {
    return (float) Math.tan(value);
  }

  /// The tangent.
  public static double tan(double value) {
    return Math.tan(value);
  }

  /// The hyperbolic tangent.
  public static float tanh(float value) {
    return (float) Math.tanh(value);
  }

  /// The hyperbolic tangent.
  public static double tanh(double value) {
    return Math.tanh(value);
  }

  /// The arc sine.
  public static float asin(float value) {
    return (float) Math.asin(value);
  }

  /// The arc sine.
  public static double asin(double value) {
    return Math.asin(value);
  }

  /// The arc cosine.
  public static float acos(float value) {
    return (float) Math.acos(value);
  }

  /// The arc cosine.
  public static double acos(double value) {
    return Math.acos(value);
  }

  /// The arc tangent.
  public static float atan(float value) {
    return (float) Math.atan(value);
  }

  /// The arc tangent.
  public static double atan(double value) {
    return Math.atan(value);
  }

  /// The sign: −1, 0 or 1.
  public static float signum(float value) {
    return Math.signum(value);
  }

  /// The sign: −1, 0 or 1.
  public static double signum(double value) {
    return Math.signum(value);
  }

  /// `base` to the power of `exponent`.
  public static float pow(float base, float exponent) {
    return (float) Math.pow(base, exponent);
  }

  /// `base` to the power of `exponent`.
  public static double pow(double base, double exponent) {
    return Math.pow(base, exponent);
  }

  /// The angle of the point (x, y).
  public static float atan2(float y, float x) {
    return (float) Math.atan2(y, x);
  }

  /// The angle of the point (x, y).
  public static double atan2(double y, double x) {
    return Math.atan2(y, x);
  }

  /// The logarithm to base 2.
  public static float log2(float value) {
    return log(value) / log(2f);
  }

  /// The logarithm to base 2.
  public static double log2(double value) {
    return log(value) / log(2.0);
  }

  /// π.
  public static float floatPI() {
    return (float) Math.PI;
  }

  /// π.
  public static double PI() {
    return Math.PI;
  }
}
