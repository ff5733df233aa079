package org.octolift.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// [RowKernels] on the Vector API. Elements or channels beyond the last whole vector go the scalar
/// way. Methods are small, since accesses through memory segments soon exceed C2's node budget for
/// inlining, and the slow path that it then takes is silent.
public final class VectorRowKernels implements RowKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private final ScalarRowKernels scalar = new ScalarRowKernels();

  private static int whole(int from, int to) {
    return from + SPECIES.loopBound(to - from);
  }

  @Override
  public void relu(MemorySegment y, MemorySegment x, int from, int to) {
    int end = whole(from, to);
    for (int i = from; i < end; i += LANES) {
      store(y, i, rectified(load(x, i)));
    }
    scalar.relu(y, x, end, to);
  }

  @Override
  public void reluGradient(MemorySegment dx, MemorySegment dy, MemorySegment y, int from, int to) {
    int end = whole(from, to);
    for (int i = from; i < end; i += LANES) {
      store(dx, i, masked(load(dy, i), load(y, i)));
    }
    scalar.reluGradient(dx, dy, y, end, to);
  }

  @Override
  public void add(MemorySegment y, MemorySegment a, MemorySegment b, int from, int to) {
    int end = whole(from, to);
    for (int i = from; i < end; i += LANES) {
      store(y, i, load(a, i).add(load(b, i)));
    }
    scalar.add(y, a, b, end, to);
  }

  @Override
  public void fill(MemorySegment y, float value, int from, int to) {
    int end = whole(from, to);
    FloatVector values = FloatVector.broadcast(SPECIES, value);
    for (int i = from; i < end; i += LANES) {
      store(y, i, values);
    }
    scalar.fill(y, value, end, to);
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
    int whole = SPECIES.loopBound(channels);
    for (int row = from; row < to; row++) {
      int first = starts.getAtIndex(JAVA_INT, row);
      int end = starts.getAtIndex(JAVA_INT, row + 1);
      for (int c = 0; c < whole; c += LANES) {
        storeSum(dx, row * channels + c, dy, entries, first, end, channels, c);
      }
      for (int c = whole; c < channels; c++) {
        ScalarRowKernels.scatterAddAt(dx, row * channels + c, dy, entries, first, end, channels, c);
      }
    }
  }

  /// Stores the sum of some rows' vectors; returned instead, it would be boxed.
  private static void storeSum(
      MemorySegment dx,
      int at,
      MemorySegment dy,
      MemorySegment entries,
      int first,
      int end,
      int channels,
      int c) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = first; i < end; i++) {
      sum = sum.add(load(dy, entries.getAtIndex(JAVA_INT, i) * channels + c));
    }
    store(dx, at, sum);
  }

  @Override
  public void columnSums(float[] sums, MemorySegment x, int channels, int from, int to) {
    int end = SPECIES.loopBound(channels);
    for (int row = from; row < to; row++) {
      int at = row * channels;
      for (int c = 0; c < end; c += LANES) {
        load(sums, c).add(load(x, at + c)).intoArray(sums, c);
      }
      for (int c = end; c < channels; c++) {
        ScalarRowKernels.columnSumAt(sums, x, channels, row, c);
      }
    }
  }

  @Override
  public void moments(float[] sums, MemorySegment x, int channels, int from, int to) {
    int end = SPECIES.loopBound(channels);
    for (int row = from; row < to; row++) {
      int at = row * channels;
      for (int c = 0; c < end; c += LANES) {
        FloatVector difference = load(x, at + c).sub(load(sums, c));
        add(sums, channels + c, difference);
        fma(sums, 2 * channels + c, difference, difference);
      }
      for (int c = end; c < channels; c++) {
        ScalarRowKernels.momentsAt(sums, x, channels, row, c);
      }
    }
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
    int end = SPECIES.loopBound(channels);
    for (int row = from; row < to; row++) {
      int at = row * channels;
      for (int c = 0; c < end; c += LANES) {
        FloatVector value = affine(x, at + c, affine, c, channels);
        if (residual != null) {
          value = value.add(load(residual, at + c));
        }
        store(y, at + c, relu ? rectified(value) : value);
      }
      for (int c = end; c < channels; c++) {
        ScalarRowKernels.normaliseAt(y, x, affine, residual, relu, channels, row, c);
      }
    }
  }

  private static FloatVector affine(MemorySegment x, int at, float[] affine, int c, int channels) {
    return load(x, at)
        .sub(load(affine, c))
        .fma(load(affine, channels + c), load(affine, 2 * channels + c));
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
    int end = SPECIES.loopBound(channels);
    for (int row = from; row < to; row++) {
      int at = row * channels;
      for (int c = 0; c < end; c += LANES) {
        FloatVector dz = y == null ? load(dy, at + c) : masked(load(dy, at + c), load(y, at + c));
        add(sums, c, dz);
        fma(sums, channels + c, dz, load(x, at + c).sub(load(mean, c)));
      }
      for (int c = end; c < channels; c++) {
        ScalarRowKernels.gradientSumsAt(sums, dy, y, x, mean, channels, row, c);
      }
    }
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
    int end = SPECIES.loopBound(channels);
    for (int row = from; row < to; row++) {
      int at = row * channels;
      for (int c = 0; c < end; c += LANES) {
        FloatVector dz = y == null ? load(dy, at + c) : masked(load(dy, at + c), load(y, at + c));
        store(dx, at + c, combined(dz, load(x, at + c), coefficients, c, channels));
        if (dResidual != null) {
          store(dResidual, at + c, dz);
        }
      }
      for (int c = end; c < channels; c++) {
        ScalarRowKernels.normalisationGradientAt(
            dx, dResidual, dy, y, x, coefficients, channels, row, c);
      }
    }
  }

  private static FloatVector combined(
      FloatVector dz, FloatVector x, float[] coefficients, int c, int channels) {
    FloatVector centred = x.sub(load(coefficients, 3 * channels + c));
    FloatVector rest =
        load(coefficients, channels + c).fma(centred, load(coefficients, 2 * channels + c));
    return load(coefficients, c).fma(dz, rest);
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
    int end = SPECIES.loopBound(channels);
    for (int row = from; row < to; row++) {
      int at = row * channels;
      for (int c = 0; c < end; c += LANES) {
        FloatVector dz = y == null ? load(dy, at + c) : masked(load(dy, at + c), load(y, at + c));
        store(dx, at + c, load(scale, c).mul(dz));
        if (dResidual != null) {
          store(dResidual, at + c, dz);
        }
      }
      for (int c = end; c < channels; c++) {
        ScalarRowKernels.scaledGradientAt(dx, dResidual, dy, y, scale, channels, row, c);
      }
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
    int end = whole(from, to);
    FloatVector step = FloatVector.broadcast(SPECIES, -hyper[0]);
    FloatVector decay = FloatVector.broadcast(SPECIES, hyper[2]);
    for (int i = from; i < end; i += LANES) {
      FloatVector p = load(parameter, i);
      FloatVector g = decay.fma(p, load(gradient, i));
      FloatVector v = load(velocity, i).mul(hyper[1]).add(g);
      store(velocity, i, v);
      store(parameter, i, step.fma(v, p));
    }
    scalar.sgd(parameter, velocity, gradient, hyper, end, to);
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
    int end = whole(from, to);
    FloatVector decay = FloatVector.broadcast(SPECIES, factors[6]);
    // One loop for each result: as one, C2 spent most of a minute on it in training runs.
    for (int i = from; i < end; i += LANES) {
      FloatVector g = decay.fma(load(parameter, i), load(gradient, i));
      store(m, i, mean(load(m, i), g, factors));
    }
    for (int i = from; i < end; i += LANES) {
      FloatVector g = decay.fma(load(parameter, i), load(gradient, i));
      store(v, i, square(load(v, i), g, factors));
    }
    for (int i = from; i < end; i += LANES) {
      FloatVector root = load(v, i).sqrt().div(factors[4]).add(factors[5]);
      store(parameter, i, load(parameter, i).add(load(m, i).mul(factors[3]).div(root)));
    }
    scalar.adam(parameter, m, v, gradient, factors, end, to);
  }

  private static FloatVector mean(FloatVector m, FloatVector g, float[] factors) {
    return FloatVector.broadcast(SPECIES, factors[0]).fma(g.sub(m), m);
  }

  private static FloatVector square(FloatVector v, FloatVector g, float[] factors) {
    return v.mul(factors[1]).add(g.mul(factors[2]).mul(g));
  }

  @Override
  public void ema(MemorySegment target, MemorySegment source, float alpha, int from, int to) {
    int end = whole(from, to);
    FloatVector rest = FloatVector.broadcast(SPECIES, 1 - alpha);
    for (int i = from; i < end; i += LANES) {
      store(target, i, rest.fma(load(source, i), load(target, i).mul(alpha)));
    }
    scalar.ema(target, source, alpha, end, to);
  }

  private static FloatVector rectified(FloatVector value) {
    return value.blend(0, value.compare(VectorOperators.LE, 0));
  }

  private static FloatVector masked(FloatVector dy, FloatVector y) {
    return FloatVector.zero(SPECIES).blend(dy, y.compare(VectorOperators.GT, 0));
  }

  private static void add(float[] sums, int at, FloatVector value) {
    load(sums, at).add(value).intoArray(sums, at);
  }

  private static void fma(float[] sums, int at, FloatVector a, FloatVector b) {
    a.fma(b, load(sums, at)).intoArray(sums, at);
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(SPECIES, array, at);
  }

  private static FloatVector load(MemorySegment segment, int at) {
    return FloatVector.fromMemorySegment(SPECIES, segment, (long) at << 2, ORDER);
  }

  private static void store(MemorySegment segment, int at, FloatVector value) {
    value.intoMemorySegment(segment, (long) at << 2, ORDER);
  }
}
