package org.octolift.nn.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.kernels.cpu.ScalarDenseKernels;
import org.octolift.kernels.cpu.ScalarPairKernels;
import org.octolift.kernels.cpu.ScalarRowKernels;
import org.octolift.nn.Parameter;
import org.octolift.nn.RandomScenes;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.optim.Adam;
import org.octolift.nn.optim.Optimiser;
import org.octolift.nn.optim.Sgd;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Training gives the same bits whatever the number of threads, the inner loops, and the memory
/// that earlier batches made the program plan.
final class DeterminismTest {
  private static final int DEPTH = 5;
  private static final int STEPS = 5;
  private static final UNetStages STAGES =
      new UNetStages(List.of(6, 8, 16), List.of(1, 1), List.of(16, 12, 8), List.of(1, 1), 8);

  /// A small U-Net and its training program.
  private static final class Training implements AutoCloseable {
    private final UNet model;
    private final Optimiser optimiser;
    private final Executable executable;
    private final CpuDevice device;
    private final Value loss;
    private int step;

    Training(CpuDevice device, boolean nonEmpty, Optimiser optimiser) {
      this.device = device;
      this.optimiser = optimiser;
      model =
          new UNet(
              new ModelOptions(DEPTH, 3, 5, nonEmpty, Interpolation.LINEAR),
              STAGES,
              RandomSource.of(7));
      Tape tape = new Tape(true);
      Value labels = tape.recorder().inputInts(new InputKey.Named("labels"), Rows.points(), 1);
      loss =
          tape.recorder()
              .keep(Losses.crossEntropy(tape, model.record(tape, true), labels, 0).value());
      tape.backward(loss, optimiser);
      executable = device.load(tape.program());
    }

    /// Trains one step on the batch of that seed; returns the loss.
    float step(long seed, int... points) {
      OctreeInputs batch = RandomScenes.batch(seed, DEPTH, device.workers(), points);
      step++;
      batch.set(Optimiser.HYPER, FloatArray.fromArray(optimiser.hyper(0.05, step)));
      executable.run(batch);
      return executable.floats(loss).get(0);
    }

    int capacity() {
      return executable.plan().capacities().get(Rows.nonEmpty(DEPTH));
    }

    /// All parameters, statistics and optimiser states.
    Map<String, float[]> state() {
      Map<String, float[]> state = new LinkedHashMap<>();
      for (Parameter parameter : model.parameters().all()) {
        state.put(parameter.name(), parameter.toReference());
      }
      optimiser.state().forEach((name, value) -> state.put(name, value.data().toHeapArray()));
      return state;
    }

    void restore(Map<String, float[]> state) {
      for (Parameter parameter : model.parameters().all()) {
        parameter.fromReference(state.get(parameter.name()));
      }
      optimiser
          .state()
          .forEach(
              (name, value) -> {
                float[] saved = state.get(name);
                for (int i = 0; i < saved.length; i++) {
                  value.data().set(i, saved[i]);
                }
              });
      step = 0;
    }

    @Override
    public void close() {
      executable.close();
    }
  }

  private static List<Float> train(Training training) {
    List<Float> losses = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      losses.add(training.step(i, 350 + 40 * i, 250));
    }
    return losses;
  }

  @Test
  void threadsAndInnerLoopsDoNotChangeABit() {
    for (boolean nonEmpty : new boolean[] {true, false}) {
      List<Map<String, float[]>> states = new ArrayList<>();
      List<List<Float>> losses = new ArrayList<>();
      List<Supplier<CpuDevice>> devices =
          List.of(
              () -> new CpuDevice(1),
              () -> new CpuDevice(2),
              () -> new CpuDevice(4),
              () ->
                  new CpuDevice(
                      2,
                      new ScalarPairKernels(),
                      new ScalarRowKernels(),
                      new ScalarDenseKernels()));
      for (Supplier<CpuDevice> each : devices) {
        try (CpuDevice device = each.get();
            Training training = new Training(device, nonEmpty, new Sgd(0.9, 1e-4))) {
          losses.add(train(training));
          states.add(training.state());
        }
      }
      assertThat(losses.get(0).get(STEPS - 1)).isLessThan(losses.get(0).get(0));
      for (int i = 1; i < states.size(); i++) {
        assertThat(losses.get(i)).isEqualTo(losses.get(0));
        assertSame(states.get(i), states.get(0));
      }
    }
  }

  @Test
  void aLargerPlanDoesNotChangeABit() {
    try (CpuDevice device = new CpuDevice(2);
        Training training = new Training(device, true, new Adam(1e-4))) {
      Map<String, float[]> fresh = training.state();
      List<Float> losses = train(training);
      Map<String, float[]> expected = training.state();
      int before = training.capacity();
      training.step(99, 1500, 1500, 1500);
      assertThat(training.capacity()).isGreaterThan(before);
      training.restore(fresh);
      assertThat(train(training)).isEqualTo(losses);
      assertSame(training.state(), expected);
    }
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
  }
}
