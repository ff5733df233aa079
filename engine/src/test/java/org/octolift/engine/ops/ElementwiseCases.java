package org.octolift.engine.ops;

import static org.octolift.engine.ops.Scenario.MANY;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.Reductions;
import org.octolift.kernels.RowCopies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// ReLU, sums, constants, channels side by side.
final class ElementwiseCases {
  private ElementwiseCases() {}

  static List<OpCase> all() {
    return List.of(
        new OpCase(Relu.class, "", ElementwiseCases::relu),
        new OpCase(ReluGradient.class, "", ElementwiseCases::reluGradient),
        new OpCase(Reciprocal.class, "", ElementwiseCases::reciprocal),
        new OpCase(Add.class, "", ElementwiseCases::add),
        new OpCase(AddInPlace.class, "", ElementwiseCases::addInPlace),
        new OpCase(Fill.class, "", ElementwiseCases::fill),
        new OpCase(Concat.class, "", ElementwiseCases::concat),
        new OpCase(SliceChannels.class, "", ElementwiseCases::sliceChannels),
        new OpCase(ColumnSum.class, "", ElementwiseCases::columnSum));
  }

  private static void relu(Scenario s) {
    Value x = s.input("x", MANY, s.channels);
    Value y = s.output("y", MANY, s.channels);
    s.add(new Relu(y, x));
    s.expect(y, Arrays.stream(s.doubles(x)).map(v -> Math.max(v, 0)).toArray(), 0);
    s.kernel(
        () ->
            Elementwise.relu(s.floats(y), s.floats(x), s.counts(y), 0, s.channels, s.capacity(y)));
  }

  private static void reluGradient(Scenario s) {
    Value x = s.input("x", MANY, s.channels);
    Value y = s.input("y", MANY, s.channels, i -> Math.max(0, s.doubles(x)[i]));
    Value dy = s.input("dy", MANY, s.channels);
    Value dx = s.output("dx", MANY, s.channels);
    s.add(new ReluGradient(dx, dy, y));
    double[] g = s.doubles(dy);
    double[] gradient = g.clone();
    double[] output = s.doubles(y);
    for (int i = 0; i < g.length; i++) {
      gradient[i] = output[i] > 0 ? g[i] : 0;
    }
    s.expect(dx, gradient, 0);
    s.expectDerivative(
        dx,
        x,
        at -> {
          double sum = 0;
          for (int i = 0; i < at.length; i++) {
            sum += g[i] * Math.max(at[i], 0);
          }
          return sum;
        });
    s.kernel(
        () ->
            Elementwise.reluGradient(
                s.floats(dx),
                s.floats(dy),
                s.floats(y),
                s.counts(y),
                0,
                s.channels,
                s.capacity(dx)));
  }

  private static void reciprocal(Scenario s) {
    Value x = s.input("x", MANY, s.channels);
    Value y = s.output("y", MANY, s.channels);
    s.add(new Reciprocal(y, x, 3, 0.5f, 0.25f));
    double[] values =
        Arrays.stream(s.doubles(x)).map(v -> 1 / Math.max(3 * v + 0.5, 0.25)).toArray();
    s.expect(y, values, 100);
    s.kernel(
        () ->
            Elementwise.reciprocal(
                s.floats(y),
                s.floats(x),
                s.counts(y),
                0,
                s.channels,
                s.capacity(y),
                3,
                0.5f,
                0.25f));
  }

  private static void add(Scenario s) {
    Value a = s.input("a", MANY, s.channels);
    Value b = s.input("b", MANY, s.channels);
    Value y = s.output("y", MANY, s.channels);
    s.add(new Add(y, a, b));
    s.expect(y, sum(s.doubles(a), s.doubles(b)), 1);
    s.kernel(
        () ->
            Elementwise.add(
                s.floats(y), s.floats(a), s.floats(b), s.counts(y), 0, s.channels, s.capacity(y)));
  }

  private static void addInPlace(Scenario s) {
    Value start = s.input("start", MANY, s.channels);
    Value zero = s.input("zero", MANY, s.channels, i -> 0);
    Value x = s.input("x", MANY, s.channels);
    Value y = s.output("y", MANY, s.channels);
    s.add(new Add(y, start, zero));
    s.add(new AddInPlace(y, x));
    s.expect(y, sum(s.doubles(start), s.doubles(x)), 1);
    s.kernel(
        () ->
            Elementwise.add(
                s.floats(y),
                s.floats(start),
                s.floats(zero),
                s.counts(y),
                0,
                s.channels,
                s.capacity(y)));
    s.kernel(
        () ->
            Elementwise.addInPlace(
                s.floats(y), s.floats(x), s.counts(y), 0, s.channels, s.capacity(y)));
  }

  private static void fill(Scenario s) {
    Value y = s.output("y", MANY, s.channels);
    s.add(new Fill(y, 0.75f));
    double[] values = new double[s.size(y)];
    Arrays.fill(values, 0.75);
    s.expect(y, values, 0);
    s.kernel(() -> Elementwise.fill(s.floats(y), s.counts(y), 0, s.channels, s.capacity(y), 0.75f));
  }

  private static void concat(Scenario s) {
    List<Value> parts = new ArrayList<>();
    int width = 0;
    for (int channels : new int[] {s.channels, 5, s.channels}) {
      parts.add(s.input("part" + parts.size(), MANY, channels));
      width += channels;
    }
    int channels = width;
    Value y = s.output("y", MANY, channels);
    s.add(new Concat(y, parts));
    double[] whole = new double[s.size(y)];
    int column = 0;
    for (Value part : parts) {
      for (int row = 0; row < s.rows; row++) {
        System.arraycopy(
            s.doubles(part),
            row * part.channels(),
            whole,
            row * channels + column,
            part.channels());
      }
      int first = column;
      s.kernel(
          () ->
              RowCopies.copyChannels(
                  s.floats(y),
                  s.floats(part),
                  s.counts(y),
                  0,
                  channels,
                  first,
                  part.channels(),
                  0,
                  part.channels(),
                  s.capacity(y)));
      column += part.channels();
    }
    s.expect(y, whole, 0);
  }

  private static void sliceChannels(Scenario s) {
    Value whole = s.input("whole", MANY, s.channels + 7);
    Value part = s.output("part", MANY, s.channels);
    s.add(new SliceChannels(part, whole, 4));
    double[] all = s.doubles(whole);
    double[] values = new double[s.size(part)];
    for (int i = 0; i < values.length; i++) {
      values[i] = all[i / s.channels * (s.channels + 7) + 4 + i % s.channels];
    }
    s.expect(part, values, 0);
    s.kernel(
        () ->
            RowCopies.copyChannels(
                s.floats(part),
                s.floats(whole),
                s.counts(part),
                0,
                s.channels,
                0,
                s.channels + 7,
                4,
                s.channels,
                s.capacity(part)));
  }

  private static void columnSum(Scenario s) {
    Value x = s.input("x", MANY, s.channels);
    Value y = s.output("y", org.octolift.engine.Rows.fixed(1), s.channels);
    s.add(new ColumnSum(y, x));
    double[] values = s.doubles(x);
    double[] sums = new double[s.channels];
    for (int i = 0; i < values.length; i++) {
      sums[i % s.channels] += values[i];
    }
    s.expect(y, sums, s.rows);
    s.kernel(
        () -> {
          FloatArray partials = new FloatArray(Reductions.CHUNKS * s.channels);
          Reductions.columnSums(partials, s.floats(x), s.counts(x), 0, s.channels);
          Reductions.finishColumnSums(s.floats(y), partials, s.counts(x), 0, s.channels);
        });
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }
}
