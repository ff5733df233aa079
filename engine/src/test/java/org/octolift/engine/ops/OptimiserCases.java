package org.octolift.engine.ops;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.kernels.Optimisers;
import org.octolift.kernels.Reductions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Optimiser steps from an arbitrary state.
final class OptimiserCases {
  private static final Rows ONE = Rows.fixed(1);

  private OptimiserCases() {}

  static List<OpCase> all() {
    return List.of(
        new OpCase(Sgd.class, "", s -> sgd(s, 1)),
        new OpCase(Sgd.class, "of five", s -> sgd(s, 5)),
        new OpCase(Adam.class, "at step 1", s -> adam(s, 1)),
        new OpCase(Adam.class, "at step 1000", s -> adam(s, 1000)),
        new OpCase(Ema.class, "", OptimiserCases::ema),
        new OpCase(AddSquares.class, "", OptimiserCases::addSquares),
        new OpCase(
            ClipFactor.class, "above the norm", s -> clipFactor(s, 9, 0.5f, 0.25f, 1 / 12.0)),
        new OpCase(ClipFactor.class, "below the norm", s -> clipFactor(s, 9, 0.5f, 2, 0.5)),
        new OpCase(ClipFactor.class, "without a norm", s -> clipFactor(s, 9, 0.25f, 0, 0.25)),
        new OpCase(Scale.class, "", OptimiserCases::scale));
  }

  private static void sgd(Scenario s, int count) {
    List<Value> parameters = new ArrayList<>();
    List<Value> velocities = new ArrayList<>();
    List<Value> gradients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int rows = 1 + s.rows * (i + 2) % 7 + s.rows / (i + 1);
      parameters.add(s.variable("parameter" + i, rows, s.channels + i, -1));
      velocities.add(s.variable("velocity" + i, rows, s.channels + i, -1));
      gradients.add(s.input("gradient" + i, Rows.fixed(rows), s.channels + i));
    }
    double[] hyper = {0.05, 0.9, 1e-4};
    Value values = s.input("hyper", ONE, 3, i -> hyper[i]);
    s.add(new Sgd(parameters, velocities, gradients, values));
    for (int i = 0; i < count; i++) {
      double[] p = s.doubles(parameters.get(i)).clone();
      double[] v = s.doubles(velocities.get(i)).clone();
      for (int j = 0; j < p.length; j++) {
        v[j] = hyper[1] * v[j] + s.doubles(gradients.get(i))[j] + hyper[2] * p[j];
        p[j] -= hyper[0] * v[j];
      }
      s.expect(parameters.get(i), p, 2);
      s.expect(velocities.get(i), v, 2);
    }
    s.kernel(() -> loops(s, parameters, velocities, gradients, values));
  }

  private static void loops(
      Scenario s,
      List<Value> parameters,
      List<Value> velocities,
      List<Value> gradients,
      Value hyper) {
    for (int i = 0; i < parameters.size(); i++) {
      Optimisers.sgd(
          s.floats(parameters.get(i)),
          s.floats(velocities.get(i)),
          s.floats(gradients.get(i)),
          s.floats(hyper),
          IntArray.fromElements(s.size(parameters.get(i))));
    }
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

  private static void addSquares(Scenario s) {
    Value total = s.variable("total", 1, 1, -1);
    Value x = s.input("x", Rows.fixed(s.rows), s.channels);
    s.add(new AddSquares(total, x));
    double sum = s.doubles(total)[0];
    for (double value : s.doubles(x)) {
      sum += value * value;
    }
    s.expect(total, new double[] {sum}, Math.max(1, s.rows * s.channels));
    FloatArray partials = new FloatArray(Reductions.CHUNKS);
    s.kernel(
        () -> {
          Optimisers.squareSums(partials, s.floats(x), s.counts(x), 0, s.channels);
          Optimisers.addSquareSums(s.floats(total), partials, s.counts(x), 0);
        });
  }

  private static void clipFactor(
      Scenario s, double squares, float share, float norm, double expected) {
    Value factor = s.variable("factor", 1, 1, -1);
    Value found = s.input("squares", ONE, 1, i -> squares);
    s.add(new ClipFactor(factor, found, share, norm));
    s.expect(factor, new double[] {expected}, 10);
    s.kernel(() -> Optimisers.clipFactor(s.floats(factor), s.floats(found), share, norm));
  }

  private static void scale(Scenario s) {
    Value y = s.variable("y", s.rows, s.channels, -1);
    Value factor = s.input("factor", ONE, 1, i -> 0.3);
    s.add(new Scale(y, factor));
    double[] scaled = s.doubles(y).clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= 0.3;
    }
    s.expect(y, scaled, 1);
    s.kernel(() -> Optimisers.scale(s.floats(y), s.floats(factor), scaled.length));
  }
}
