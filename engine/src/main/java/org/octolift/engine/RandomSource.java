package org.octolift.engine;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/// The one source of random numbers: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) with a state of
/// one long, so that a checkpoint holds it and the same seed gives the same numbers on every
/// machine. [#split] derives independent streams by name and numbers, without disturbing this one:
/// what an item draws depends on its key alone, never on the thread or the order of preparation.
///
/// Every method that draws is defined here and not inherited, for the JDK may change its own. Not
/// safe for several threads; give each its own stream.
public final class RandomSource implements RandomGenerator {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private long state;

  private RandomSource(long state) {
    this.state = state;
  }

  /// The source of a run with seed {@code seed}.
  public static RandomSource of(long seed) {
    return new RandomSource(mix(seed + GOLDEN));
  }

  /// Continues where [#state] was taken.
  public static RandomSource resume(long state) {
    return new RandomSource(state);
  }

  /// All that is to be saved to continue later.
  public long state() {
    return state;
  }

  /// A stream of its own: its state is a hash of this state, of {@code purpose} (FNV-1a of its
  /// UTF-8) and of the numbers of {@code path}, such as epoch and item. This source is not
  /// advanced.
  public RandomSource split(String purpose, long... path) {
    long name = FNV_OFFSET;
    for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
      name = (name ^ (b & 0xFF)) * FNV_PRIME;
    }
    long key = mix(mix(state) ^ name);
    for (long step : path) {
      key = mix(key + GOLDEN ^ mix(step + GOLDEN));
    }
    return new RandomSource(key);
  }

  /// 64 random bits.
  @Override
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /// 32 random bits: the upper half of [#nextLong].
  @Override
  public int nextInt() {
    return (int) (nextLong() >>> 32);
  }

  /// Uniform over 0..bound-1: the upper half of a 128-bit product, whose bias is below 2⁻³³.
  @Override
  public int nextInt(int bound) {
    return nextInt(0, bound);
  }

  /// Uniform over origin..bound-1; as [#nextInt(int)].
  @Override
  public int nextInt(int origin, int bound) {
    if (origin >= bound) {
      throw new IllegalArgumentException("empty range %d..%d".formatted(origin, bound));
    }
    return origin + (int) Math.unsignedMultiplyHigh(nextLong(), (long) bound - origin);
  }

  /// Uniform over [0, 1): the upper 53 bits.
  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /// Uniform over [origin, bound): origin + (bound - origin) u. An empty range gives its origin.
  @Override
  public double nextDouble(double origin, double bound) {
    return origin + (bound - origin) * nextDouble();
  }

  /// Uniform over [0, 1): the upper 24 bits.
  @Override
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  /// Normal with mean 0, deviation 1: sqrt(-2 ln(1 - u)) cos(2πv), the first half of Box and
  /// Muller's pair, in StrictMath for the same bits everywhere.
  @Override
  public double nextGaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * nextDouble());
  }

  /// A random order of 0..count-1: Fisher and Yates's shuffle from the last place down.
  public int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    for (int i = count - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
