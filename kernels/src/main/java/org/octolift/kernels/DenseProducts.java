package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Dense matrix products and what is applied to their results.
public final class DenseProducts {
  /// `Φ(-t) · exp(t² / 2)` as a polynomial in `1 / (1 + 0.4 t)` for t ≥ 0, fitted so that
  /// `t · Φ(-t)` is within 7e-9.
  private static final float N0 = 6.968243e-05f;

  private static final float N1 = 0.15593043f;
  private static final float N2 = 0.19211264f;
  private static final float N3 = 0.005528109f;
  private static final float N4 = 0.3490707f;
  private static final float N5 = -0.26062322f;
  private static final float N6 = 0.057912085f;

  private DenseProducts() {}

  /// `y = x · W`.
  ///
  /// @param y written, (capacity, out)
  /// @param x not modified, (capacity, in)
  /// @param weights not modified, (in, out)
  public static void product(
      FloatArray y,
      FloatArray x,
      FloatArray weights,
      IntArray counts,
      int slot,
      int in,
      int out,
      int capacity) {
    for (@Parallel int row = 0; row < capacity; row++) {
      for (@Parallel int column = 0; column < out; column++) {
        if (row < counts.get(slot)) {
          float sum = 0;
          for (int k = 0; k < in; k++) {
            sum += x.get(row * in + k) * weights.get(k * out + column);
          }
          y.set(row * out + column, sum);
        }
      }
    }
  }

  /// `y = x · Wᵀ`.
  ///
  /// @param y written, (capacity, out)
  /// @param x not modified, (capacity, in)
  /// @param weights not modified, (out, in)
  public static void transposedProduct(
      FloatArray y,
      FloatArray x,
      FloatArray weights,
      IntArray counts,
      int slot,
      int in,
      int out,
      int capacity) {
    for (@Parallel int row = 0; row < capacity; row++) {
      for (@Parallel int column = 0; column < out; column++) {
        if (row < counts.get(slot)) {
          float sum = 0;
          for (int k = 0; k < in; k++) {
            sum += x.get(row * in + k) * weights.get(column * in + k);
          }
          y.set(row * out + column, sum);
        }
      }
    }
  }

  /// `y += bias`.
  ///
  /// @param y updated, (capacity, channels)
  /// @param bias not modified, (1, channels)
  public static void addBias(
      FloatArray y, FloatArray bias, IntArray counts, int slot, int channels, int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        y.set(i, y.get(i) + bias.get(channel));
      }
    }
  }

  /// `y = x · Φ(x)` with the normal distribution's Φ: the exact form of GELU (Hendrycks and Gimpel,
  /// 2016), `x / 2 · (1 + erf(x / √2))`.
  ///
  /// @param y written, (capacity, channels); may be {@code x}
  /// @param x not modified
  public static void gelu(
      FloatArray y, FloatArray x, IntArray counts, int slot, int channels, int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        y.set(i, geluOf(x.get(i)));
      }
    }
  }

  private static float geluOf(float x) {
    float t = TornadoMath.min(TornadoMath.abs(x), 13f);
    float u = 1 / (1 + 0.4f * t);
    float p = ((((((N6 * u + N5) * u + N4) * u + N3) * u + N2) * u) + N1) * u + N0;
    return TornadoMath.max(x, 0f) - t * TornadoMath.exp(-0.5f * t * t) * p;
  }
}
