package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.TestBatch;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// One op with random values, what it must compute in double precision, and the loop kernels that
/// must compute the same.
final class Scenario {
  /// The rows of an ordinary value.
  static final Rows MANY = Rows.nonEmpty(5);

  /// Eight times as many.
  static final Rows SIBLINGS = Rows.nodes(6);

  /// Another count: voxels under points.
  static final Rows VOXELS = Rows.nodes(7);

  private static final int SLACK = 5;

  final int rows;
  final int channels;
  final Random random;
  private final Recorder recorder = new Recorder();
  private final TestBatch batch = new TestBatch();
  private final Map<Value, float[]> floats = new HashMap<>();
  private final Map<Value, double[]> doubles = new HashMap<>();
  private final Map<Value, int[]> ints = new HashMap<>();
  private final Map<Value, double[]> expected = new HashMap<>();
  private final Map<Value, Double> reductions = new HashMap<>();
  private final Map<Value, int[]> expectedInts = new HashMap<>();
  private final List<Runnable> kernels = new ArrayList<>();
  private final Map<Value, FloatArray> kernelFloats = new HashMap<>();
  private final Map<Value, IntArray> kernelInts = new HashMap<>();

  Scenario(int rows, int channels, long seed) {
    this.rows = rows;
    this.channels = channels;
    this.random = new Random(seed * 1_000_003 + rows * 1009L + channels);
    batch.rows(MANY, rows).rows(SIBLINGS, 8 * rows).rows(VOXELS, voxels());
  }

  int voxels() {
    return rows / 3 + 1;
  }

  int count(Rows symbol) {
    return symbol.kind() == Rows.Kind.FIXED ? symbol.value() : batch.rows(symbol);
  }

  int size(Value value) {
    return count(value.rows()) * value.channels();
  }

  // Values.

  /// Random floats in -2..2.
  Value input(String name, Rows symbol, int width) {
    return input(name, symbol, width, i -> random.nextFloat() * 4 - 2);
  }

