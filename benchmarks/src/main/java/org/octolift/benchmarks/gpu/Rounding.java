package org.octolift.benchmarks.gpu;

import org.octolift.kernels.gpu.HalfOperands;

/// Products of rounded numbers, as tensor cores form them.
final class Rounding {
  private Rounding() {}

  /// The product in a format of [HalfOperands], or the exact one for any other.
  static double product(float a, float b, int format) {
    return switch (format) {
      case HalfOperands.FP16 -> (double) half(a) * half(b);
      case HalfOperands.BF16 -> (double) brain(a) * brain(b);
      case HalfOperands.SPLIT -> {
        double lowA = brain(a - brain(a));
        double lowB = brain(b - brain(b));
        yield (double) brain(a) * brain(b) + brain(a) * lowB + lowA * brain(b);
      }
      default -> (double) a * b;
    };
  }

  private static float half(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }

  /// To the nearest number with 8 significant bits, ties to even as the GPU does.
  private static float brain(float value) {
    int bits = Float.floatToRawIntBits(value);
    int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
    return Float.intBitsToFloat(rounded & 0xFFFF0000);
  }
}
