package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Softmax and arg max over the channels of a row.
public final class Softmax {
  private Softmax() {}

  /// `y = exp(x - max x) / Σ exp(x - max x)` in each row.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified
  public static void softmax(
      FloatArray y, FloatArray x, IntArray counts, int slot, int channels, int capacity) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        softmaxRow(y, x, row, channels);
      }
    }
  }

  /// One row of [#softmax].
  public static void softmaxRow(FloatArray y, FloatArray x, int row, int channels) {
    int from = row * channels;
    float maximum = maximum(x, from, channels);
    float sum = 0;
    for (int at = from; at < from + channels; at++) {
      float value = TornadoMath.exp(x.get(at) - maximum);
      y.set(at, value);
      sum += value;
    }
    for (int at = from; at < from + channels; at++) {
      y.set(at, y.get(at) / sum);
    }
  }

  /// `y = arg max x` in each row; the first maximum wins.
  ///
  /// @param y written, (capacity, 1)
  /// @param x not modified, (capacity, channels)
  public static void argMax(
      IntArray y, FloatArray x, IntArray counts, int slot, int channels, int capacity) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        argMaxRow(y, x, row, channels);
      }
    }
  }

  /// One row of [#argMax].
  public static void argMaxRow(IntArray y, FloatArray x, int row, int channels) {
    int best = 0;
    for (int channel = 1; channel < channels; channel++) {
      if (x.get(row * channels + channel) > x.get(row * channels + best)) {
        best = channel;
      }
    }
    y.set(row, best);
  }

  /// The greatest of {@code channels} elements.
  static float maximum(FloatArray x, int from, int channels) {
    float maximum = x.get(from);
    for (int at = from + 1; at < from + channels; at++) {
      maximum = TornadoMath.max(maximum, x.get(at));
    }
    return maximum;
  }

  /// `Σ exp(x - maximum)` of {@code channels} elements.
  static float sumOfExponentials(FloatArray x, int from, int channels, float maximum) {
    float sum = 0;
    for (int at = from; at < from + channels; at++) {
      sum += TornadoMath.exp(x.get(at) - maximum);
    }
    return sum;
  }
}
