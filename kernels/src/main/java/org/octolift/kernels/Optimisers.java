package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Optimiser steps, each with the arithmetic and order of PyTorch's. Hyper-parameters come in an
/// array, since they change from step to step and scalars are compiled in.
public final class Optimisers {
  private Optimisers() {}

  /// Stochastic gradient descent with momentum and L2 weight decay: `g = gradient + decay ·
  /// parameter; velocity = momentum · velocity + g; parameter -= rate · velocity`.
  ///
  /// @param parameter updated
  /// @param velocity updated; zeros before the first step
  /// @param gradient not modified
  /// @param hyper not modified: learning rate, momentum, weight decay
  /// @param sizes not modified, (1): numbers of the parameter
  public static void sgd(
      FloatArray parameter,
      FloatArray velocity,
      FloatArray gradient,
      FloatArray hyper,
      IntArray sizes) {
    int size = sizes.get(0);
    for (@Parallel int i = 0; i < size; i++) {
      sgdAt(parameter, velocity, gradient, hyper, i);
    }
  }

  /// [#sgd] of three parameters at once: most are small, and a launch takes longer than they do.
  ///
  /// @param sizes not modified, (4): of the three, and the largest of them
  public static void sgdOfThree(
      FloatArray parameter0,
      FloatArray velocity0,
      FloatArray gradient0,
      FloatArray parameter1,
      FloatArray velocity1,
      FloatArray gradient1,
      FloatArray parameter2,
      FloatArray velocity2,
      FloatArray gradient2,
      FloatArray hyper,
      IntArray sizes) {
    int size0 = sizes.get(0);
    int size1 = sizes.get(1);
    int size2 = sizes.get(2);
    int most = sizes.get(3);
    for (@Parallel int i = 0; i < most; i++) {
      if (i < size0) {
        sgdAt(parameter0, velocity0, gradient0, hyper, i);
      }
      if (i < size1) {
        sgdAt(parameter1, velocity1, gradient1, hyper, i);
      }
      if (i < size2) {
        sgdAt(parameter2, velocity2, gradient2, hyper, i);
      }
    }
  }

  private static void sgdAt(
      FloatArray parameter, FloatArray velocity, FloatArray gradient, FloatArray hyper, int i) {
    float g = gradient.get(i) + hyper.get(2) * parameter.get(i);
    float v = hyper.get(1) * velocity.get(i) + g;
    velocity.set(i, v);
    parameter.set(i, parameter.get(i) - hyper.get(0) * v);
  }

  /// Adam (Kingma and Ba, 2015) with L2 weight decay. With `g = gradient + decay · parameter` and
  /// the factors of [#adamFactor]: `m += f0 · (g - m); v = f1 · v + f2 · g · g; parameter += f3 ·
  /// m / (√v / f4 + epsilon)`.
  ///
  /// @param parameter updated
  /// @param m updated: mean of gradients; zeros before the first step
  /// @param v updated: mean of their squares; zeros before the first step
  /// @param gradient not modified
  /// @param hyper not modified: learning rate, beta1, beta2, epsilon, weight decay, number of this
  ///     step from 1 on
  public static void adam(
      FloatArray parameter,
      FloatArray m,
      FloatArray v,
      FloatArray gradient,
      FloatArray hyper,
      int size) {
    for (@Parallel int i = 0; i < (size & Bounds.LITERAL); i++) {
      float g = gradient.get(i) + hyper.get(4) * parameter.get(i);
      float mean = m.get(i) + adamFactor(hyper, 0) * (g - m.get(i));
      float square = v.get(i) * hyper.get(2) + adamFactor(hyper, 2) * g * g;
      float root = TornadoMath.sqrt(square) / adamFactor(hyper, 4) + hyper.get(3);
      m.set(i, mean);
      v.set(i, square);
      parameter.set(i, parameter.get(i) + adamFactor(hyper, 3) * mean / root);
    }
  }

