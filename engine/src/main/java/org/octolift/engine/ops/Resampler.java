package org.octolift.engine.ops;

import org.octolift.kernels.Resampling;

/// How an image gets another size (`torch.nn.functional.interpolate` without anti-aliasing).
///
/// @param taps pixels along each axis that an output pixel is made of: 2 for bilinear, 4 for
///     bicubic (a = -3/4) interpolation
/// @param alignCorners whether the middles of the corner pixels stay where they are, rather than
///     the outer corners of the corner pixels
public record Resampler(int taps, boolean alignCorners) {
  /// Checks the taps.
  public Resampler {
    if (taps != 2 && taps != 4) {
      throw new IllegalArgumentException("2 or 4 taps, got " + taps);
    }
  }

  /// Bilinear interpolation.
  public static Resampler bilinear(boolean alignCorners) {
    return new Resampler(2, alignCorners);
  }

  /// Bicubic interpolation.
  public static Resampler bicubic() {
    return new Resampler(4, false);
  }

  /// Along one axis: which pixels of one image make up each pixel of another, and with what weight.
  /// Pixel i has entries starts[i]..starts[i + 1].
  record Axis(int[] starts, int[] indices, float[] weights) {
    /// The most entries that a pixel has.
    int widest() {
      int widest = 0;
      for (int i = 0; i + 1 < starts.length; i++) {
        widest = Math.max(widest, starts[i + 1] - starts[i]);
      }
      return widest;
    }

    /// Which pixels have each pixel, with the same weights.
    Axis transposed(int length) {
      int[] begins = new int[length + 1];
      for (int index : indices) {
        begins[index + 1]++;
      }
      for (int i = 0; i < length; i++) {
        begins[i + 1] += begins[i];
      }
      int[] next = begins.clone();
      int[] users = new int[indices.length];
      float[] shares = new float[indices.length];
      for (int i = 0; i + 1 < starts.length; i++) {
        for (int entry = starts[i]; entry < starts[i + 1]; entry++) {
          int at = next[indices[entry]]++;
          users[at] = i;
          shares[at] = weights[entry];
        }
      }
      return new Axis(begins, users, shares);
    }
  }

  /// The taps of each output pixel along an axis.
  Axis axis(int in, int out) {
    int[] starts = new int[out + 1];
    int[] indices = new int[out * taps];
    float[] weights = new float[out * taps];
    for (int at = 0; at < out; at++) {
      float source = Resampling.coordinate(at, in, out, taps, alignCorners);
      for (int tap = 0; tap < taps; tap++) {
        indices[at * taps + tap] = Resampling.index(source, tap, in, taps);
        weights[at * taps + tap] = Resampling.weight(source, tap, taps);
      }
      starts[at + 1] = (at + 1) * taps;
    }
    return new Axis(starts, indices, weights);
  }
}
