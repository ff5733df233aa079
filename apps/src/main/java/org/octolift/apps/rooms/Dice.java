package org.octolift.apps.rooms;

import java.util.List;

/// The random source of the generator: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), written
/// out here so that no JDK release can change a room.
final class Dice {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  Dice(long seed) {
    state = mix(seed + GOLDEN_GAMMA);
  }

  /// The finaliser of SplitMix64: a bijection whose output bits all depend on all input bits.
  static long mix(long z) {
    long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    y = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
    return y ^ (y >>> 31);
  }

  /// A source for a sub-task that does not depend on how much the others draw from theirs.
  Dice split() {
    return new Dice(next());
  }

  long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /// Uniform in [0, 1).
  double uniform() {
    return (next() >>> 11) * 0x1p-53;
  }

  /// Uniform in [low, high).
  double uniform(double low, double high) {
    return low + (high - low) * uniform();
  }

  /// Uniform in 0..bound-1; the bias is below 2⁻⁴⁰ for the small bounds used here.
  int below(int bound) {
    return (int) (uniform() * bound);
  }

  /// Uniform in low..high, both included.
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  boolean chance(double probability) {
    return uniform() < probability;
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /// About normal with mean 0 and variance 1: the sum of four 16-bit uniforms, so |value| ≤ 3.47.
  double gaussian() {
    long bits = next();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (sum - 131070L) * (1.7320508075688772 / 65536);
  }
}
