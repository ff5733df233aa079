package org.octolift.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/// [RowKernels] without the Vector API: the specification of the order of additions.
public final class ScalarRowKernels implements RowKernels {
  @Override
  public void relu(MemorySegment y, MemorySegment x, int from, int to) {
    for (int i = from; i < to; i++) {
      float value = get(x, i);
      set(y, i, value <= 0 ? 0 : value);
    }
  }

  @Override
  public void reluGradient(MemorySegment dx, MemorySegment dy, MemorySegment y, int from, int to) {
    for (int i = from; i < to; i++) {
      set(dx, i, masked(dy, y, i));
    }
  }

  @Override
  public void add(MemorySegment y, MemorySegment a, MemorySegment b, int from, int to) {
    for (int i = from; i < to; i++) {
      set(y, i, get(a, i) + get(b, i));
    }
  }

  @Override
  public void fill(MemorySegment y, float value, int from, int to) {
    for (int i = from; i < to; i++) {
      set(y, i, value);
    }
  }

  @Override
  public void scatterAddRows(
      MemorySegment dx,
      MemorySegment dy,
      MemorySegment starts,
      MemorySegment entries,
      int channels,
      int from,
      int to) {
    for (int row = from; row < to; row++) {
      int first = starts.getAtIndex(JAVA_INT, row);
      int end = starts.getAtIndex(JAVA_INT, row + 1);
      for (int c = 0; c < channels; c++) {
        scatterAddAt(dx, row * channels + c, dy, entries, first, end, channels, c);
      }
    }
  }

  static void scatterAddAt(
      MemorySegment dx,
      int at,
      MemorySegment dy,
      MemorySegment entries,
      int first,
      int end,
      int channels,
      int c) {
    float sum = 0;
    for (int i = first; i < end; i++) {
      sum += get(dy, entries.getAtIndex(JAVA_INT, i) * channels + c);
    }
    set(dx, at, sum);
  }

