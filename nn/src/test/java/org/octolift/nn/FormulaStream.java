package org.octolift.nn;

import java.nio.charset.StandardCharsets;

/// The number streams that the golden data was made with: SplitMix64 seeded by the FNV-1a hash of a
/// name.
public final class FormulaStream {
  private long state;

  /// The stream of that name.
  public FormulaStream(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    state = hash;
  }

  /// The next number in [0, 1).
  public double next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 11) * 0x1p-53;
  }

  /// The next number in [-1, 1).
  public double nextSigned() {
    return 2 * next() - 1;
  }

  /// Fills a model's parameters, in the reference's layout.
  public static void fill(ParameterSet parameters) {
    parameters.all().forEach(FormulaStream::fill);
  }

  /// Fills a parameter, in the reference's layout.
  public static void fill(Parameter parameter) {
    String name = parameter.name();
    FormulaStream stream = new FormulaStream(name);
    float[] values = new float[parameter.size()];
    int[] shape = parameter.shape();
    for (int i = 0; i < values.length; i++) {
      double t = stream.nextSigned();
      double value;
      if (name.endsWith("running_mean") || name.endsWith("bias")) {
        value = 0.1 * t;
      } else if (name.endsWith("running_var")) {
        value = 1 + 0.5 * Math.abs(t);
      } else if (name.endsWith("bn.weight")) {
        value = 1 + 0.1 * t;
      } else {
        value = Math.sqrt(6.0 / (shape[0] + shape[1])) * t;
      }
      values[i] = (float) value;
    }
    parameter.fromReference(values);
  }
}
