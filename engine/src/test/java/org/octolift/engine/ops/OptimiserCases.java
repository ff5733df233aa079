package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.kernels.Optimisers;

/// Optimiser steps from an arbitrary state.
final class OptimiserCases {
  private static final Rows ONE = Rows.fixed(1);

  private OptimiserCases() {}

  static List<OpCase> all() {
    return List.of(
        new OpCase(Sgd.class, "", OptimiserCases::sgd),
        new OpCase(Adam.class, "at step 1", s -> adam(s, 1)),
        new OpCase(Adam.class, "at step 1000", s -> adam(s, 1000)),
        new OpCase(Ema.class, "", OptimiserCases::ema));
  }

  private static void sgd(Scenario s) {
    Value parameter = s.variable("parameter", s.rows, s.channels, -1);
    Value velocity = s.variable("velocity", s.rows, s.channels, -1);
    Value gradient = s.input("gradient", Rows.fixed(s.rows), s.channels);
    double[] hyper = {0.05, 0.9, 1e-4};
    Value values = s.input("hyper", ONE, 3, i -> hyper[i]);
    s.add(new Sgd(parameter, velocity, gradient, values));
    double[] p = s.doubles(parameter).clone();
    double[] v = s.doubles(velocity).clone();
    for (int i = 0; i < p.length; i++) {
      v[i] = hyper[1] * v[i] + s.doubles(gradient)[i] + hyper[2] * p[i];
      p[i] -= hyper[0] * v[i];
    }
    s.expect(parameter, p, 2);
    s.expect(velocity, v, 2);
    s.kernel(
        () ->
            Optimisers.sgd(
                s.floats(parameter),
                s.floats(velocity),
                s.floats(gradient),
                s.floats(values),
                p.length));
  }

  private static void adam(Scenario s, int step) {
    Value parameter = s.variable("parameter", s.rows, s.channels, -1);
    Value m = s.variable("m", s.rows, s.channels, -1);
    Value v = s.variable("v", s.rows, s.channels, 0.1f);
    Value gradient = s.input("gradient", Rows.fixed(s.rows), s.channels);
    double[] hyper = {0.001, 0.9, 0.999, 1e-8, 1e-2, step};
    Value values = s.input("hyper", ONE, 6, i -> hyper[i]);
    s.add(new Adam(parameter, m, v, gradient, values));
    double[] p = s.doubles(parameter).clone();
    double[] means = s.doubles(m).clone();
    double[] squares = s.doubles(v).clone();
    for (int i = 0; i < p.length; i++) {
      double g = s.doubles(gradient)[i] + hyper[4] * p[i];
      means[i] = hyper[1] * means[i] + (1 - hyper[1]) * g;
      squares[i] = hyper[2] * squares[i] + (1 - hyper[2]) * g * g;
      double mean = means[i] / (1 - Math.pow(hyper[1], step));
      double square = squares[i] / (1 - Math.pow(hyper[2], step));
      p[i] -= hyper[0] * mean / (Math.sqrt(square) + hyper[3]);
    }
    s.expect(parameter, p, 2);
    s.expect(m, means, 2);
    s.expect(v, squares, 2);
    s.kernel(
        () ->
            Optimisers.adam(
                s.floats(parameter),
                s.floats(m),
                s.floats(v),
                s.floats(gradient),
                s.floats(values),
                p.length));
  }

  private static void ema(Scenario s) {
    Value target = s.variable("target", s.rows, s.channels, -1);
    Value source = s.variable("source", s.rows, s.channels, -1);
    Value alpha = s.input("alpha", ONE, 1, i -> 0.99);
    s.add(new Ema(target, source, alpha));
    double[] average = s.doubles(target).clone();
    for (int i = 0; i < average.length; i++) {
      average[i] = 0.99 * average[i] + 0.01 * s.doubles(source)[i];
    }
    s.expect(target, average, 2);
    s.kernel(
        () -> Optimisers.ema(s.floats(target), s.floats(source), s.floats(alpha), average.length));
  }
}
