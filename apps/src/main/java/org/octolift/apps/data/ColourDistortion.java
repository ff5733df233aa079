package org.octolift.apps.data;

import java.util.random.RandomGenerator;

/// Random changes of colours in 0..255: contrast, tint, noise (Choy, Gwak and Savarese, CVPR 2019).
final class ColourDistortion {
  private static final double CHANCE = 0.95;
  private static final double TINT = 25.5;
  private static final double NOISE = 12.75;
  private static final float WHITE = 255;

  private ColourDistortion() {}

  /// The changed colours, (N, 3). Each channel is mixed, by the same random share, with itself
  /// stretched to 0..255; a channel of one value stays as it is. Then, each with probability 0.95:
  /// a shift of up to ±25.5 per channel; normal noise of deviation 12.75 per value. Both are cut to
  /// 0..255.
  static float[] apply(float[] colours, RandomGenerator random) {
    float[] changed = colours.clone();
    stretch(changed, random.nextDouble());
    if (random.nextDouble() < CHANCE) {
      double[] shift = new double[3];
      for (int channel = 0; channel < 3; channel++) {
        shift[channel] = random.nextDouble(-TINT, TINT);
      }
      for (int i = 0; i < changed.length; i++) {
        changed[i] = Math.clamp((float) (changed[i] + shift[i % 3]), 0, WHITE);
      }
    }
    if (random.nextDouble() < CHANCE) {
      for (int i = 0; i < changed.length; i++) {
        changed[i] = Math.clamp((float) (changed[i] + NOISE * random.nextGaussian()), 0, WHITE);
      }
    }
    return changed;
  }

  /// Mixes each channel, by {@code share}, with itself stretched to 0..255.
  static void stretch(float[] colours, double share) {
    for (int channel = 0; channel < 3; channel++) {
      float low = Float.MAX_VALUE;
      float high = -Float.MAX_VALUE;
      for (int i = channel; i < colours.length; i += 3) {
        low = Math.min(low, colours[i]);
        high = Math.max(high, colours[i]);
      }
      if (high > low) {
        double scale = WHITE / ((double) high - low);
        for (int i = channel; i < colours.length; i += 3) {
          colours[i] = (float) ((1 - share) * colours[i] + share * (colours[i] - low) * scale);
        }
      }
    }
  }
}
