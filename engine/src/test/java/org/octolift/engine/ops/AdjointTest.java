package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.TestBatch;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;

/// `⟨A x, y⟩ = ⟨x, Aᵀ y⟩` for every linear op and the op that is its gradient.
class AdjointTest {
  private static final int CHANNELS = 9;
  private static final Rows FEW = Rows.nonEmpty(3);
  private static final Rows MANY = Rows.nodes(4);

  private final Random random = new Random(5);
  private final Recorder recorder = new Recorder();
  private final TestBatch batch = new TestBatch();

  private Value input(String name, Rows rows, int channels) {
    float[] data = new float[batch.rows(rows) * channels];
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextFloat() * 2 - 1;
    }
    batch.floats(new InputKey.Named(name), data);
    return recorder.input(new InputKey.Named(name), rows, channels);
  }

  private Value indices(String name, Rows rows, int channels, int to) {
    int[] data = random.ints((long) batch.rows(rows) * channels, -1, to).toArray();
    batch.ints(new InputKey.Named(name), data);
    return recorder.inputInts(new InputKey.Named(name), rows, channels);
  }

  private Value output(String name, Value like) {
    return recorder.keep(recorder.temporary(name, like.rows(), like.channels()));
  }

  private void check(Value x, Value ax, Value y, Value aty) {
    try (CpuDevice device = new CpuDevice(2);
        Executable executable = device.load(recorder.program())) {
      executable.run(batch);
      double left = product(executable, ax, y);
      double right = product(executable, x, aty);
      assertThat(left).isCloseTo(right, within(1e-4 * Math.max(1, Math.abs(right))));
      assertThat(Math.abs(left) > 0 || batch.rows(FEW) == 0).isTrue();
    }
  }

  private double product(Executable executable, Value a, Value b) {
    double sum = 0;
    int size = batch.rows(a.rows()) * a.channels();
    float[] left = executable.floats(a).toHeapArray();
    float[] right = executable.floats(b).toHeapArray();
    for (int i = 0; i < size; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }

  private void counts(int few) {
    batch.rows(FEW, few).rows(MANY, 8 * few);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 257})
  void gatherAndScatter(int few) {
    counts(few);
    Value x = input("x", FEW, CHANNELS);
    Value y = input("y", MANY, CHANNELS);
    Value index = indices("index", MANY, 1, Math.max(0, few));
    Value ax = output("ax", y);
    Value aty = output("aty", x);
    recorder.add(new GatherRows(ax, x, index, 0));
    recorder.add(new ScatterAddRows(aty, y, index));
    check(x, ax, y, aty);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 257})
  void interpolation(int few) {
    counts(few);
    Value x = input("x", FEW, CHANNELS);
    Value y = input("y", MANY, CHANNELS);
    Value corners = indices("corners", MANY, 8, Math.max(0, few));
    Value weights = input("weights", MANY, 8);
    Value ax = output("ax", y);
    Value aty = output("aty", x);
    recorder.add(new LinearInterpolation(ax, x, corners, weights));
    recorder.add(new LinearInterpolationGradient(aty, y, corners, weights));
    check(x, ax, y, aty);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 257})
  void repeatAndSum(int few) {
    counts(few);
    Value x = input("x", FEW, CHANNELS);
    Value y = input("y", MANY, CHANNELS);
    Value ax = output("ax", y);
    Value aty = output("aty", x);
    recorder.add(new RepeatRows(ax, x, 8, 1));
    recorder.add(new SumGroups(aty, y, 8));
    check(x, ax, y, aty);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 257})
  void averagePoolAndRepeat(int few) {
    counts(few);
    Value x = input("x", MANY, CHANNELS);
    Value y = input("y", FEW, CHANNELS);
    Value ax = output("ax", y);
    Value aty = output("aty", x);
    recorder.add(new AveragePool(ax, x));
    recorder.add(new RepeatRows(aty, y, 8, 0.125f));
    check(x, ax, y, aty);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 257})
  void maskPoolAndUnpool(int few) {
    counts(few);
    Value pooled = input("pooled", MANY, CHANNELS);
    Value x = input("x", MANY, CHANNELS);
    Value y = input("y", FEW, CHANNELS);
    Value mask = recorder.temporaryInts("mask", FEW, CHANNELS);
    Value ax = output("ax", y);
    Value aty = output("aty", x);
    recorder.add(new MaxPool(output("maximum", y), mask, pooled));
    recorder.add(new MaskPool(ax, x, mask));
    recorder.add(new MaxUnpool(aty, y, mask));
    check(x, ax, y, aty);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 257})
  void concatAndSlice(int few) {
    counts(few);
    Value x = input("x", FEW, CHANNELS);
    Value zeros = recorder.temporary("zeros", FEW, 4);
    Value y = input("y", FEW, CHANNELS + 4);
    Value ax = output("ax", y);
    Value aty = output("aty", x);
    recorder.add(new Fill(zeros, 0));
    recorder.add(new Concat(ax, List.of(zeros, x)));
    recorder.add(new SliceChannels(aty, y, 4));
    check(x, ax, y, aty);
  }

  @Test
  void anIndexBeyondTheRowsIsAnError() {
    counts(4);
    Value y = input("y", MANY, CHANNELS);
    int[] data = new int[32];
    Arrays.fill(data, 3);
    data[17] = 4;
    batch.ints(new InputKey.Named("index"), data);
    Value index = recorder.inputInts(new InputKey.Named("index"), MANY, 1);
    recorder.add(new ScatterAddRows(recorder.temporary("dx", FEW, CHANNELS), y, index));
    try (CpuDevice device = new CpuDevice(1);
        Executable executable = device.load(recorder.program())) {
      assertThatThrownBy(() -> executable.run(batch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("index[17] must be below 4, is 4");
    }
  }
}
