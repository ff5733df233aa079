package org.octolift.nn.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputException;
import org.octolift.engine.InputKey;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.TornadoDevice;
import org.octolift.nn.Parameter;
import org.octolift.nn.RandomScenes;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.optim.Adam;
import org.octolift.nn.optim.Optimiser;
import org.octolift.nn.optim.Sgd;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Training on TornadoVM's device, or on `tornado-jvm`, follows training on the CPU.
@Tag("device")
final class DeviceTrainingTest {
  private static final int DEPTH = 4;
  private static final UNetStages STAGES =
      new UNetStages(List.of(4, 6), List.of(1), List.of(6, 5), List.of(1), 4);
  private static final CpuDevice CPU = new CpuDevice(2);
  private static final TornadoDevice DEVICE = TornadoDevice.openForTests();

  /// Most convolutions have enough channels for tensor cores.
  private static final UNetStages WIDE =
      new UNetStages(List.of(16, 24), List.of(1), List.of(24, 20), List.of(1), 16);

  private static final TornadoDevice BRAIN = TornadoDevice.openForTests(Precision.BF16);

  @AfterAll
  static void close() {
    CPU.close();
    DEVICE.close();
    BRAIN.close();
  }

  /// A small U-Net with a program that trains it and one that evaluates it.
  private static final class Training implements AutoCloseable {
    private final UNet model;
    private final Optimiser optimiser;
    private final Executable training;
    private final Executable testing;
    private final Value loss;
    private final Value logits;
    private int step;

    Training(Device device, Optimiser optimiser) {
      this(device, optimiser, STAGES);
    }

    Training(Device device, Optimiser optimiser, UNetStages stages) {
      this.optimiser = optimiser;
      model =
          new UNet(
              new ModelOptions(DEPTH, 3, 5, true, Interpolation.LINEAR),
              stages,
              RandomSource.of(7));
      Tape tape = new Tape(true);
      Value labels = tape.recorder().inputInts(new InputKey.Named("labels"), Rows.points(), 1);
      loss =
          tape.recorder()
              .keep(Losses.crossEntropy(tape, model.record(tape, true), labels, 0).value());
      tape.backward(loss, optimiser);
      training = device.load(tape.program());
      Tape evaluation = new Tape(false);
      logits = evaluation.recorder().keep(model.record(evaluation, true));
      testing = device.load(evaluation.program());
    }

    float step(OctreeInputs batch) {
      step++;
      batch.set(Optimiser.HYPER, FloatArray.fromArray(optimiser.hyper(0.05, step)));
      training.run(batch);
      return training.floats(loss).get(0);
    }

    float[] logits(OctreeInputs batch) {
      testing.run(batch);
      return Arrays.copyOf(
          testing.floats(logits).toHeapArray(), testing.rows(logits) * logits.channels());
    }

    float[] weights() {
      List<Float> all = new ArrayList<>();
      for (Parameter parameter : model.parameters().all()) {
        for (float value : parameter.toReference()) {
          all.add(value);
        }
      }
      float[] values = new float[all.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = all.get(i);
      }
      return values;
    }

    @Override
    public void close() {
      training.close();
      testing.close();
    }
  }

  private static OctreeInputs batch(int seed) {
    return RandomScenes.batch(seed, DEPTH, CPU.workers(), 60 + 200 * seed, 50);
  }

  private static OctreeInputs scans(int seed) {
    return RandomScenes.scans(seed, DEPTH, CPU.workers(), 60 + 200 * seed, 50);
  }

  @Test
  void followsTheCpuThroughGrowingBatches() {
    for (Optimiser[] pair :
        new Optimiser[][] {
          {new Sgd(0.9, 1e-4), new Sgd(0.9, 1e-4)}, {new Adam(1e-4), new Adam(1e-4)}
        }) {
      try (Training expected = new Training(CPU, pair[0]);
          Training actual = new Training(DEVICE, pair[1])) {
        for (int seed : new int[] {0, 0, 1, 2, 1}) {
          assertThat(actual.step(batch(seed))).isCloseTo(expected.step(batch(seed)), within(2e-4f));
          if (seed == 1) {
            assertClose(actual.logits(batch(0)), expected.logits(batch(0)), 5e-3);
          }
        }
        assertClose(actual.weights(), expected.weights(), 5e-3);
      }
    }
  }

