package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Element by element: ReLU, sums, constants.
public final class Elementwise {
  private Elementwise() {}

  /// `y = max(x, 0)`; NaN stays NaN.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified
  public static void relu(
      FloatArray y, FloatArray x, IntArray counts, int slot, int channels, int capacity) {
    for (@Parallel int row = 0; row < capacity; row++) {
      for (@Parallel int channel = 0; channel < channels; channel++) {
        if (row < counts.get(slot)) {
          int at = row * channels + channel;
          float value = x.get(at);
          // TornadoVM compiles <= as "not greater", which NaN is.
          y.set(at, value < 0 ? 0 : value);
        }
      }
    }
  }

  /// `dx = dy where y > 0, else 0`.
  ///
  /// @param dx written, (capacity, channels)
  /// @param dy not modified
  /// @param y not modified: what [#relu] gave
  public static void reluGradient(
      FloatArray dx,
      FloatArray dy,
      FloatArray y,
      IntArray counts,
      int slot,
      int channels,
      int capacity) {
    for (@Parallel int row = 0; row < capacity; row++) {
      for (@Parallel int channel = 0; channel < channels; channel++) {
        if (row < counts.get(slot)) {
          int at = row * channels + channel;
          dx.set(at, y.get(at) > 0 ? dy.get(at) : 0);
        }
      }
    }
  }

  /// `y = a + b`.
  ///
  /// @param y written, (capacity, channels); may be {@code a}
  /// @param a not modified
  /// @param b not modified
  public static void add(
      FloatArray y,
      FloatArray a,
      FloatArray b,
      IntArray counts,
      int slot,
      int channels,
      int capacity) {
    for (@Parallel int row = 0; row < capacity; row++) {
      for (@Parallel int channel = 0; channel < channels; channel++) {
        if (row < counts.get(slot)) {
          int at = row * channels + channel;
          y.set(at, a.get(at) + b.get(at));
        }
      }
    }
  }

  /// `y += x`.
  ///
  /// @param y accumulated, (capacity, channels)
  /// @param x not modified
  public static void addInPlace(
      FloatArray y, FloatArray x, IntArray counts, int slot, int channels, int capacity) {
    for (@Parallel int row = 0; row < capacity; row++) {
      for (@Parallel int channel = 0; channel < channels; channel++) {
        if (row < counts.get(slot)) {
          int at = row * channels + channel;
          y.set(at, y.get(at) + x.get(at));
        }
      }
    }
  }

  /// `y = value`.
  ///
  /// @param y written, (capacity, channels)
  public static void fill(
      FloatArray y, IntArray counts, int slot, int channels, int capacity, float value) {
    for (@Parallel int row = 0; row < capacity; row++) {
      for (@Parallel int channel = 0; channel < channels; channel++) {
        if (row < counts.get(slot)) {
          y.set(row * channels + channel, value);
        }
      }
    }
  }
}
