package org.octolift.engine.ops;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.kernels.Resampling;

/// Interpolation of images.
final class ResizeCases {
  private ResizeCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Resampler resampler :
        List.of(Resampler.bilinear(false), Resampler.bilinear(true), Resampler.bicubic())) {
      String name = resampler.toString();
      cases.add(new OpCase(ImageResize.class, name, s -> resize(s, resampler)));
      cases.add(new OpCase(ResizedArgMax.class, name, s -> resizedArgMax(s, resampler)));
      cases.add(new OpCase(ImageResizeGradient.class, name, s -> resizeGradient(s, resampler)));
    }
    return cases;
  }

  /// The whole matrix of an axis, (out, in), from the definition of the interpolation's kernel.
  private static double[][] axis(int in, int out, Resampler resampler) {
    double[][] matrix = new double[out][in];
    for (int o = 0; o < out; o++) {
      double at;
      if (resampler.alignCorners()) {
        at = out == 1 ? 0 : o * (in - 1.0) / (out - 1.0);
      } else {
        at = (o + 0.5) * in / out - 0.5;
        at = resampler.taps() == 2 ? Math.max(at, 0) : at;
      }
      for (int i = (int) Math.floor(at) - 2; i <= at + 3; i++) {
        double d = Math.abs(at - i);
        double cubic =
            d <= 1
                ? 1.25 * d * d * d - 2.25 * d * d + 1
                : d < 2 ? -0.75 * (d * d * d - 5 * d * d + 8 * d - 4) : 0;
        double weight = resampler.taps() == 2 ? Math.max(0, 1 - d) : cubic;
        matrix[o][Math.clamp(i, 0, in - 1)] += weight;
      }
    }
    return matrix;
  }

  /// A size that is neither a multiple nor a fraction of the other.
  private static Grid other(Grid grid) {
    return grid.resized(2 * grid.height() - 1, grid.width() / 2 + 1);
  }

  private interface Share {
    void at(int output, int input, double weight);
  }

  private static void forEach(Grid in, Grid out, Resampler resampler, Share body) {
    double[][] vertical = axis(in.height(), out.height(), resampler);
    double[][] horizontal = axis(in.width(), out.width(), resampler);
    for (int row = 0; row < out.size(); row++) {
      int image = row / out.pixels();
      for (int i = 0; i < in.height(); i++) {
        for (int j = 0; j < in.width(); j++) {
          double weight =
              vertical[row / out.width() % out.height()][i] * horizontal[row % out.width()][j];
          if (weight != 0) {
            body.at(row, (image * in.height() + i) * in.width() + j, weight);
          }
        }
      }
    }
  }

  private static void resize(Scenario s, Resampler resampler) {
    Grid in = ImageCases.grid(s);
    Grid out = other(in);
    int channels = s.channels;
    Value x = s.input("x", in.rows(), channels);
    Value y = s.output("y", out.rows(), channels);
    s.add(new ImageResize(y, x, in, out, resampler));
    double[] values = new double[s.size(y)];
    forEach(
        in,
        out,
        resampler,
        (output, input, weight) -> {
          for (int c = 0; c < channels; c++) {
            values[output * channels + c] += weight * s.doubles(x)[input * channels + c];
          }
        });
    s.expect(y, values, 200);
    s.kernel(
        () ->
            Resampling.resize(
                s.floats(y),
                s.floats(x),
                2,
                in.height(),
                in.width(),
                out.height(),
                out.width(),
                channels,
                resampler.taps(),
                resampler.alignCorners() ? 1 : 0));
  }

  private static void resizedArgMax(Scenario s, Resampler resampler) {
    Grid in = ImageCases.grid(s);
    Grid out = other(in);
    int channels = s.channels;
    Value x = s.input("x", in.rows(), channels);
    Value y = s.outputInts("y", out.rows(), 1);
    s.add(new ResizedArgMax(y, x, in, out, resampler));
    double[] values = new double[out.size() * channels];
    forEach(
        in,
        out,
        resampler,
        (output, input, weight) -> {
          for (int c = 0; c < channels; c++) {
            values[output * channels + c] += weight * s.doubles(x)[input * channels + c];
          }
        });
    int[] best = new int[out.size()];
    for (int i = 0; i < values.length; i++) {
      int row = i / channels;
      best[row] = values[i] > values[row * channels + best[row]] ? i % channels : best[row];
    }
    s.expectInts(y, best);
    s.kernel(
        () ->
            Resampling.argMax(
                s.ints(y),
                s.floats(x),
                2,
                in.height(),
                in.width(),
                out.height(),
                out.width(),
                channels,
                resampler.taps(),
                resampler.alignCorners() ? 1 : 0));
  }

  private static void resizeGradient(Scenario s, Resampler resampler) {
    Grid in = ImageCases.grid(s);
    Grid out = other(in);
    int channels = s.channels;
    Value dy = s.input("dy", out.rows(), channels);
    Value dx = s.output("dx", in.rows(), channels);
    s.add(new ImageResizeGradient(dx, dy, in, out, resampler));
    double[] values = new double[s.size(dx)];
    forEach(
        in,
        out,
        resampler,
        (output, input, weight) -> {
          for (int c = 0; c < channels; c++) {
            values[input * channels + c] += weight * s.doubles(dy)[output * channels + c];
          }
        });
    s.expect(dx, values, 200);
    s.kernel(
        () ->
            Resampling.resizeGradient(
                s.floats(dx),
                s.floats(dy),
                2,
                in.height(),
                in.width(),
                out.height(),
                out.width(),
                channels,
                resampler.taps(),
                resampler.alignCorners() ? 1 : 0));
  }
}
