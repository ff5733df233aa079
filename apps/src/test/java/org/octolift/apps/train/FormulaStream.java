package org.octolift.apps.train;

import java.nio.charset.StandardCharsets;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;

/// The number streams that golden data was made with: SplitMix64 seeded by the FNV-1a hash of a
/// name.
final class FormulaStream {
  private long state;

  FormulaStream(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    state = hash;
  }

  /// The next number in [-1, 1).
  double nextSigned() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return 2 * ((z >>> 11) * 0x1p-53) - 1;
  }

  /// Fills a model's parameters, in the reference's layout.
  ///
  /// @param prefix of the streams' names
  static void fill(ParameterSet parameters, String prefix) {
    for (Parameter parameter : parameters.all()) {
      FormulaStream stream = new FormulaStream(prefix + parameter.name());
      int[] shape = parameter.shape();
      float[] values = new float[parameter.size()];
      for (int i = 0; i < values.length; i++) {
        double t = stream.nextSigned();
        values[i] = (float) value(parameter.name(), shape, t);
      }
      parameter.fromReference(values);
    }
  }

  private static double value(String name, int[] shape, double t) {
    if (name.endsWith("running_mean") || name.endsWith("bias")) {
      return 0.1 * t;
    }
    if (name.endsWith("running_var")) {
      return 1 + 0.5 * Math.abs(t);
    }
    return name.endsWith("bn.weight") ? 1 + 0.1 * t : Math.sqrt(6.0 / (shape[0] + shape[1])) * t;
  }
}
