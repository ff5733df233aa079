package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.types.BFloat16;

/// What a product of two numbers is in the formats of [HalfOperands].
final class Formats {
  private Formats() {}

  static TestRelation.Product product(int format) {
    return switch (format) {
      case HalfOperands.FP16 -> (a, b) -> (double) half(a) * half(b);
      case HalfOperands.BF16 -> (a, b) -> (double) brain(a) * brain(b);
      default ->
          (a, b) -> {
            double lowA = brain(a - brain(a));
            double lowB = brain(b - brain(b));
            return (double) brain(a) * brain(b) + brain(a) * lowB + lowA * brain(b);
          };
    };
  }

  private static float half(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }

  private static float brain(float value) {
    return BFloat16.bf16ToFloat(BFloat16.bf16FromFloat(value));
  }
}