  @Override
  public void columnSums(float[] sums, MemorySegment x, int channels, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int c = 0; c < channels; c++) {
        columnSumAt(sums, x, channels, row, c);
      }
    }
  }

  static void columnSumAt(float[] sums, MemorySegment x, int channels, int row, int c) {
    sums[c] += get(x, row * channels + c);
  }

  @Override
  public void moments(float[] sums, MemorySegment x, int channels, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int c = 0; c < channels; c++) {
        momentsAt(sums, x, channels, row, c);
      }
    }
  }

  static void momentsAt(float[] sums, MemorySegment x, int channels, int row, int c) {
    float difference = get(x, row * channels + c) - sums[c];
    sums[channels + c] += difference;
    sums[2 * channels + c] = Math.fma(difference, difference, sums[2 * channels + c]);
  }

  @Override
  public void normalise(
      MemorySegment y,
      MemorySegment x,
      float[] affine,
      MemorySegment residual,
      boolean relu,
      int channels,
      int from,
      int to) {
    for (int row = from; row < to; row++) {
      for (int c = 0; c < channels; c++) {
        normaliseAt(y, x, affine, residual, relu, channels, row, c);
      }
    }
  }

  static void normaliseAt(
      MemorySegment y,
      MemorySegment x,
      float[] affine,
      MemorySegment residual,
      boolean relu,
      int channels,
      int row,
      int c) {
    int at = row * channels + c;
    float value = Math.fma(get(x, at) - affine[c], affine[channels + c], affine[2 * channels + c]);
    if (residual != null) {
      value += get(residual, at);
    }
    set(y, at, relu && value <= 0 ? 0 : value);
  }

  @Override
  public void gradientSums(
      float[] sums,
      MemorySegment dy,
      MemorySegment y,
      MemorySegment x,
      float[] mean,
      int channels,
      int from,
      int to) {
    for (int row = from; row < to; row++) {
      for (int c = 0; c < channels; c++) {
        gradientSumsAt(sums, dy, y, x, mean, channels, row, c);
      }
    }
  }

  static void gradientSumsAt(
      float[] sums,
      MemorySegment dy,
      MemorySegment y,
      MemorySegment x,
      float[] mean,
      int channels,
      int row,
      int c) {
    int at = row * channels + c;
    float dz = masked(dy, y, at);
    sums[c] += dz;
    sums[channels + c] = Math.fma(dz, get(x, at) - mean[c], sums[channels + c]);
  }

  @Override
  public void normalisationGradient(
      MemorySegment dx,
      MemorySegment dResidual,
      MemorySegment dy,
      MemorySegment y,
      MemorySegment x,
      float[] coefficients,
      int channels,
      int from,
      int to) {
    for (int row = from; row < to; row++) {
      for (int c = 0; c < channels; c++) {
        normalisationGradientAt(dx, dResidual, dy, y, x, coefficients, channels, row, c);
      }
    }
  }

  static void normalisationGradientAt(
      MemorySegment dx,
      MemorySegment dResidual,
      MemorySegment dy,
      MemorySegment y,
      MemorySegment x,
      float[] coefficients,
      int channels,
      int row,
      int c) {
    int at = row * channels + c;
    float dz = masked(dy, y, at);
    float centred = get(x, at) - coefficients[3 * channels + c];
    float rest = Math.fma(coefficients[channels + c], centred, coefficients[2 * channels + c]);
    set(dx, at, Math.fma(coefficients[c], dz, rest));
    if (dResidual != null) {
      set(dResidual, at, dz);
    }
  }

  @Override
  public void scaledGradient(
      MemorySegment dx,
      MemorySegment dResidual,
      MemorySegment dy,
      MemorySegment y,
      float[] scale,
      int channels,
      int from,
      int to) {
    for (int row = from; row < to; row++) {
      for (int c = 0; c < channels; c++) {
        scaledGradientAt(dx, dResidual, dy, y, scale, channels, row, c);
      }
    }
  }

  static void scaledGradientAt(
      MemorySegment dx,
      MemorySegment dResidual,
      MemorySegment dy,
      MemorySegment y,
      float[] scale,
      int channels,
      int row,
      int c) {
    int at = row * channels + c;
    float dz = masked(dy, y, at);
    set(dx, at, scale[c] * dz);
    if (dResidual != null) {
      set(dResidual, at, dz);
    }
  }

  @Override
  public void sgd(
      MemorySegment parameter,
      MemorySegment velocity,
      MemorySegment gradient,
      float[] hyper,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
      float p = get(parameter, i);
      float g = Math.fma(hyper[2], p, get(gradient, i));
      float v = hyper[1] * get(velocity, i) + g;
      set(velocity, i, v);
      set(parameter, i, Math.fma(-hyper[0], v, p));
    }
  }

  @Override
  public void adam(
      MemorySegment parameter,
      MemorySegment m,
      MemorySegment v,
      MemorySegment gradient,
      float[] factors,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
      float p = get(parameter, i);
      float g = Math.fma(factors[6], p, get(gradient, i));
      float mean = Math.fma(factors[0], g - get(m, i), get(m, i));
      float square = get(v, i) * factors[1] + factors[2] * g * g;
      set(m, i, mean);
      set(v, i, square);
      float root = (float) Math.sqrt(square) / factors[4] + factors[5];
      set(parameter, i, p + factors[3] * mean / root);
    }
  }

  @Override
  public void ema(MemorySegment target, MemorySegment source, float alpha, int from, int to) {
    for (int i = from; i < to; i++) {
      set(target, i, Math.fma(1 - alpha, get(source, i), alpha * get(target, i)));
    }
  }

  private static float masked(MemorySegment dy, MemorySegment y, int at) {
    return y == null || get(y, at) > 0 ? get(dy, at) : 0;
  }

  private static float get(MemorySegment segment, int index) {
    return segment.getAtIndex(JAVA_FLOAT, index);
  }

  private static void set(MemorySegment segment, int index, float value) {
    segment.setAtIndex(JAVA_FLOAT, index, value);
  }
}
