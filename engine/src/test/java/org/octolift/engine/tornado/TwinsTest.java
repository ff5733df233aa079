package org.octolift.engine.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
import org.octolift.engine.memory.MemoryPlan;
import org.octolift.engine.ops.BatchNormApply;
import org.octolift.engine.ops.BatchNormGradient;
import org.octolift.engine.ops.BatchNormGradientSums;
import org.octolift.engine.ops.BatchNormStatistics;
import org.octolift.engine.ops.Concat;
import org.octolift.engine.ops.Convolution;
import org.octolift.engine.ops.ConvolutionWeightGradient;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// What is stored in 16 bits, and that it changes no bit of the results: a product, batch
/// normalisation with ReLU, a product of that beside its input, and all gradients.
final class TwinsTest {
  private static final Rows ROWS = Rows.points();
  private static final int COUNT = 75;
  private static final int CHANNELS = 32;
  private static final float EPSILON = 1e-5f;

  private final Recorder recorder = new Recorder();
  private final Value x = recorder.input(new InputKey.Named("x"), ROWS, CHANNELS);
  private final Value slope = recorder.input(new InputKey.Named("slope"), ROWS, CHANNELS);
  private final Value weights = input("weights", CHANNELS, CHANNELS);
  private final Value wide = input("wide", 2 * CHANNELS, CHANNELS);
  private final Value gamma = input("gamma", 1, CHANNELS);
  private final Value beta = input("beta", 1, CHANNELS);
  private final Value first = matrix("first");
  private final Value mean = vector("mean");
  private final Value variance = vector("variance");
  private final Value runningMean = variable("runningMean");
  private final Value runningVariance = variable("runningVariance");
  private final Value active = matrix("active");
  private final Value both = recorder.temporary("both", ROWS, 2 * CHANNELS);
  private final Value y = recorder.keep(matrix("y"));
  private final Value dActive = matrix("dActive");
  private final Value dWide =
      recorder.keep(recorder.temporary("dWide", Rows.fixed(2 * CHANNELS), CHANNELS));
  private final Value dGamma = recorder.keep(vector("dGamma"));
  private final Value dBeta = recorder.keep(vector("dBeta"));
  private final Value dFirst = matrix("dFirst");
  private final Value dWeights =
      recorder.keep(recorder.temporary("dWeights", Rows.fixed(CHANNELS), CHANNELS));
  private final Value dx = recorder.keep(matrix("dx"));

  private Value input(String name, int rows, int channels) {
    return recorder.input(new InputKey.Named(name), Rows.fixed(rows), channels);
  }

  private Value matrix(String name) {
    return recorder.temporary(name, ROWS, CHANNELS);
  }

  private Value vector(String name) {
    return recorder.temporary(name, Rows.fixed(1), CHANNELS);
  }

  private Value variable(String name) {
    return recorder.persistent(new Variable(name, 1, CHANNELS));
  }

  private Program program() {
    recorder.add(new Convolution(first, x, weights, null, null, null, false));
    recorder.add(
        new BatchNormStatistics(mean, variance, runningMean, runningVariance, first, 0.1f));
    recorder.add(
        new BatchNormApply(active, first, mean, variance, gamma, beta, null, true, EPSILON));
    recorder.add(new Concat(both, List.of(active, x)));
    recorder.add(new Convolution(y, both, wide, null, null, null, false));
    recorder.add(new ConvolutionWeightGradient(dWide, both, slope, null, null));
    recorder.add(new Convolution(dActive, slope, weights, null, null, null, true));
    recorder.add(
        new BatchNormGradientSums(dGamma, dBeta, dActive, active, first, mean, variance, EPSILON));
    recorder.add(
        new BatchNormGradient(
            dFirst, null, dActive, active, first, mean, variance, gamma, dGamma, dBeta, EPSILON));
    recorder.add(new ConvolutionWeightGradient(dWeights, x, dFirst, null, null));
    recorder.add(new Convolution(dx, dFirst, weights, null, null, null, true));
    return recorder.program();
  }

  private static KernelStyle style(Precision precision) {
    return new KernelStyle(true, precision, false, null);
  }

  private static float[] random(int size, long seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  private TestBatch batch() {
    TestBatch batch = new TestBatch().rows(ROWS, COUNT);
    for (Value value : Arrays.asList(x, slope, weights, wide, gamma, beta)) {
      int rows = value.rows().equals(ROWS) ? COUNT : value.rows().value();
      InputKey key = ((Value.Source.Input) value.source()).key();
      batch.floats(key, random(rows * value.channels(), value.id()));
    }
    return batch;
  }

  @Test
  void valuesThatAreMultipliedAloneAreStoredInHalf() {
    Twins twins = new Twins(program(), style(Precision.BF16));
    assertThat(twins.of(active)).containsExactly(Twin.rows(active));
    assertThat(twins.isStored(active)).as("read by a copy, and for its signs").isFalse();
    assertThat(twins.of(both)).containsExactly(Twin.rows(both));
    assertThat(twins.isStored(both)).isFalse();
    assertThat(twins.of(dFirst))
        .containsExactlyInAnyOrder(Twin.rows(dFirst), Twin.columns(dFirst, null));
    assertThat(twins.isStored(dFirst)).isFalse();
    assertThat(twins.of(first)).as("statistics are of floats").isEmpty();
    assertThat(twins.of(x)).as("inputs").isEmpty();
    assertThat(twins.isStored(y)).isTrue();
  }

  @Test
  void othersHaveNone() {
    for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16X3}) {
      Twins twins = new Twins(program(), style(precision));
      assertThat(twins.values()).isEqualTo(recorder.values());
    }
  }

  @Test
  void whatIsStoredInHalfTakesNoFloats() {
    Program program = program();
    Twins twins = new Twins(program, style(Precision.BF16));
    int rows = 1000;
    MemoryPlan plan =
        MemoryPlan.of(program, twins, r -> r.kind() == Rows.Kind.FIXED ? r.value() : rows);
    assertThat(plan.buffers().stream().flatMap(buffer -> buffer.values().stream()))
        .doesNotContain(active, both, dFirst)
        .contains(twins.place(Twin.rows(active)), first);
  }

  /// The same numbers are rounded, once, from the same floats.
  @Tag("device")
  @Test
  void resultsHaveTheSameBits() {
    Program program = program();
    try (TornadoDevice device = TornadoDevice.openForTests(Precision.BF16);
        Executable with = device.load(program);
        Executable without =
            new TornadoExecutable(device, program, new Twins(program, style(Precision.FP32)))) {
      with.run(batch());
      without.run(batch());
      for (Value value : new Value[] {y, dWide, dGamma, dBeta, dWeights, dx}) {
        int size = with.rows(value) * value.channels();
        FloatArray actual = with.floats(value);
        FloatArray expected = without.floats(value);
        for (int i = 0; i < size; i++) {
          assertThat(actual.get(i)).as("%s, %d", value, i).isEqualTo(expected.get(i));
        }
      }
    }
  }
}
