package org.octolift.engine.ops;

import static org.octolift.engine.ops.Scenario.MANY;
import static org.octolift.engine.ops.Scenario.SIBLINGS;
import static org.octolift.engine.ops.Scenario.VOXELS;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.kernels.Interpolation;
import org.octolift.kernels.Pooling;
import org.octolift.kernels.RowCopies;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Rows gathered, scattered, repeated, pooled and interpolated.
final class RowCases {
  private RowCases() {}

  static List<OpCase> all() {
    return List.of(
        new OpCase(GatherRows.class, "", RowCases::gatherRows),
        new OpCase(ScatterAddRows.class, "", RowCases::scatterAddRows),
        new OpCase(RepeatRows.class, "", RowCases::repeatRows),
        new OpCase(SumGroups.class, "", RowCases::sumGroups),
        new OpCase(AveragePool.class, "", RowCases::averagePool),
        new OpCase(MaxPool.class, "", RowCases::maxPool),
        new OpCase(MaxUnpool.class, "", RowCases::maxUnpool),
        new OpCase(MaskPool.class, "", RowCases::maskPool),
        new OpCase(LinearInterpolation.class, "", RowCases::linearInterpolation),
        new OpCase(LinearInterpolationGradient.class, "", RowCases::linearInterpolationGradient));
  }

  private static void gatherRows(Scenario s) {
    Value x = s.input("x", VOXELS, s.channels);
    Value index = s.inputInts("index", MANY, 1, -1, s.voxels());
    Value y = s.output("y", MANY, s.channels);
    s.add(new GatherRows(y, x, index, -3));
    double[] values = new double[s.size(y)];
    for (int i = 0; i < values.length; i++) {
      int row = s.integers(index)[i / s.channels];
      values[i] = row < 0 ? -3 : s.doubles(x)[row * s.channels + i % s.channels];
    }
    s.expect(y, values, 0);
    s.kernel(
        () ->
            RowCopies.gatherRows(
                s.floats(y),
                s.floats(x),
                s.ints(index),
                s.counts(y),
                0,
                s.channels,
                s.capacity(y),
                -3));
  }

  private static void scatterAddRows(Scenario s) {
    Value dy = s.input("dy", MANY, s.channels);
    Value index = s.inputInts("index", MANY, 1, -1, s.voxels());
    Value dx = s.output("dx", VOXELS, s.channels);
    s.add(new ScatterAddRows(dx, dy, index));
    double[] values = new double[s.size(dx)];
    double[] source = s.doubles(dy);
    for (int i = 0; i < source.length; i++) {
      int row = s.integers(index)[i / s.channels];
      if (row >= 0) {
        values[row * s.channels + i % s.channels] += source[i];
      }
    }
    s.expect(dx, values, 20);
    s.kernel(
        () ->
            RowCopies.scatterAddRows(
                s.floats(dx),
                s.floats(dy),
                starts(s.integers(index), s.voxels(), s.capacity(dx)),
                entries(s.integers(index), s.voxels()),
                s.counts(dx),
                0,
                s.channels,
                s.capacity(dx)));
  }

  /// Where the entries of each row start, by definition.
  private static IntArray starts(int[] index, int rows, int capacity) {
    IntArray starts = new IntArray(capacity + 1);
    for (int row = 0; row <= rows; row++) {
      int before = 0;
      for (int i : index) {
        before += i >= 0 && i < row ? 1 : 0;
      }
      starts.set(row, before);
    }
    return starts;
  }

