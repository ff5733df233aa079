package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Op;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.TestBatch;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.io.Json;

/// Losses, gradients and optimiser steps against what PyTorch gave (`losses_optim_check.json`).
class LossesGoldenTest {
  private static final int ROWS = 60;
  private static final int CLASSES = 21;
  private static final Rows ONE = Rows.fixed(1);

  private final Map<?, ?> golden = golden();
  private final Recorder recorder = new Recorder();
  private final TestBatch batch = new TestBatch().rows(Rows.points(), ROWS);
  private final Value logits = input("logits", stream("loss_logits", t -> 3 * t));

  private static Map<?, ?> golden() {
    String name = "/golden/losses_optim_check.json";
    try (InputStream stream = LossesGoldenTest.class.getResourceAsStream(name)) {
      return (Map<?, ?>) Json.parse(name, stream.readAllBytes());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// The formula stream of a name: SplitMix64 seeded by the FNV-1a hash, in -1..1.
  private static float[] stream(String name, Function<Double, Double> scale) {
    long seed = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      seed = (seed ^ (b & 0xff)) * 0x100000001b3L;
    }
    float[] values = new float[ROWS * CLASSES];
    for (int i = 0; i < values.length; i++) {
      long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      z ^= z >>> 31;
      double u = (z >>> 11) * 0x1p-53;
      values[i] = scale.apply(2 * u - 1).floatValue();
    }
    return values;
  }

  private Value input(String name, float[] values) {
    batch.floats(new InputKey.Named(name), values);
    return recorder.input(new InputKey.Named(name), Rows.points(), CLASSES);
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  private void check(
      String key, BiFunction<Value, Value, Op> loss, BiFunction<Value, Value[], Op> gradient) {
    Value value = recorder.keep(recorder.temporary("loss", ONE, 1));
    Value count = recorder.temporary("count", ONE, 1);
    Value dLoss = recorder.temporary("dLoss", ONE, 1);
    Value dLogits = recorder.keep(recorder.temporary("dLogits", Rows.points(), CLASSES));
    recorder.add(loss.apply(value, count));
    recorder.add(new Fill(dLoss, 1));
    recorder.add(gradient.apply(dLogits, new Value[] {count, dLoss}));
    Map<?, ?> expected = (Map<?, ?>) golden.get(key);
    try (CpuDevice device = new CpuDevice(2);
        Executable executable = device.load(recorder.program())) {
      executable.run(batch);
      assertThat((double) executable.floats(value).get(0))
          .isCloseTo(number(expected.get("value")), within(5e-6));
      List<?> first = (List<?>) expected.get("grad_row0_first4");
      for (int i = 0; i < first.size(); i++) {
        assertThat((double) executable.floats(dLogits).get(i))
            .isCloseTo(number(first.get(i)), within(1e-8));
      }
      double squares = 0;
      for (int i = 0; i < ROWS * CLASSES; i++) {
        squares += Math.pow(executable.floats(dLogits).get(i), 2);
      }
      double norm = number(expected.get("grad_l2"));
      assertThat(Math.sqrt(squares)).isCloseTo(norm, within(1e-6 * norm));
    }
  }

  @Test
  void crossEntropy() {
    int[] classes =
        ((List<?>) golden.get("labels")).stream().mapToInt(l -> (int) number(l)).toArray();
    batch.ints(new InputKey.Named("labels"), classes);
    Value labels = recorder.inputInts(new InputKey.Named("labels"), Rows.points(), 1);
    check(
        "ce_label_gt_0",
        (loss, count) -> new CrossEntropy(loss, count, logits, labels, 0),
        (d, v) -> new CrossEntropyGradient(d, logits, labels, v[0], v[1], 0));
  }

  @Test
  void softCrossEntropy() {
    Value soft = input("soft", stream("loss_soft", t -> 2 * t));
    Value target = recorder.temporary("target", Rows.points(), CLASSES);
    recorder.add(new Softmax(target, soft));
    check(
        "soft_ce",
        (loss, count) -> new SoftCrossEntropy(loss, count, logits, target),
        (d, v) -> new SoftCrossEntropyGradient(d, logits, target, v[0], v[1]));
  }

  @Test
  void consistency() {
    Value teacher = input("teacher", stream("loss_teacher", t -> 3 * t));
    check(
        "consistency_mse",
        (loss, count) -> new Consistency(loss, count, logits, teacher, null),
        (d, v) -> new ConsistencyGradient(d, logits, teacher, null, v[0], v[1]));
  }

  @Test
  void entropy() {
    check(
        "entropy_LA",
        (loss, count) -> new Entropy(loss, count, logits, null),
        (d, v) -> new EntropyGradient(d, logits, null, v[0], v[1]));
  }

  @Test
  void optimiserAndMovingAverage() {
    Variable parameter = variable("parameter", 1, -2);
    Variable average = variable("average", 0.5f, 0.5f);
    Value p = recorder.persistent(parameter);
    Value velocity = recorder.persistent(new Variable("velocity", 1, 2));
    Value gradient = recorder.temporary("gradient", ONE, 2);
    Value hyper = recorder.input(new InputKey.Named("hyper"), ONE, 3);
    Value alpha = recorder.input(new InputKey.Named("alpha"), ONE, 1);
    recorder.add(new Add(gradient, p, p));
    recorder.add(new Sgd(List.of(p), List.of(velocity), List.of(gradient), hyper));
    recorder.add(new Ema(recorder.persistent(average), p, alpha));
    batch.floats(new InputKey.Named("hyper"), 0.05f, 0.9f, 1e-4f);
    List<?> steps = (List<?>) golden.get("sgd_m0.9_wd1e-4_lr.05_f=sum(p^2)_from[1,-2]");
    List<?> averages = (List<?>) golden.get("ema_from[.5,.5]_alpha.999");
    try (CpuDevice device = new CpuDevice(1);
        Executable executable = device.load(recorder.program())) {
      for (int step = 0; step < steps.size(); step++) {
        batch.floats(new InputKey.Named("alpha"), (float) Math.min(1 - 1.0 / (step + 2), 0.999));
        executable.run(batch);
        for (int i = 0; i < 2; i++) {
          assertThat((double) parameter.data().get(i))
              .isCloseTo(number(((List<?>) steps.get(step)).get(i)), within(2e-7));
          assertThat((double) average.data().get(i))
              .isCloseTo(number(((List<?>) averages.get(step)).get(i)), within(2e-7));
        }
      }
    }
  }

  private static Variable variable(String name, float first, float second) {
    Variable variable = new Variable(name, 1, 2);
    variable.data().set(0, first);
    variable.data().set(1, second);
    return variable;
  }
}
