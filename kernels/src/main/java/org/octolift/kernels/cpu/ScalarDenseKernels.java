package org.octolift.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// [DenseKernels] without the Vector API: the specification of the order of additions.
public final class ScalarDenseKernels implements DenseKernels {
  private static final int ROWS = 4;
  private static final int WIDTH = 16;

  /// Below this, exponentials are no longer normal numbers.
  static final float SMALLEST_EXPONENT = -87;

  static final float LOG2_E = 1.442695f;

  /// ln 2 in two parts, of which the first has few bits: its multiples are exact.
  static final float LN2_HIGH = 355f / 512;

  static final float LN2_LOW = -2.1219444e-4f;

  /// 1.5 · 2²³: a sum with it is rounded to an integer, which its low bits show.
  static final float ROUND = 12582912f;

  static final int ONE_BITS = 0x3f800000;
  static final int MANTISSA_BITS = 23;

  // `(exp r - 1 - r) / r²` within 3e-9 for |r| ≤ ln 2 / 2: least squares, reweighted until the
  // error is level. Constants, not an array, whose elements C2 would load.
  static final float E0 = 0.5f;
  static final float E1 = 0.16666518f;
  static final float E2 = 0.041666202f;
  static final float E3 = 0.00836897f;
  static final float E4 = 0.0013950629f;

  // `Φ(-t) · exp(t² / 2)` as a polynomial in `1 / (1 + GELU_SCALE · t)`, for t ≥ 0; the error of
  // `t · Φ(-t)` is below 7e-9 (fitted as above; form of Abramowitz and Stegun 7.1.26).
  static final float N0 = 6.968243e-05f;
  static final float N1 = 0.15593043f;
  static final float N2 = 0.19211264f;
  static final float N3 = 0.005528109f;
  static final float N4 = 0.3490707f;
  static final float N5 = -0.26062322f;
  static final float N6 = 0.057912085f;

  static final float GELU_SCALE = 0.4f;

  /// Beyond it, gelu is max(x, 0) in single precision.
  static final float GELU_RANGE = 13;

  @Override
  public int tileRows() {
    return ROWS;
  }

  @Override
  public int panelWidth() {
    return WIDTH;
  }

  @Override
  public int tileSize() {
    return 0;
  }

