package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Dense matrix products and what is applied to their results.
public final class DenseProducts {
  /// No activation.
  public static final int NONE = 0;

  /// `max(x, 0)`.
  public static final int RELU = 1;

  /// `x · Φ(x)`.
  public static final int GELU = 2;

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
    for (@Parallel int i = 0; i < capacity * out; i++) {
      int row = i / out;
      int column = i % out;
      if (row < counts.get(slot)) {
        float sum = 0;
        for (int k = 0; k < in; k++) {
          sum += x.get(row * in + k) * weights.get(k * out + column);
        }
        y.set(i, sum);
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
    for (@Parallel int i = 0; i < capacity * out; i++) {
      int row = i / out;
      int column = i % out;
      if (row < counts.get(slot)) {
        float sum = 0;
        for (int k = 0; k < in; k++) {
          sum += x.get(row * in + k) * weights.get(column * in + k);
        }
        y.set(i, sum);
      }
    }
  }

  /// `y = activation(y + bias)`.
  ///
  /// @param y updated, (capacity, channels)
  /// @param bias not modified, (1, channels); anything if {@code biased} is 0
  /// @param activation [#NONE], [#RELU] or [#GELU]: the normal distribution's Φ times the value,
  /// the
  ///     exact form (Hendrycks and Gimpel, 2016), `x / 2 · (1 + erf(x / √2))`
  public static void finish(
      FloatArray y,
      FloatArray bias,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      int biased,
      int activation) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      if (i / channels < counts.get(slot)) {
        float value = y.get(i);
        if (biased == 1) {
          value += bias.get(i % channels);
        }
        if (activation == RELU) {
          value = value < 0 ? 0 : value;
        }
        if (activation == GELU) {
          value = gelu(value);
        }
        y.set(i, value);
      }
    }
  }

  /// `y = activation(Σ parts + bias)`, the parts added in order.
  ///
  /// @param y written, (capacity, channels)
  /// @param partial not modified, (parts, capacity, channels)
  /// @param bias not modified, (1, channels); anything if {@code biased} is 0
  /// @param activation as for [#finish]
  public static void finishParts(
      FloatArray y,
      FloatArray partial,
      FloatArray bias,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      int parts,
      int biased,
      int activation) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      if (i / channels < counts.get(slot)) {
        float value = partial.get(i);
        for (int part = 1; part < parts; part++) {
          value += partial.get(part * capacity * channels + i);
        }
        if (biased == 1) {
          value += bias.get(i % channels);
        }
        if (activation == RELU) {
          value = value < 0 ? 0 : value;
        }
        if (activation == GELU) {
          value = gelu(value);
        }
        y.set(i, value);
      }
    }
  }

  /// The exact GELU of a number, to 7e-9.
  public static float gelu(float x) {
    float t = TornadoMath.min(TornadoMath.abs(x), 13f);
    float u = 1 / (1 + 0.4f * t);
    float p = ((((((N6 * u + N5) * u + N4) * u + N3) * u + N2) * u) + N1) * u + N0;
    return TornadoMath.max(x, 0f) - t * TornadoMath.exp(-0.5f * t * t) * p;
  }
}
