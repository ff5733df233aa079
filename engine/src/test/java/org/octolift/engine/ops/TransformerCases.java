package org.octolift.engine.ops;

import static org.octolift.engine.ops.Scenario.MANY;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.kernels.DenseProducts;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.Transformers;

/// Dense layers, layer normalisation, attention, tokens.
final class TransformerCases {
  private TransformerCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      cases.add(
          new OpCase(
              MatrixProduct.class, activation.name(), s -> product(s, activation, false, false)));
    }
    cases.add(
        new OpCase(
            MatrixProduct.class, "transposed", s -> product(s, Activation.NONE, true, false)));
    cases.add(
        new OpCase(MatrixProduct.class, "residual", s -> product(s, Activation.NONE, false, true)));
    cases.add(new OpCase(LayerNorm.class, "", TransformerCases::layerNorm));
    cases.add(new OpCase(Attention.class, "", TransformerCases::attention));
    cases.add(new OpCase(TransformerTokens.class, "", TransformerCases::tokens));
    cases.add(new OpCase(TransformerReadout.class, "", TransformerCases::readout));
    return cases;
  }

  /// Φ by Simpson's rule.
  private static double normal(double x) {
    int steps = 400;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double t = x * i / steps;
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-t * t / 2);
    }
    return 0.5 + sum * x / steps / 3 / Math.sqrt(2 * Math.PI);
  }

  private static void product(
      Scenario s, Activation activation, boolean transposed, boolean added) {
    // More than one block of depth for the widest.
    int in = 3 * s.channels + 1;
    int out = s.channels / 2 + 1;
    Value x = s.input("x", MANY, in);
    Value w = transposed ? s.input("w", Rows.fixed(out), in) : s.input("w", Rows.fixed(in), out);
    Value bias = activation == Activation.NONE ? null : s.input("bias", Rows.fixed(1), out);
    Value residual = added ? s.input("residual", MANY, out) : null;
    Value y = s.output("y", MANY, out);
    s.add(new MatrixProduct(y, x, w, bias, residual, activation, transposed));
    double[] values = new double[s.size(y)];
    for (int i = 0; i < values.length; i++) {
      double sum = bias == null ? 0 : s.doubles(bias)[i % out];
      sum += added ? s.doubles(residual)[i] : 0;
      for (int k = 0; k < in; k++) {
        double weight = s.doubles(w)[transposed ? i % out * in + k : k * out + i % out];
        sum += s.doubles(x)[i / out * in + k] * weight;
      }
      values[i] =
          switch (activation) {
            case NONE -> sum;
            case RELU -> Math.max(0, sum);
            case GELU -> Math.abs(sum) > 9 ? Math.max(0, sum) : sum * normal(sum);
          };
    }
    s.expect(y, values, 2 * in);
    s.kernel(
        () -> {
          int capacity = s.capacity(y);
          if (transposed) {
            DenseProducts.transposedProduct(
                s.floats(y), s.floats(x), s.floats(w), s.counts(y), 0, in, out, capacity);
          } else {
            DenseProducts.product(
                s.floats(y), s.floats(x), s.floats(w), s.counts(y), 0, in, out, capacity);
          }
          DenseProducts.finish(
              s.floats(y),
              s.floats(bias == null ? x : bias),
              s.counts(y),
              0,
              out,
              capacity,
              bias == null ? 0 : 1,
              activation.code());
          if (added) {
            Elementwise.addInPlace(s.floats(y), s.floats(residual), s.counts(y), 0, out, capacity);
          }
        });
  }

  private static void layerNorm(Scenario s) {
    int channels = s.channels;
    Value x = s.input("x", MANY, channels);
    Value gamma = s.input("gamma", Rows.fixed(1), channels);
    Value beta = s.input("beta", Rows.fixed(1), channels);
    Value y = s.output("y", MANY, channels);
    s.add(new LayerNorm(y, x, gamma, beta, 0.01f));
    double[] values = s.doubles(x).clone();
    for (int from = 0; from < values.length; from += channels) {
      double[] row = Arrays.copyOfRange(values, from, from + channels);
      double mean = Arrays.stream(row).average().orElseThrow();
      double variance =
          Arrays.stream(row).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int c = 0; c < channels; c++) {
        double normal = (row[c] - mean) / Math.sqrt(variance + 0.01f);
        values[from + c] = normal * s.doubles(gamma)[c] + s.doubles(beta)[c];
      }
    }
    s.expect(y, values, 20 + channels);
    s.kernel(
        () ->
            Transformers.layerNorm(
                s.floats(y),
                s.floats(x),
                s.floats(gamma),
                s.floats(beta),
                s.counts(y),
                0,
                channels,
                s.capacity(y),
                0.01f));
  }

  private static void attention(Scenario s) {
    int tokens = s.rows / 2 + 1;
    int channels = s.channels;
    int heads = channels % 2 == 0 ? 2 : 1;
    int size = channels / heads;
    Value qkv = s.input("qkv", Rows.fixed(2 * tokens), 3 * channels);
    Value y = s.output("y", Rows.fixed(2 * tokens), channels);
    s.add(new Attention(y, qkv, 2, heads));
    double[] in = s.doubles(qkv);
    double[] values = new double[s.size(y)];
    double[] scores = new double[tokens];
    for (int row = 0; row < 2 * tokens; row++) {
      for (int head = 0; head < heads; head++) {
        int first = row / tokens * tokens;
        double total = 0;
        for (int t = 0; t < tokens; t++) {
          double score = 0;
          for (int c = head * size; c < (head + 1) * size; c++) {
            score += in[row * 3 * channels + c] * in[((first + t) * 3 + 1) * channels + c];
          }
          scores[t] = Math.exp(score / Math.sqrt(size));
          total += scores[t];
        }
        for (int t = 0; t < tokens; t++) {
          for (int c = head * size; c < (head + 1) * size; c++) {
            values[row * channels + c] +=
                scores[t] / total * in[((first + t) * 3 + 2) * channels + c];
          }
        }
      }
    }
    s.expect(y, values, 100 + 2 * size);
    s.kernel(() -> Transformers.attention(s.floats(y), s.floats(qkv), 2, tokens, channels, heads));
  }

  private static void tokens(Scenario s) {
    Grid grid = ImageCases.grid(s);
    int channels = s.channels;
    int side = 3;
    Value patches = s.input("patches", grid.rows(), channels);
    Value token = s.input("token", Rows.fixed(1), channels);
    Value positions = s.input("positions", Rows.fixed(1 + side * side), channels);
    Value y = s.output("y", Rows.fixed(2 + grid.size()), channels);
    s.add(new TransformerTokens(y, patches, token, positions, grid));
    double[] values = new double[s.size(y)];
    double[] embeddings = s.doubles(positions);
    for (int i = 0; i < values.length; i++) {
      int c = i % channels;
      int row = i / channels % (1 + grid.pixels()) - 1;
      if (row < 0) {
        values[i] = s.doubles(token)[c] + embeddings[c];
        continue;
      }
      int image = i / channels / (1 + grid.pixels());
      int line = row / grid.width();
      double v = Math.max(0, (line + 0.5) * side / grid.height() - 0.5);
      double h = Math.max(0, (row % grid.width() + 0.5) * side / grid.width() - 0.5);
      values[i] = s.doubles(patches)[(image * grid.pixels() + row) * channels + c];
      for (int p = 0; p < side * side; p++) {
        int i0 = p / side;
        double a = Math.max(0, 1 - Math.abs(Math.min(v, side - 1) - i0));
        double b = Math.max(0, 1 - Math.abs(Math.min(h, side - 1) - p % side));
        values[i] += a * b * embeddings[(1 + p) * channels + c];
      }
    }
    s.expect(y, values, 60);
    s.kernel(
        () ->
            Transformers.tokens(
                s.floats(y),
                s.floats(patches),
                s.floats(token),
                s.floats(positions),
                2,
                grid.height(),
                grid.width(),
                side,
                channels));
  }

  private static void readout(Scenario s) {
    Grid grid = ImageCases.grid(s);
    int channels = s.channels;
    Value tokens = s.input("tokens", Rows.fixed(2 + grid.size()), channels);
    Value y = s.output("y", grid.rows(), 2 * channels);
    s.add(new TransformerReadout(y, tokens, grid));
    double[] values = new double[s.size(y)];
    for (int i = 0; i < values.length; i++) {
      int row = i / (2 * channels);
      int first = row / grid.pixels() * (1 + grid.pixels());
      int token = i % (2 * channels) < channels ? first + 1 + row % grid.pixels() : first;
      values[i] = s.doubles(tokens)[token * channels + i % channels];
    }
    s.expect(y, values, 0);
    s.kernel(() -> Transformers.readout(s.floats(y), s.floats(tokens), 2, grid.pixels(), channels));
  }
}
