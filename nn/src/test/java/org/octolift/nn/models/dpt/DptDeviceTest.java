package org.octolift.nn.models.dpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.TornadoDevice;

/// A small DPT on TornadoVM's device, or on `tornado-jvm`, as on the CPU: by loops, by kernels for
/// groups of work-items, and on tensor cores. Two images at a time.
@Tag("device")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DptDeviceTest {
  private static final Grid GRID = new Grid(2, 32, 32);
  private static final DptBackbone SMALL =
      new DptBackbone(false, 128, 4, List.of(0, 1, 2, 3), List.of(16, 24, 32, 40));

  private static final int FEATURES = 24;

  private Dpt model;
  private float[] expected;

  @BeforeAll
  void runOnTheCpu() {
    model = DptFormula.filled(new Dpt(SMALL, new DptTask.Segmentation(20), FEATURES));
    try (CpuDevice device = new CpuDevice(2)) {
      expected = logits(device);
    }
  }

  @AfterAll
  void release() {
    model = null;
  }

  private float[] logits(Device device) {
    Recorder recorder = new Recorder();
    Value input = recorder.input(new InputKey.Named("image"), GRID.rows(), 3);
    Value output = recorder.keep(model.record(recorder, new Image(input, GRID)).value());
    BatchInputs image = DptFormula.image();
    try (Executable executable = device.load(recorder.program())) {
      executable.run(image);
      // Once more: what is done once must not be lost.
      executable.run(image);
      return Arrays.copyOf(
          executable.floats(output).toHeapArray(), GRID.size() * output.channels());
    }
  }

  private double difference(Device device) {
    float[] actual = logits(device);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    return worst / DptFormula.range(expected);
  }

  @Test
  void loopsEqualTheCpu() {
    try (Device device = TornadoDevice.openForTests(false)) {
      assertThat(difference(device)).isLessThan(1e-5);
    }
  }

  @Test
  void groupsEqualTheCpu() {
    try (Device device = TornadoDevice.openForTests(true)) {
      assertThat(difference(device)).isLessThan(1e-5);
    }
  }

  @Test
  void tensorCoresAreClose() {
    try (Device device = TornadoDevice.openForTests(Precision.BF16)) {
      assertThat(difference(device)).isLessThan(0.03);
    }
  }

  @Test
  void cublasInSinglePrecisionEqualsTheCpu() {
    try (Device device = cublas(Precision.FP32)) {
      assertThat(difference(device)).isLessThan(1e-5);
    }
  }

  @Test
  void cublasOnTensorCoresIsClose() {
    try (Device device = cublas(Precision.BF16)) {
      assertThat(difference(device)).isLessThan(0.03);
    }
  }

  private static Device cublas(Precision precision) {
    Optional<TornadoDevice> device = TornadoDevice.openForTestsOfCublas(precision);
    assumeTrue(device.isPresent(), "the device has no cuBLAS");
    return device.orElseThrow();
  }
}
