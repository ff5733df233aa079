package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.TestBatch;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import org.octolift.engine.ops.Ema;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// Variables of programs on a device.
final class TornadoExecutableTest {
  private static final InputKey ALPHA = new InputKey.Named("alpha");

  /// Each variable becomes the mean of itself and the next one, in order.
  private static Program means(List<Variable> variables) {
    Recorder recorder = new Recorder();
    Value alpha = recorder.input(ALPHA, Rows.fixed(1), 1);
    List<Value> values = variables.stream().map(recorder::persistent).toList();
    for (int i = 0; i + 1 < values.size(); i++) {
      recorder.add(new Ema(values.get(i), values.get(i + 1), alpha));
    }
    return recorder.program();
  }

  /// Variables of two elements, which are the variable's number.
  private static List<Variable> variables(int count) {
    List<Variable> variables = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Variable variable = new Variable("v" + i, 1, 2);
      variable.data().init(i);
      variables.add(variable);
    }
    return variables;
  }

  /// The stand-in under the name of CUDA.
  private static Accelerator cuda() {
    Accelerator real = Accelerators.find().device();
    return new Accelerator(
        "cuda",
        real.name(),
        real.model(),
        real.platform(),
        "gpu",
        real.computeUnits(),
        real.memory(),
        real.largestArray(),
        real.localMemory(),
        real.groupSize(),
        real.groupExtents(),
        true);
  }

  private static TestBatch half() {
    return new TestBatch().floats(ALPHA, 0.5f);
  }

  /// TornadoVM has room for some 300 uploaded arrays in a graph.
  @Tag("device")
  @Test
  void moreVariablesThanAGraphMayUpload() {
    List<Variable> variables = variables(350);
    try (TornadoDevice device = TornadoDevice.openForTests(false);
        Executable executable = device.load(means(variables))) {
      executable.run(half());
      executable.run(half());
      for (int i = 0; i < 348; i++) {
        assertThat(variables.get(i).values().get(1)).as("v%d", i).isEqualTo(i + 1);
      }
      assertThat(variables.get(348).values().get(0)).isEqualTo(348.75f);
      assertThat(variables.get(349).values().get(0)).isEqualTo(349);
      assertThat(executable.deviceBytes())
          .containsEntry("variables", 350 * (TornadoNativeArray.ARRAY_HEADER + 8));
    }
  }

  /// What one program has written the other reads, without the host asking in between.
  @Tag("device")
  @Test
  void programsSeeEachOthersVariables() {
    List<Variable> variables = variables(3);
    try (TornadoDevice device = TornadoDevice.openForTests(false);
        Executable first = device.load(means(variables.subList(0, 2)));
        Executable second = device.load(means(variables.subList(1, 3)))) {
      first.run(half()); // 1/2
      second.run(half()); // 3/2
      first.run(half()); // 1
      second.run(half()); // 7/4
      assertThat(variables.get(0).values().get(0)).isEqualTo(1);
      assertThat(variables.get(1).values().get(0)).isEqualTo(1.75f);
    }
  }

  /// After graphs that did not run, TornadoVM captures no more.
  @Test
  void graphsAreNotCapturedAfterAFailure() {
    assumeThat(Accelerators.find().areStandIn()).as("tornado-jvm runs kernels").isTrue();
    try (TornadoDevice device = new TornadoDevice(cuda(), true, Precision.FP32, false);
        Executable executable = device.load(means(variables(2)))) {
      assertThat(device.capturesGraphs()).isTrue();
      device.graphsFailed();
      assertThat(device.capturesGraphs()).isFalse();
      executable.run(half());
    }
  }

  /// A captured CUDA graph does not start again once graphs of another program have run.
  /// On the stand-in alone, which takes any name.
  @Test
  void graphsAreCapturedWhileThereIsOneProgram() {
    assumeThat(Accelerators.find().areStandIn()).as("tornado-jvm runs kernels").isTrue();
    List<Variable> variables = variables(2);
    try (TornadoDevice device = new TornadoDevice(cuda(), true, Precision.FP32, false);
        Executable first = device.load(means(variables))) {
      first.run(half());
      assertThat(device.capturesGraphs()).isTrue();
      try (Executable second = device.load(means(variables))) {
        assertThat(device.capturesGraphs()).isFalse();
        first.run(half());
        second.run(half());
      }
      assertThat(device.capturesGraphs()).isTrue();
      first.run(half());
    }
    assertThat(variables.getFirst().values().get(0)).isEqualTo(15 / 16f);
  }
}