  private static IntArray entries(int[] index, int rows) {
    int[] entries = new int[index.length];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < index.length; i++) {
        if (index[i] == row) {
          entries[count++] = i;
        }
      }
    }
    return IntArray.fromArray(entries);
  }

  private static void repeatRows(Scenario s) {
    Value x = s.input("x", MANY, s.channels);
    Value y = s.output("y", SIBLINGS, s.channels);
    s.add(new RepeatRows(y, x, 8, 0.3f));
    double[] values = new double[s.size(y)];
    double[] source = s.doubles(x);
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.3f * source[i / (8 * s.channels) * s.channels + i % s.channels];
    }
    s.expect(y, values, 1);
    s.kernel(
        () ->
            RowCopies.repeatRows(
                s.floats(y), s.floats(x), s.counts(y), 0, s.channels, s.capacity(y), 8, 0.3f));
  }

  private static void sumGroups(Scenario s) {
    Value x = s.input("x", SIBLINGS, s.channels);
    Value y = s.output("y", MANY, s.channels);
    s.add(new SumGroups(y, x, 8));
    s.expect(y, groupSums(s, x, 1), 8);
    s.kernel(
        () ->
            Pooling.sumGroups(
                s.floats(y), s.floats(x), s.counts(y), 0, s.channels, s.capacity(y), 8, 1));
  }

  private static void averagePool(Scenario s) {
    Value x = s.input("x", SIBLINGS, s.channels);
    Value y = s.output("y", MANY, s.channels);
    s.add(new AveragePool(y, x));
    s.expect(y, groupSums(s, x, 0.125), 8);
    s.kernel(
        () ->
            Pooling.sumGroups(
                s.floats(y), s.floats(x), s.counts(y), 0, s.channels, s.capacity(y), 8, 0.125f));
  }

  private static double[] groupSums(Scenario s, Value x, double scale) {
    double[] sums = new double[s.rows * s.channels];
    double[] source = s.doubles(x);
    for (int i = 0; i < source.length; i++) {
      sums[i / (8 * s.channels) * s.channels + i % s.channels] += scale * source[i];
    }
    return sums;
  }

  /// Few different values, so that maxima are often shared.
  private static Value steps(Scenario s, String name) {
    return s.input(name, SIBLINGS, s.channels, i -> s.random.nextInt(-3, 3));
  }

  private static int[] firstMaxima(Scenario s, Value x) {
    double[] source = s.doubles(x);
    int[] mask = new int[s.rows * s.channels];
    for (int i = 0; i < mask.length; i++) {
      int first = i / s.channels * 8;
      mask[i] = first;
      for (int row = first + 7; row >= first; row--) {
        if (source[row * s.channels + i % s.channels]
            >= source[mask[i] * s.channels + i % s.channels]) {
          mask[i] = row;
        }
      }
    }
    return mask;
  }

  private static void maxPool(Scenario s) {
    Value x = steps(s, "x");
    Value y = s.output("y", MANY, s.channels);
    Value mask = s.outputInts("mask", MANY, s.channels);
    s.add(new MaxPool(y, mask, x));
    int[] maxima = firstMaxima(s, x);
    double[] values = new double[maxima.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = s.doubles(x)[maxima[i] * s.channels + i % s.channels];
    }
    s.expectInts(mask, maxima);
    s.expect(y, values, 0);
    s.kernel(
        () ->
            Pooling.maxPool(
                s.floats(y), s.ints(mask), s.floats(x), s.counts(y), 0, s.channels, s.capacity(y)));
  }

  private static void maxUnpool(Scenario s) {
    int[] maxima = firstMaxima(s, steps(s, "pooled"));
    Value mask = s.inputInts("mask", MANY, s.channels, maxima);
    Value x = s.input("x", MANY, s.channels);
    Value y = s.output("y", SIBLINGS, s.channels);
    s.add(new MaxUnpool(y, x, mask));
    double[] values = new double[s.size(y)];
    for (int i = 0; i < maxima.length; i++) {
      values[maxima[i] * s.channels + i % s.channels] = s.doubles(x)[i];
    }
    s.expect(y, values, 0);
    s.kernel(
        () ->
            Pooling.maxUnpool(
                s.floats(y), s.floats(x), s.ints(mask), s.counts(y), 0, s.channels, s.capacity(y)));
  }

  private static void maskPool(Scenario s) {
    Value x = s.input("x", SIBLINGS, s.channels);
    int[] maxima = firstMaxima(s, steps(s, "pooled"));
    Value mask = s.inputInts("mask", MANY, s.channels, maxima);
    Value y = s.output("y", MANY, s.channels);
    s.add(new MaskPool(y, x, mask));
    double[] values = new double[s.size(y)];
    for (int i = 0; i < values.length; i++) {
      values[i] = s.doubles(x)[maxima[i] * s.channels + i % s.channels];
    }
    s.expect(y, values, 0);
    s.kernel(
        () ->
            Pooling.maskPool(
                s.floats(y), s.floats(x), s.ints(mask), s.counts(y), 0, s.channels, s.capacity(y)));
  }

  private static void linearInterpolation(Scenario s) {
    Value x = s.input("x", VOXELS, s.channels);
    Value corners = s.inputInts("corners", MANY, 8, -1, s.voxels());
    Value weights = s.input("weights", MANY, 8);
    Value y = s.output("y", MANY, s.channels);
    s.add(new LinearInterpolation(y, x, corners, weights));
    double[] values = new double[s.size(y)];
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < 8; j++) {
        int at = i / s.channels * 8 + j;
        int row = s.integers(corners)[at];
        if (row >= 0) {
          values[i] += s.doubles(weights)[at] * s.doubles(x)[row * s.channels + i % s.channels];
        }
      }
    }
    s.expect(y, values, 16);
    s.kernel(
        () ->
            Interpolation.interpolate(
                s.floats(y),
                s.floats(x),
                s.ints(corners),
                s.floats(weights),
                s.counts(y),
                0,
                s.channels,
                s.capacity(y)));
  }

  private static void linearInterpolationGradient(Scenario s) {
    Value dy = s.input("dy", MANY, s.channels);
    Value corners = s.inputInts("corners", MANY, 8, -1, s.voxels());
    Value weights = s.input("weights", MANY, 8);
    Value dx = s.output("dx", VOXELS, s.channels);
    s.add(new LinearInterpolationGradient(dx, dy, corners, weights));
    double[] values = new double[s.size(dx)];
    double[] factors = s.doubles(weights);
    double[] source = s.doubles(dy);
    int[] rows = s.integers(corners);
    for (int entry = 0; entry < rows.length; entry++) {
      for (int c = 0; c < s.channels && rows[entry] >= 0; c++) {
        values[rows[entry] * s.channels + c] += factors[entry] * source[entry / 8 * s.channels + c];
      }
    }
    s.expect(dx, values, 100);
    s.kernel(
        () ->
            Interpolation.interpolateGradient(
                s.floats(dx),
                s.floats(dy),
                s.floats(weights),
                starts(rows, s.voxels(), s.capacity(dx)),
                entries(rows, s.voxels()),
                s.counts(dx),
                0,
                s.channels,
                s.capacity(dx)));
  }
}
