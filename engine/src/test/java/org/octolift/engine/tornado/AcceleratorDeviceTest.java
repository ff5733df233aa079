package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.octolift.kernels.Elementwise;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

@Tag("device")
@EnabledIf(
    value = "org.octolift.engine.tornado.Accelerators#areExpected",
    disabledReason = "no TornadoVM: set TORNADOVM_HOME")
class AcceleratorDeviceTest {
  private static final int CHANNELS = 5;
  private static final int CAPACITY = 999;
  private static final int ROWS = 777;

  @Test
  void theDeviceHasLimits() {
    Accelerator device = Accelerators.find().require();

    assertThat(device.isStandIn()).isFalse();
    assertThat(device.memory()).isGreaterThan(1L << 28);
    assertThat(device.computeUnits()).isPositive();
    assertThat(device.groupSize()).isGreaterThanOrEqualTo(256);
    assertThat(device.groupExtents()).hasSize(3);
  }

  /// Class files that were compiled against `tornado-jvm` run on TornadoVM.
  @Test
  void kernelsRunOnTheDevice() throws Exception {
    Accelerators.find().require();
    FloatArray x = new FloatArray(CAPACITY * CHANNELS);
    FloatArray y = new FloatArray(CAPACITY * CHANNELS);
    IntArray counts = new IntArray(3);
    counts.set(1, ROWS);
    for (int i = 0; i < x.getSize(); i++) {
      x.set(i, i % 17 - 8);
    }
    x.set(ROWS, Float.NaN);
    TaskGraph graph =
        new TaskGraph("graph")
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, x, counts)
            .task("relu", Elementwise::relu, y, x, counts, 1, CHANNELS, CAPACITY)
            .transferToHost(DataTransferMode.EVERY_EXECUTION, y);
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.execute();
    }
    for (int i = 0; i < ROWS * CHANNELS; i++) {
      assertThat(y.get(i)).isEqualTo(Float.valueOf(Math.max(x.get(i), 0)));
    }
  }
}
