package org.octolift.engine.ops;

import static org.octolift.engine.ops.Scenario.MANY;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.Reductions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Batch normalisation: every combination of residual and ReLU.
final class NormalisationCases {
  private static final float EPSILON = 1e-3f;
  private static final Rows ONE = Rows.fixed(1);

  private NormalisationCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    cases.add(new OpCase(BatchNormStatistics.class, "", s -> statistics(s, 0)));
    cases.add(new OpCase(BatchNormStatistics.class, "of a large mean", s -> statistics(s, 3000)));
    for (boolean relu : new boolean[] {false, true}) {
      String mask = relu ? "after ReLU" : "";
      cases.add(new OpCase(BatchNormGradientSums.class, mask, s -> gradientSums(s, relu)));
      for (boolean residual : new boolean[] {false, true}) {
        String variant = mask + (residual ? " with residual" : "");
        cases.add(new OpCase(BatchNormApply.class, variant, s -> apply(s, residual, relu)));
        cases.add(new OpCase(BatchNormGradient.class, variant, s -> gradient(s, residual, relu)));
        cases.add(
            new OpCase(
                BatchNormInferenceGradient.class,
                variant,
                s -> inferenceGradient(s, residual, relu)));
      }
    }
    return cases;
  }

  /// Mean (0) and biased variance (1) of each channel.
  private static double[][] moments(double[] x, int channels) {
    double[][] moments = new double[2][channels];
    int rows = x.length / channels;
    for (int i = 0; i < x.length; i++) {
      moments[0][i % channels] += x[i] / rows;
    }
    for (int i = 0; i < x.length; i++) {
      double difference = x[i] - moments[0][i % channels];
      moments[1][i % channels] += difference * difference / rows;
    }
    return moments;
  }

  private static void statistics(Scenario s, float centre) {
    float momentum = 0.01f;
    Value x = s.input("x", MANY, s.channels, i -> centre + s.random.nextGaussian());
    Value mean = s.output("mean", ONE, s.channels);
    Value variance = s.output("variance", ONE, s.channels);
    Value runningMean = s.variable("runningMean", 1, s.channels, -1);
    Value runningVariance = s.variable("runningVariance", 1, s.channels, 0);
    s.add(new BatchNormStatistics(mean, variance, runningMean, runningVariance, x, momentum));
    double[][] moments = moments(s.doubles(x), s.channels);
    s.expect(mean, moments[0], 4);
    s.expect(variance, moments[1], 50);
    double[] means = s.doubles(runningMean).clone();
    double[] variances = s.doubles(runningVariance).clone();
    for (int c = 0; c < s.channels; c++) {
      if (s.rows > 0) {
        means[c] += momentum * (moments[0][c] - means[c]);
      }
      if (s.rows > 1) {
        double unbiased = moments[1][c] * s.rows / (s.rows - 1);
        variances[c] += momentum * (unbiased - variances[c]);
      }
    }
    s.expect(runningMean, means, 4);
    s.expect(runningVariance, variances, 50);
    s.kernel(
        () -> {
          FloatArray partials = new FloatArray(Reductions.CHUNKS * 3 * s.channels);
          Normalisation.moments(partials, s.floats(x), s.counts(x), 0, s.channels);
          Normalisation.finishMoments(
              s.floats(mean),
              s.floats(variance),
              s.floats(runningMean),
              s.floats(runningVariance),
              partials,
              s.counts(x),
              0,
              s.channels,
              momentum);
        });
  }

  private static void apply(Scenario s, boolean residual, boolean relu) {
    Value x = s.input("x", MANY, s.channels);
    Value mean = s.input("mean", ONE, s.channels);
    Value variance = s.input("variance", ONE, s.channels, i -> 0.5 + s.random.nextDouble());
    Value gamma = s.input("gamma", ONE, s.channels);
    Value beta = s.input("beta", ONE, s.channels);
    Value added = residual ? s.input("residual", MANY, s.channels) : null;
    Value y = s.output("y", MANY, s.channels);
    s.add(new BatchNormApply(y, x, mean, variance, gamma, beta, added, relu, EPSILON));
    double[] values = s.doubles(x).clone();
    for (int i = 0; i < values.length; i++) {
      int c = i % s.channels;
      values[i] =
          (values[i] - s.doubles(mean)[c])
                  / Math.sqrt(s.doubles(variance)[c] + EPSILON)
                  * s.doubles(gamma)[c]
              + s.doubles(beta)[c];
      values[i] += residual ? s.doubles(added)[i] : 0;
      values[i] = relu ? Math.max(0, values[i]) : values[i];
    }
    s.expect(y, values, 20);
    s.kernel(
        () -> {
          FloatArray scale = new FloatArray(s.channels);
          Normalisation.scale(scale, s.floats(variance), s.floats(gamma), s.channels, EPSILON);
          Normalisation.normalise(
              s.floats(y),
              s.floats(x),
              s.floats(mean),
              scale,
              s.floats(beta),
              residual ? s.floats(added) : s.floats(x),
              s.counts(y),
              0,
              s.channels,
              s.capacity(y),
              residual ? 1 : 0,
              relu ? 1 : 0);
        });
  }

  /// `dz`: dy, or 0 where y ≤ 0.
  private static double[] masked(Scenario s, Value dy, Value y) {
    double[] dz = s.doubles(dy).clone();
    for (int i = 0; i < dz.length; i++) {
      dz[i] = y == null || s.doubles(y)[i] > 0 ? dz[i] : 0;
    }
    return dz;
  }

  /// `Σ dz · (gamma · x̂ + beta)` as a function of x, gamma, beta.
  private static double objective(double[] dz, double[] x, double[] gamma, double[] beta) {
    int channels = gamma.length;
    double[][] moments = moments(x, channels);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      int c = i % channels;
      double normal = (x[i] - moments[0][c]) / Math.sqrt(moments[1][c] + EPSILON);
      sum += dz[i] * (gamma[c] * normal + beta[c]);
    }
    return sum;
  }

  private static Value statistic(Scenario s, String name, double[] values) {
    return s.input(name, ONE, s.channels, i -> values[i]);
  }

  /// `dGamma` (0) and `dBeta` (1).
  private static double[][] sums(Scenario s, double[] dz, Value x, Value mean, Value variance) {
    double[][] sums = new double[2][s.channels];
    for (int i = 0; i < dz.length; i++) {
      int c = i % s.channels;
      double rstd = 1 / Math.sqrt(s.doubles(variance)[c] + EPSILON);
      sums[0][c] += dz[i] * (s.doubles(x)[i] - s.doubles(mean)[c]) * rstd;
      sums[1][c] += dz[i];
    }
    return sums;
  }

  private static void gradientSums(Scenario s, boolean relu) {
    Value x = s.input("x", MANY, s.channels);
    double[][] moments = moments(s.doubles(x), s.channels);
    Value mean = statistic(s, "mean", moments[0]);
    Value variance = statistic(s, "variance", moments[1]);
    Value y = relu ? s.input("y", MANY, s.channels) : null;
    Value dy = s.input("dy", MANY, s.channels);
    Value gamma = s.input("gamma", ONE, s.channels);
    Value beta = s.input("beta", ONE, s.channels);
    Value dGamma = s.output("dGamma", ONE, s.channels);
    Value dBeta = s.output("dBeta", ONE, s.channels);
    s.add(new BatchNormGradientSums(dGamma, dBeta, dy, y, x, mean, variance, EPSILON));
    double[] dz = masked(s, dy, y);
    double[][] sums = sums(s, dz, x, mean, variance);
    s.expect(dGamma, sums[0], 4 * s.rows + 100);
    s.expect(dBeta, sums[1], s.rows);
    if (s.rows > 1) {
      s.expectDerivative(dGamma, gamma, at -> objective(dz, s.doubles(x), at, s.doubles(beta)));
      s.expectDerivative(dBeta, beta, at -> objective(dz, s.doubles(x), s.doubles(gamma), at));
    }
    s.kernel(
        () -> {
          FloatArray partials = new FloatArray(Reductions.CHUNKS * 2 * s.channels);
          Normalisation.gradientSums(
              partials,
              s.floats(dy),
              s.floats(relu ? y : x),
              s.floats(x),
              s.floats(mean),
              s.counts(x),
              0,
              s.channels,
              relu ? 1 : 0);
          Normalisation.finishGradientSums(
              s.floats(dGamma),
              s.floats(dBeta),
              partials,
              s.floats(variance),
              s.counts(x),
              0,
              s.channels,
              EPSILON);
        });
  }

  private static void gradient(Scenario s, boolean residual, boolean relu) {
    Value x = s.input("x", MANY, s.channels);
    double[][] moments = moments(s.doubles(x), s.channels);
    Value mean = statistic(s, "mean", moments[0]);
    Value variance = statistic(s, "variance", moments[1]);
    Value gamma = s.input("gamma", ONE, s.channels, i -> 0.5 + s.random.nextDouble());
    Value y = relu ? s.input("y", MANY, s.channels) : null;
    Value dy = s.input("dy", MANY, s.channels);
    double[] dz = masked(s, dy, y);
    double[][] sums = sums(s, dz, x, mean, variance);
    Value dGamma = statistic(s, "dGamma", sums[0]);
    Value dBeta = statistic(s, "dBeta", sums[1]);
    Value dx = s.output("dx", MANY, s.channels);
    Value dResidual = residual ? s.output("dResidual", MANY, s.channels) : null;
    s.add(
        new BatchNormGradient(
            dx, dResidual, dy, y, x, mean, variance, gamma, dGamma, dBeta, EPSILON));
    double[] values = new double[dz.length];
    for (int i = 0; i < values.length; i++) {
      int c = i % s.channels;
      double rstd = 1 / Math.sqrt(s.doubles(variance)[c] + EPSILON);
      double normal = (s.doubles(x)[i] - s.doubles(mean)[c]) * rstd;
      double centred = dz[i] - sums[1][c] / s.rows - normal * sums[0][c] / s.rows;
      values[i] = s.doubles(gamma)[c] * rstd * centred;
    }
    s.expect(dx, values, s.rows < 2 ? 1000 : 200);
    if (residual) {
      s.expect(dResidual, dz, 0);
    }
    if (s.rows > 1) {
      s.expectDerivative(dx, x, at -> objective(dz, at, s.doubles(gamma), new double[s.channels]));
    }
    s.kernel(
        () -> {
          FloatArray coefficients = new FloatArray(3 * s.channels);
          Normalisation.gradientCoefficients(
              coefficients,
              s.floats(variance),
              s.floats(gamma),
              s.floats(dGamma),
              s.floats(dBeta),
              s.counts(x),
              0,
              s.channels,
              EPSILON);
          Normalisation.gradient(
              s.floats(dx),
              residual ? s.floats(dResidual) : s.floats(dx),
              s.floats(dy),
              s.floats(relu ? y : x),
              s.floats(x),
              s.floats(mean),
              coefficients,
              s.counts(x),
              0,
              s.channels,
              s.capacity(dx),
              relu ? 1 : 0,
              residual ? 1 : 0,
              0);
        });
  }

  private static void inferenceGradient(Scenario s, boolean residual, boolean relu) {
    Value variance = s.input("variance", ONE, s.channels, i -> 0.5 + s.random.nextDouble());
    Value gamma = s.input("gamma", ONE, s.channels);
    Value y = relu ? s.input("y", MANY, s.channels) : null;
    Value dy = s.input("dy", MANY, s.channels);
    Value dx = s.output("dx", MANY, s.channels);
    Value dResidual = residual ? s.output("dResidual", MANY, s.channels) : null;
    s.add(new BatchNormInferenceGradient(dx, dResidual, dy, y, variance, gamma, EPSILON));
    double[] dz = masked(s, dy, y);
    double[] values = dz.clone();
    for (int i = 0; i < values.length; i++) {
      int c = i % s.channels;
      values[i] *= s.doubles(gamma)[c] / Math.sqrt(s.doubles(variance)[c] + EPSILON);
    }
    s.expect(dx, values, 4);
    if (residual) {
      s.expect(dResidual, dz, 0);
    }
    s.kernel(
        () -> {
          FloatArray scale = new FloatArray(s.channels);
          Normalisation.scale(scale, s.floats(variance), s.floats(gamma), s.channels, EPSILON);
          Normalisation.inferenceGradient(
              s.floats(dx),
              residual ? s.floats(dResidual) : s.floats(dx),
              s.floats(dy),
              s.floats(relu ? y : dy),
              scale,
              s.counts(dy),
              0,
              s.channels,
              s.capacity(dx),
              relu ? 1 : 0,
              residual ? 1 : 0);
        });
  }
}
