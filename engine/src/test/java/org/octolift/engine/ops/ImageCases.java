package org.octolift.engine.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.kernels.DenseProducts;
import org.octolift.kernels.GroupNormalisation;
import org.octolift.kernels.ImageConvolutions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Convolution, pooling and normalisation of images.
final class ImageCases {
  private ImageCases() {}

  private static final List<String> WINDOWS = List.of("1×1", "3×3", "3×3 same, stride 2", "7×7");

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (String window : WINDOWS) {
      cases.add(new OpCase(ImageConvolution.class, window, s -> convolution(s, window)));
      cases.add(
          new OpCase(ImageConvolutionInputGradient.class, window, s -> inputGradient(s, window)));
      cases.add(
          new OpCase(ImageConvolutionWeightGradient.class, window, s -> weightGradient(s, window)));
      cases.add(new OpCase(ImageMaxPool.class, window, s -> maxPool(s, window)));
    }
    cases.add(new OpCase(DepthToSpace.class, "2", s -> depthToSpace(s, 2)));
    cases.add(new OpCase(DepthToSpace.class, "4", s -> depthToSpace(s, 4)));
    cases.add(new OpCase(GroupNorm.class, "", s -> groupNorm(s, false)));
    cases.add(new OpCase(GroupNorm.class, "residual relu", s -> groupNorm(s, true)));
    cases.add(new OpCase(StandardiseWeights.class, "", ImageCases::standardise));
    return cases;
  }

  /// Two images of about half as many pixels as the scenario has rows in all.
  static Grid grid(Scenario s) {
    return new Grid(2, 1 + s.rows % 7, 1 + s.rows / 30);
  }

  private static Window window(Scenario s, String name) {
    Grid in = grid(s);
    return switch (name) {
      case "1×1" -> Window.padded(1, 1, 0, in);
      case "3×3" -> Window.padded(3, 1, 1, in);
      case "7×7" -> Window.same(7, 2, in);
      default -> Window.same(3, 2, in);
    };
  }

  private static int out(Scenario s) {
    return s.channels / 3 + 2;
  }

  /// Calls back for each output pixel, window pixel and input pixel inside the image.
  private interface Triple {
    void at(int output, int k, int input);
  }

  private static void forEach(Window w, Triple body) {
    for (int image = 0; image < w.in().images(); image++) {
      for (int i = 0; i < w.out().height(); i++) {
        for (int j = 0; j < w.out().width(); j++) {
          for (int k = 0; k < w.size() * w.size(); k++) {
            int y = i * w.stride() - w.top() + k / w.size();
            int x = j * w.stride() - w.left() + k % w.size();
            if (y >= 0 && y < w.in().height() && x >= 0 && x < w.in().width()) {
              body.at(
                  (image * w.out().height() + i) * w.out().width() + j,
                  k,
                  (image * w.in().height() + y) * w.in().width() + x);
            }
          }
        }
      }
    }
  }

  private static void convolution(Scenario s, String name) {
    Window w = window(s, name);
    int in = s.channels;
    int out = out(s);
    Value x = s.input("x", w.in().rows(), in);
    Value weights = s.input("weights", Rows.fixed(w.area() * in), out);
    Value bias = s.input("bias", Rows.fixed(1), out);
    Value y = s.output("y", w.out().rows(), out);
    boolean plain = w.size() == 1;
    s.add(
        new ImageConvolution(
            y, x, weights, plain ? null : bias, w, plain ? Activation.NONE : Activation.RELU));
    double[] values = new double[s.size(y)];
    forEach(
        w,
        (output, k, input) -> {
          for (int c = 0; c < in; c++) {
            double value = s.doubles(x)[input * in + c];
            for (int o = 0; o < out; o++) {
              values[output * out + o] += value * s.doubles(weights)[(k * in + c) * out + o];
            }
          }
        });
    if (!plain) {
      Arrays.setAll(values, i -> Math.max(0, values[i] + s.doubles(bias)[i % out]));
    }
    s.expect(y, values, 2.0 * w.area() * in);
    s.kernel(
        () -> {
          ImageConvolutions.convolution(
              s.floats(y),
              s.floats(x),
              s.floats(weights),
              2,
              w.in().height(),
              w.in().width(),
              in,
              w.out().height(),
              w.out().width(),
              out,
              w.size(),
              w.stride(),
              w.top(),
              w.left());
          if (!plain) {
            int rows = w.out().size();
            DenseProducts.finish(
                s.floats(y), s.floats(bias), s.counts(y), 0, out, rows, 1, DenseProducts.RELU);
          }
        });
  }

  private static void inputGradient(Scenario s, String name) {
    Window w = window(s, name);
    int in = s.channels;
    int out = out(s);
    Value dy = s.input("dy", w.out().rows(), out);
    Value weights = s.input("weights", Rows.fixed(w.area() * in), out);
    Value dx = s.output("dx", w.in().rows(), in);
    s.add(new ImageConvolutionInputGradient(dx, dy, weights, w));
    double[] values = new double[s.size(dx)];
    forEach(
        w,
        (output, k, input) -> {
          for (int c = 0; c < in; c++) {
            for (int o = 0; o < out; o++) {
              values[input * in + c] +=
                  s.doubles(dy)[output * out + o] * s.doubles(weights)[(k * in + c) * out + o];
            }
          }
        });
    s.expect(dx, values, 2.0 * w.area() * out);
    s.kernel(
        () ->
            ImageConvolutions.inputGradient(
                s.floats(dx),
                s.floats(dy),
                s.floats(weights),
                2,
                w.in().height(),
                w.in().width(),
                in,
                w.out().height(),
                w.out().width(),
                out,
                w.size(),
                w.stride(),
                w.top(),
                w.left()));
  }

  private static void weightGradient(Scenario s, String name) {
    Window w = window(s, name);
    int in = s.channels;
    int out = out(s);
    Value x = s.input("x", w.in().rows(), in);
    Value dy = s.input("dy", w.out().rows(), out);
    Value dw = s.output("dw", Rows.fixed(w.area() * in), out);
    s.add(new ImageConvolutionWeightGradient(dw, x, dy, w));
    double[] values = new double[s.size(dw)];
    forEach(
        w,
        (output, k, input) -> {
          for (int c = 0; c < in; c++) {
            for (int o = 0; o < out; o++) {
              values[(k * in + c) * out + o] +=
                  s.doubles(x)[input * in + c] * s.doubles(dy)[output * out + o];
            }
          }
        });
    s.expect(dw, values, 2.0 * w.out().size());
    s.kernel(
        () ->
            ImageConvolutions.weightGradient(
                s.floats(dw),
                s.floats(x),
                s.floats(dy),
                2,
                w.in().height(),
                w.in().width(),
                in,
                w.out().height(),
                w.out().width(),
                out,
                w.size(),
                w.stride(),
                w.top(),
                w.left()));
  }

  private static void maxPool(Scenario s, String name) {
    Window w = window(s, name);
    int channels = s.channels;
    Value x = s.input("x", w.in().rows(), channels);
    Value y = s.output("y", w.out().rows(), channels);
    s.add(new ImageMaxPool(y, x, w));
    double[] values = new double[s.size(y)];
    Arrays.fill(values, Double.NEGATIVE_INFINITY);
    forEach(
        w,
        (output, k, input) -> {
          for (int c = 0; c < channels; c++) {
            int at = output * channels + c;
            values[at] = Math.max(values[at], s.doubles(x)[input * channels + c]);
          }
        });
    s.expect(y, values, 0);
    s.kernel(
        () ->
            ImageConvolutions.maxPool(
                s.floats(y),
                s.floats(x),
                2,
                w.in().height(),
                w.in().width(),
                w.out().height(),
                w.out().width(),
                channels,
                w.size(),
                w.stride(),
                w.top(),
                w.left()));
  }

  private static void depthToSpace(Scenario s, int factor) {
    Grid grid = grid(s);
    Grid large = DepthToSpace.enlarged(grid, factor);
    int channels = s.channels;
    Value x = s.input("x", grid.rows(), factor * factor * channels);
    Value bias = s.input("bias", Rows.fixed(1), channels);
    Value y = s.output("y", large.rows(), channels);
    s.add(new DepthToSpace(y, x, bias, grid, factor));
    double[] values = new double[s.size(y)];
    double[] from = s.doubles(x);
    for (int i = 0; i < from.length; i++) {
      int pixel = i / (factor * factor * channels);
      int offset = i / channels % (factor * factor);
      int line = pixel / grid.width() * factor + offset / factor;
      int column = pixel % grid.width() * factor + offset % factor;
      int c = i % channels;
      values[(line * large.width() + column) * channels + c] = from[i] + s.doubles(bias)[c];
    }
    s.expect(y, values, 1);
    s.kernel(
        () ->
            ImageConvolutions.depthToSpace(
                s.floats(y),
                s.floats(x),
                s.floats(bias),
                2,
                grid.height(),
                grid.width(),
                factor,
                channels));
  }

  private static void groupNorm(Scenario s, boolean block) {
    Grid grid = grid(s);
    int channels = s.channels;
    int groups = channels % 8 == 0 ? 8 : 1;
    int size = channels / groups;
    Value x = s.input("x", grid.rows(), channels);
    Value gamma = s.input("gamma", Rows.fixed(1), channels);
    Value beta = s.input("beta", Rows.fixed(1), channels);
    Value residual = block ? s.input("residual", grid.rows(), channels) : null;
    Value y = s.output("y", grid.rows(), channels);
    s.add(new GroupNorm(y, x, gamma, beta, residual, block, grid, groups, 0.1f));
    double[] in = s.doubles(x);
    double[] values = new double[in.length];
    int count = grid.pixels() * size;
    for (int index = 0; index < 2 * groups; index++) {
      int from = index / groups * grid.pixels() * channels + index % groups * size;
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < count; i++) {
        mean += in[from + i / size * channels + i % size] / count;
      }
      for (int i = 0; i < count; i++) {
        squares += Math.pow(in[from + i / size * channels + i % size] - mean, 2) / count;
      }
      for (int i = 0; i < count; i++) {
        int at = from + i / size * channels + i % size;
        double normal = (in[at] - mean) / Math.sqrt(squares + 0.1f);
        double value = normal * s.doubles(gamma)[at % channels] + s.doubles(beta)[at % channels];
        values[at] = block ? Math.max(0, value + s.doubles(residual)[at]) : value;
      }
    }
    s.expect(y, values, 40 + 0.1 * count);
    s.kernel(
        () -> {
          int parts = 1 + s.rows % 3;
          FloatArray sums = new FloatArray(2 * 2 * parts * channels);
          FloatArray statistics = new FloatArray(4 * groups);
          GroupNormalisation.partialSums(
              sums, s.floats(x), 2, grid.pixels(), channels, groups, parts);
          GroupNormalisation.statistics(
              statistics, sums, s.floats(x), 2, grid.pixels(), channels, groups, parts);
          GroupNormalisation.apply(
              s.floats(y),
              s.floats(x),
              statistics,
              s.floats(gamma),
              s.floats(beta),
              s.floats(block ? residual : x),
              2,
              grid.pixels(),
              channels,
              groups,
              0.1f,
              block ? 1 : 0,
              block ? 1 : 0);
        });
  }

  private static void standardise(Scenario s) {
    int rows = s.rows + 1;
    int channels = s.channels;
    Value w = s.input("w", Rows.fixed(rows), channels);
    Value y = s.output("y", Rows.fixed(rows), channels);
    s.add(new StandardiseWeights(y, w, 0.01f));
    double[] values = s.doubles(w).clone();
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      double squares = 0;
      for (int row = 0; row < rows; row++) {
        mean += values[row * channels + c] / rows;
      }
      for (int row = 0; row < rows; row++) {
        squares += Math.pow(values[row * channels + c] - mean, 2) / rows;
      }
      for (int row = 0; row < rows; row++) {
        int at = row * channels + c;
        values[at] = (values[at] - mean) / (Math.sqrt(squares) + 0.01f);
      }
    }
    s.expect(y, values, 20 + rows);
    s.kernel(() -> GroupNormalisation.standardise(s.floats(y), s.floats(w), rows, channels, 0.01f));
  }
}
