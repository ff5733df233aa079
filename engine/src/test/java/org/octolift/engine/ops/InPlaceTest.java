package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.TestBatch;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.tornado.TornadoDevice;

/// What is computed in place of its input has the bits that it has elsewhere.
@Tag("device")
class InPlaceTest {
  private static final Rows MANY = Rows.nonEmpty(5);

  /// A program that ends with a gradient of BatchNorm.
  private static final class Gradient {
    final Recorder recorder = new Recorder();
    final TestBatch batch = new TestBatch();
    final int channels;
    final Random random;
    final List<Value> results = new ArrayList<>();
    final Value dy;
    final Value dx;

    Gradient(int rows, int channels, boolean residual, boolean relu) {
      this.channels = channels;
      this.random = new Random(rows);
      batch.rows(MANY, rows);
      Value x = input("x", MANY, rows);
      Value y = relu ? input("y", MANY, rows) : null;
      dy = recorder.temporary("dy", MANY, channels);
      recorder.add(new Add(dy, x, input("term", MANY, rows)));
      dx = result("dx");
      Value dResidual = residual ? result("dResidual") : null;
      recorder.add(
          new BatchNormGradient(
              dx,
              dResidual,
              dy,
              y,
              x,
              input("mean", Rows.fixed(1), 1),
              input("variance", Rows.fixed(1), 1),
              input("gamma", Rows.fixed(1), 1),
              input("dGamma", Rows.fixed(1), 1),
              input("dBeta", Rows.fixed(1), 1),
              1e-5f));
    }

    private Value input(String name, Rows symbol, int rows) {
      float[] data = new float[rows * channels];
      for (int i = 0; i < data.length; i++) {
        data[i] = name.equals("variance") ? random.nextFloat() : random.nextFloat() * 4 - 2;
      }
      batch.floats(new InputKey.Named(name), data);
      return recorder.input(new InputKey.Named(name), symbol, channels);
    }

    private Value result(String name) {
      Value value = recorder.keep(recorder.temporary(name, MANY, channels));
      results.add(value);
      return value;
    }

    /// Runs twice, as a device first compiles and then replays; returns the bits of the results.
    List<int[]> run(Device device, boolean inPlace) {
      if (!inPlace) {
        recorder.keep(dy);
      }
      try (Executable executable = device.load(recorder.program())) {
        executable.run(batch);
        executable.run(batch);
        boolean shared = executable.plan().bufferOf(dx) == executable.plan().bufferOf(dy);
        assertThat(shared).as("dx in place of dy").isEqualTo(inPlace);
        return results.stream().map(value -> bits(executable, value)).toList();
      }
    }

    private int[] bits(Executable executable, Value value) {
      float[] all = executable.floats(value).toHeapArray();
      float[] rows = Arrays.copyOf(all, executable.rows(value) * channels);
      return IntStream.range(0, rows.length).map(i -> Float.floatToRawIntBits(rows[i])).toArray();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // rows, channels, residual, relu
    "0, 3, true, true",
    "1, 32, false, true",
    "65, 21, true, false",
    "257, 33, true, true",
    "129, 96, false, false",
  })
  void equalsTheGradientApart(int rows, int channels, boolean residual, boolean relu) {
    List<Device> devices =
        List.of(
            new CpuDevice(2), TornadoDevice.openForTests(false), TornadoDevice.openForTests(true));
    for (Device device : devices) {
      try (device) {
        List<int[]> inPlace = new Gradient(rows, channels, residual, relu).run(device, true);
        List<int[]> apart = new Gradient(rows, channels, residual, relu).run(device, false);
        assertThat(inPlace).usingRecursiveComparison().isEqualTo(apart);
      }
    }
  }
}
