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
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        float value = x.get(i);
        // TornadoVM compiles <= as "not greater", which NaN is.
        y.set(i, value < 0 ? 0 : value);
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
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        dx.set(i, y.get(i) > 0 ? dy.get(i) : 0);
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
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        y.set(i, a.get(i) + b.get(i));
      }
    }
  }

  /// `y += x`.
  ///
  /// @param y accumulated, (capacity, channels)
  /// @param x not modified
  public static void addInPlace(
      FloatArray y, FloatArray x, IntArray counts, int slot, int channels, int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        y.set(i, y.get(i) + x.get(i));
      }
    }
  }

  /// `y = value`.
  ///
  /// @param y written, (capacity, channels)
  public static void fill(
      FloatArray y, IntArray counts, int slot, int channels, int capacity, float value) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        y.set(i, value);
      }
    }
  }

  /// `y = 0`, whatever the number of rows.
  ///
  /// @param y written, (size)
  public static void zero(FloatArray y, int size) {
    for (@Parallel int i = 0; i < (size & Bounds.LITERAL); i++) {
      y.set(i, 0);
    }
  }

  /// `y = 1 / max(scale · x + shift, least)`.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified
  public static void reciprocal(
      FloatArray y,
      FloatArray x,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      float scale,
      float shift,
      float least) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        float value = scale * x.get(i) + shift;
        y.set(i, 1 / (value < least ? least : value));
      }
    }
  }
}