  /// The same batches, but the device builds their octrees; then one whose octrees are given.
  @Test
  void buildsOctreesOfGrowingBatches() {
    try (Training expected = new Training(CPU, new Sgd(0.9, 1e-4));
        Training actual = new Training(DEVICE, new Sgd(0.9, 1e-4))) {
      for (int seed : new int[] {0, 1, 2, 1}) {
        float loss = expected.step(batch(seed));
        assertThat(actual.step(scans(seed))).isCloseTo(loss, within(2e-4f));
      }
      assertClose(actual.logits(scans(0)), expected.logits(batch(0)), 5e-3);
      assertThat(actual.step(batch(0))).isCloseTo(expected.step(batch(0)), within(2e-4f));
      assertClose(actual.weights(), expected.weights(), 5e-3);
    }
  }

  @Test
  void mixedPrecisionFollowsWithinItsRounding() {
    try (Training expected = new Training(CPU, new Sgd(0.9, 1e-4), WIDE);
        Training actual = new Training(BRAIN, new Sgd(0.9, 1e-4), WIDE)) {
      float first = 0;
      float last = 0;
      for (int step = 0; step < 6; step++) {
        last = expected.step(batch(0));
        first = step == 0 ? last : first;
        assertThat(actual.step(batch(0))).isCloseTo(last, within(2e-2f));
      }
      assertThat(last).isLessThan(first - 0.2f);
      assertThat(actual.logits(batch(0))).isNotEqualTo(expected.logits(batch(0)));
      assertClose(actual.logits(batch(0)), expected.logits(batch(0)), 5e-2);
    }
  }

  /// A restart from saved weights, as after a checkpoint: what the host writes counts.
  @Test
  void takesWhatTheHostWrites() {
    try (Training training = new Training(DEVICE, new Sgd(0.9, 0))) {
      List<float[]> saved = new ArrayList<>();
      for (Parameter parameter : training.model.parameters().all()) {
        saved.add(parameter.toReference());
      }
      float first = training.step(batch(0));
      float second = training.step(batch(0));
      assertThat(second).isNotEqualTo(first);
      for (int i = 0; i < saved.size(); i++) {
        training.model.parameters().all().get(i).fromReference(saved.get(i));
      }
      assertThat(training.step(batch(0))).isEqualTo(first);
    }
  }

  @Test
  void profilesEveryOp() {
    try (Training training = new Training(DEVICE, new Sgd(0.9, 0));
        Training profiled = new Training(DEVICE, new Sgd(0.9, 0))) {
      float first = training.step(batch(0));
      float second = training.step(batch(0));
      assertThat(profiled.step(batch(0))).isEqualTo(first);
      OctreeInputs next = batch(0);
      next.set(Optimiser.HYPER, FloatArray.fromArray(profiled.optimiser.hyper(0.05, 2)));
      long[] nanoseconds = profiled.training.profile(next);
      assertThat(nanoseconds).hasSizeGreaterThan(50).doesNotContain(0);
      assertThat(profiled.training.floats(profiled.loss).get(0)).isEqualTo(second);
    }
  }

  @Test
  void refusesLabelsThatAreNoClasses() {
    try (Training training = new Training(DEVICE, new Sgd(0.9, 0))) {
      OctreeInputs batch = batch(0);
      IntArray labels = batch.ints(new InputKey.Named("labels"));
      labels.set(3, 5);
      assertThatThrownBy(() -> training.step(batch))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("label of row 3 must be below the number of classes, 5, is 5");
    }
  }

  private static void assertClose(float[] actual, float[] expected, double tolerance) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      size = Math.max(size, Math.abs(expected[i]));
    }
    assertThat(difference).isLessThan(tolerance * size);
  }
}