  Value input(String name, Rows symbol, int width, ToDoubleFunction<Integer> fill) {
    Value value = recorder.input(new InputKey.Named(name), symbol, width);
    float[] data = new float[size(value)];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) fill.applyAsDouble(i);
    }
    floats.put(value, data);
    batch.floats(new InputKey.Named(name), data);
    return value;
  }

  /// Random ints in from..to-1.
  Value inputInts(String name, Rows symbol, int width, int from, int to) {
    int[] data = new int[count(symbol) * width];
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextInt(from, to);
    }
    return inputInts(name, symbol, width, data);
  }

  Value inputInts(String name, Rows symbol, int width, int[] data) {
    Value value = recorder.inputInts(new InputKey.Named(name), symbol, width);
    ints.put(value, data);
    batch.ints(new InputKey.Named(name), data);
    return value;
  }

  /// A variable of random values that the op updates.
  Value variable(String name, int height, int width, float from) {
    Variable variable = new Variable(name, height, width);
    for (int i = 0; i < variable.size(); i++) {
      variable.data().set(i, from + random.nextFloat() * 2);
    }
    Value value = recorder.persistent(variable);
    floats.put(value, variable.data().toHeapArray());
    return value;
  }

  Value output(String name, Rows symbol, int width) {
    return recorder.keep(recorder.temporary(name, symbol, width));
  }

  Value outputInts(String name, Rows symbol, int width) {
    return recorder.keep(recorder.temporaryInts(name, symbol, width));
  }

  /// The values before the op, in double precision; not to be modified.
  double[] doubles(Value value) {
    return doubles.computeIfAbsent(
        value,
        v -> {
          float[] data = floats.get(v);
          double[] result = new double[data.length];
          Arrays.setAll(result, i -> data[i]);
          return result;
        });
  }

  int[] integers(Value value) {
    return ints.get(value);
  }

  // What must come out.

  void add(Op op) {
    recorder.add(op);
  }

  /// The op must give {@code values}, each a sum of about {@code reduction} terms of order 1.
  void expect(Value value, double[] values, double reduction) {
    assertThat(values).as("reference of " + value).hasSize(size(value));
    expected.put(value, values);
    reductions.put(value, reduction);
  }

  void expectInts(Value value, int[] values) {
    assertThat(values).as("reference of " + value).hasSize(size(value));
    expectedInts.put(value, values);
  }

  /// `dx = d(Σ weight · f(x)) / dx`: the reference's derivative by central differences equals the
  /// reference of the gradient. Checked at a few elements of small scenarios.
  void expectDerivative(Value dx, Value x, ToDoubleFunction<double[]> f) {
    if (rows > 27) {
      return;
    }
    double[] gradient = expected.get(dx);
    double[] at = doubles(x).clone();
    double step = 1e-5;
    for (int trial = 0; trial < Math.min(12, at.length); trial++) {
      int i = random.nextInt(at.length);
      double before = at[i];
      at[i] = before + step;
      double above = f.applyAsDouble(at);
      at[i] = before - step;
      double below = f.applyAsDouble(at);
      at[i] = before;
      double numeric = (above - below) / (2 * step);
      assertThat(Math.abs(numeric - gradient[i]))
          .as("derivative of %s[%d]: numeric %s, reference %s", x, i, numeric, gradient[i])
          .isLessThan(1e-6 * (1 + Math.abs(numeric)));
    }
  }

  // The loop kernels.

  /// A step of the loop form; its arguments come from [#in], [#ints], [#out] and [#counts].
  void kernel(Runnable step) {
    kernels.add(step);
  }

  /// The array of a value for the loop kernels: inputs and variables as they were before, outputs
  /// full of NaN. Outputs have room for more rows than there are.
  FloatArray floats(Value value) {
    return kernelFloats.computeIfAbsent(
        value,
        v -> {
          float[] data = new float[capacity(v) * v.channels()];
          Arrays.fill(data, Float.NaN);
          float[] before = floats.get(v);
          if (before != null) {
            System.arraycopy(before, 0, data, 0, before.length);
          }
          return FloatArray.fromArray(data);
        });
  }

  IntArray ints(Value value) {
    return kernelInts.computeIfAbsent(
        value,
        v -> {
          int[] data = new int[capacity(v) * v.channels()];
          Arrays.fill(data, Integer.MIN_VALUE);
          int[] before = ints.get(v);
          if (before != null) {
            System.arraycopy(before, 0, data, 0, before.length);
          }
          return IntArray.fromArray(data);
        });
  }

  int capacity(Value value) {
    int count = count(value.rows());
    return value.rows().kind() == Rows.Kind.FIXED ? count : count + SLACK;
  }

  /// The counts that kernels read: slot 0 is the rows of {@code value}.
  IntArray counts(Value value) {
    return IntArray.fromElements(count(value.rows()));
  }

  // Checks.

  /// Runs the op and checks it against the reference.
  Map<Value, float[]> run(Device device) {
    Map<Value, float[]> results = new HashMap<>();
    for (Map.Entry<Value, float[]> entry : floats.entrySet()) {
      if (entry.getKey().source() instanceof Value.Source.Persistent(Variable variable)) {
        for (int i = 0; i < variable.size(); i++) {
          variable.data().set(i, entry.getValue()[i]);
        }
      }
    }
    Program program = recorder.program();
    try (Executable executable = device.load(program)) {
      executable.run(batch);
      for (Value value : expected.keySet()) {
        float[] all = executable.floats(value).toHeapArray();
        results.put(value, Arrays.copyOf(all, size(value)));
      }
      for (Value value : expectedInts.keySet()) {
        int[] all = executable.ints(value).toHeapArray();
        assertThat(Arrays.copyOf(all, size(value)))
            .as(value.toString())
            .isEqualTo(expectedInts.get(value));
      }
    }
    results.forEach((value, result) -> check(device.description(), value, result));
    return results;
  }

  /// Runs the loop kernels as plain Java and checks them against the reference.
  void runKernels() {
    assertThat(kernels).as("loop kernels").isNotEmpty();
    kernels.forEach(Runnable::run);
    for (Value value : expected.keySet()) {
      float[] all = floats(value).toHeapArray();
      check("loop kernel", value, all);
      for (int i = size(value); i < all.length; i++) {
        assertThat(all[i]).as("%s beyond its rows", value).isNaN();
      }
    }
    for (Value value : expectedInts.keySet()) {
      int[] all = ints(value).toHeapArray();
      assertThat(Arrays.copyOf(all, size(value))).isEqualTo(expectedInts.get(value));
      assertThat(Arrays.stream(all).skip(size(value)))
          .allMatch(untouched -> untouched == Integer.MIN_VALUE);
    }
  }

  private void check(String what, Value value, float[] result) {
    double[] reference = expected.get(value);
    double epsilon = Math.ulp(1f) * (4 + reductions.get(value));
    for (int i = 0; i < reference.length; i++) {
      double tolerance = epsilon * (1 + Math.abs(reference[i]));
      if (!(Math.abs(result[i] - reference[i]) <= tolerance)) {
        throw new AssertionError(
            "%s: %s[%d] is %s, must be %s ± %s"
                .formatted(what, value, i, result[i], reference[i], tolerance));
      }
    }
  }
}