  @Override
  public void multiply(
      float[] c,
      int cOffset,
      int cStride,
      float[] a,
      int aOffset,
      float[] panel,
      int panelOffset,
      int rows,
      int depth,
      float[] tile) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < WIDTH; column++) {
        float sum = 0;
        for (int k = 0; k < depth; k++) {
          sum =
              Math.fma(a[aOffset + row * DEPTH + k], panel[panelOffset + k * WIDTH + column], sum);
        }
        c[cOffset + row * cStride + column] += sum;
      }
    }
  }

  @Override
  public void copyPanel(float[] to, int offset, MemorySegment from, long at, int stride, int rows) {
    for (int i = 0; i < rows; i++) {
      long start = Float.BYTES * (at + (long) i * stride);
      MemorySegment.copy(from, JAVA_FLOAT, start, to, offset + i * WIDTH, WIDTH);
    }
  }

  /// The exponential of a number of at most 88.
  static float exp(float x) {
    float at = x < SMALLEST_EXPONENT ? SMALLEST_EXPONENT : x;
    float shifted = Math.fma(at, LOG2_E, ROUND);
    float n = shifted - ROUND;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, at));
    float p = E4;
    p = Math.fma(p, r, E3);
    p = Math.fma(p, r, E2);
    p = Math.fma(p, r, E1);
    p = Math.fma(p, r, E0);
    float value = Math.fma(p * r, r, r) + 1;
    int scale = (Float.floatToRawIntBits(shifted) << MANTISSA_BITS) + ONE_BITS;
    return value * Float.intBitsToFloat(scale);
  }

  private static float gelu(float x) {
    float t = Math.abs(x);
    t = t > GELU_RANGE ? GELU_RANGE : t;
    float u = 1 / Math.fma(t, GELU_SCALE, 1f);
    float p = N6;
    p = Math.fma(p, u, N5);
    p = Math.fma(p, u, N4);
    p = Math.fma(p, u, N3);
    p = Math.fma(p, u, N2);
    p = Math.fma(p, u, N1);
    p = Math.fma(p, u, N0);
    return (x <= 0 ? 0 : x) - t * exp(t * -0.5f * t) * p;
  }

  @Override
  public void gelu(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = gelu(x[i]);
    }
  }

  @Override
  public float maximum(float[] x, int from, int to) {
    float maximum = x[from];
    for (int i = from + 1; i < to; i++) {
      maximum = Math.max(maximum, x[i]);
    }
    return maximum;
  }

  @Override
  public void exponentials(float[] x, int from, int to, float maximum, float[] sums) {
    for (int i = from; i < to; i++) {
      x[i] = exp(x[i] - maximum);
      sums[(i - from) % PARTIALS] += x[i];
    }
  }

  /// The sum of all partial sums.
  public static float total(float[] sums) {
    float total = 0;
    for (int i = 0; i < PARTIALS; i++) {
      total += sums[i];
    }
    return total;
  }

  @Override
  public void normaliseRows(
      MemorySegment y,
      MemorySegment x,
      float[] affine,
      float epsilon,
      int channels,
      int from,
      int to,
      float[] sums) {
    for (int row = from; row < to; row++) {
      int at = row * channels;
      Arrays.fill(sums, 0, PARTIALS, 0f);
      addTo(sums, x, at, channels, 0);
      float mean = total(sums) / channels;
      Arrays.fill(sums, 0, PARTIALS, 0f);
      addSquares(sums, x, at, channels, 0, mean);
      float scale = reciprocalRoot(total(sums) / channels, epsilon);
      normalise(y, x, affine, at, channels, 0, mean, scale);
    }
  }

  static float reciprocalRoot(float variance, float epsilon) {
    return (float) (1 / Math.sqrt(variance + (double) epsilon));
  }

  static void addTo(float[] sums, MemorySegment x, int at, int channels, int from) {
    for (int c = from; c < channels; c++) {
      sums[c % PARTIALS] += x.getAtIndex(JAVA_FLOAT, at + c);
    }
  }

  static void addSquares(
      float[] sums, MemorySegment x, int at, int channels, int from, float mean) {
    for (int c = from; c < channels; c++) {
      float difference = x.getAtIndex(JAVA_FLOAT, at + c) - mean;
      sums[c % PARTIALS] = Math.fma(difference, difference, sums[c % PARTIALS]);
    }
  }

  static void normalise(
      MemorySegment y,
      MemorySegment x,
      float[] affine,
      int at,
      int channels,
      int from,
      float mean,
      float scale) {
    for (int c = from; c < channels; c++) {
      float centred = (x.getAtIndex(JAVA_FLOAT, at + c) - mean) * scale;
      y.setAtIndex(JAVA_FLOAT, at + c, Math.fma(centred, affine[c], affine[channels + c]));
    }
  }

  @Override
  public void blendRows(
      MemorySegment y,
      int row,
      MemorySegment x,
      int[] rows,
      float[] weights,
      int taps,
      int channels) {
    blendChannels(y, row, x, rows, weights, taps, channels, 0);
  }

  static void blendChannels(
      MemorySegment y,
      int row,
      MemorySegment x,
      int[] rows,
      float[] weights,
      int taps,
      int channels,
      int from) {
    for (int c = from; c < channels; c++) {
      float sum = weights[0] * x.getAtIndex(JAVA_FLOAT, rows[0] * channels + c);
      for (int tap = 1; tap < taps; tap++) {
        sum = Math.fma(weights[tap], x.getAtIndex(JAVA_FLOAT, rows[tap] * channels + c), sum);
      }
      y.setAtIndex(JAVA_FLOAT, row * channels + c, sum);
    }
  }
}