  /// Adam's factors, computed in double: 0: 1 - beta1; 1: beta2; 2: 1 - beta2; 3: the negative
  /// learning rate over `1 - beta1^step`; 4: the root of `1 - beta2^step`. The betas are taken as
  /// the decimals of up to seven digits that they were rounded from, as `1 - 0.999f` is 1e-5 off.
  public static float adamFactor(FloatArray hyper, int factor) {
    double beta1 = decimal(hyper.get(1));
    double beta2 = decimal(hyper.get(2));
    int step = (int) hyper.get(5);
    double value = beta2;
    if (factor == 0) {
      value = 1 - beta1;
    } else if (factor == 2) {
      value = 1 - beta2;
    } else if (factor == 3) {
      value = -hyper.get(0) / (1 - power(beta1, step));
    } else if (factor == 4) {
      value = Math.sqrt(1 - power(beta2, step));
    }
    return (float) value;
  }

  /// Rounded to seven digits; TornadoVM does not take `Math.rint`.
  private static double decimal(float beta) {
    return (int) (beta * 1e7 + 0.5) / 1e7;
  }

  /// By squaring; TornadoVM does not take `Math.pow`.
  private static double power(double base, int exponent) {
    double power = 1;
    double square = base;
    for (int bits = exponent; bits > 0; bits = bits / 2) {
      if (bits % 2 == 1) {
        power *= square;
      }
      square *= square;
    }
    return power;
  }

  /// Exponential moving average, `target = alpha · target + (1 - alpha) · source`.
  ///
  /// @param target updated
  /// @param source not modified
  /// @param alpha not modified, (1)
  public static void ema(FloatArray target, FloatArray source, FloatArray alpha, int size) {
    for (@Parallel int i = 0; i < (size & Bounds.LITERAL); i++) {
      target.set(i, alpha.get(0) * target.get(i) + (1 - alpha.get(0)) * source.get(i));
    }
  }

  /// First step of a sum of squares: one partial sum for each chunk of [Reductions].
  ///
  /// @param partials written, ([Reductions#CHUNKS]); chunks without rows are left as they are
  /// @param x not modified, (rows, channels)
  public static void squareSums(
      FloatArray partials, FloatArray x, IntArray counts, int slot, int channels) {
    for (@Parallel int chunk = 0; chunk < Reductions.CHUNKS; chunk++) {
      if (chunk < Reductions.chunks(counts.get(slot))) {
        squareSumAt(partials, x, counts.get(slot), chunk, channels);
      }
    }
  }

  /// One chunk of [#squareSums], summed in double.
  public static void squareSumAt(
      FloatArray partials, FloatArray x, int rows, int chunk, int channels) {
    double sum = 0;
    int end = Reductions.chunkEnd(rows, chunk) * channels;
    for (int i = chunk * Reductions.chunkRows(rows) * channels; i < end; i++) {
      sum += (double) x.get(i) * x.get(i);
    }
    partials.set(chunk, (float) sum);
  }

  /// Second step: `total += Σ` of the partial sums.
  ///
  /// @param total updated, (1)
  /// @param partials not modified
  public static void addSquareSums(
      FloatArray total, FloatArray partials, IntArray counts, int slot) {
    for (@Parallel int one = 0; one < 1; one++) {
      addSquareSumsOf(total, partials, counts.get(slot));
    }
  }

  /// The body of [#addSquareSums].
  public static void addSquareSumsOf(FloatArray total, FloatArray partials, int rows) {
    double sum = total.get(0);
    for (int chunk = 0; chunk < Reductions.chunks(rows); chunk++) {
      sum += partials.get(chunk);
    }
    total.set(0, (float) sum);
  }

  /// What a sum of gradients is multiplied by so that their mean has at most a certain norm:
  /// `factor = share · min(1, norm / (share · √squares + 1e-6))`, as PyTorch's `clip_grad_norm_`.
  ///
  /// @param factor written, (1)
  /// @param squares not modified, (1): of the sum
  /// @param share one over the number of gradients that were summed
  /// @param norm largest norm; 0: any
  public static void clipFactor(FloatArray factor, FloatArray squares, float share, float norm) {
    for (@Parallel int one = 0; one < 1; one++) {
      double found = share * Math.sqrt(squares.get(one)) + 1e-6;
      factor.set(one, norm > 0 && found > norm ? (float) (share * (norm / found)) : share);
    }
  }

  /// `y = factor · y`.
  ///
  /// @param y updated
  /// @param factor not modified, (1)
  public static void scale(FloatArray y, FloatArray factor, int size) {
    for (@Parallel int i = 0; i < (size & Bounds.LITERAL); i++) {
      y.set(i, factor.get(0) * y.get(i));
    }
  }
}
