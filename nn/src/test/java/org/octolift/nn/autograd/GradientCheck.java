package org.octolift.nn.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.nn.Parameter;
import org.octolift.nn.Parameter.Layout;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A small network of random values whose gradients are compared with differences of its loss.
///
/// Programs compute in float32, so the loss is known to about 1e-7. A fourth-order difference of
/// step 4e-3 along a direction of random signs tells its derivative to about 1e-4.
final class GradientCheck {
  private static final int CLASSES = 4;
  private static final int DIRECTIONS = 3;
  private static final double STEP = 4e-3;
  private static final double ACCURACY = 2e-4;

  private final Tape tape = new Tape(true);
  private final List<Parameter> parameters = new ArrayList<>();
  private final OctreeInputs batch;
  private final SplittableRandom random;
  private int names;

  GradientCheck(OctreeInputs batch, long seed) {
    this.batch = batch;
    this.random = new SplittableRandom(seed);
  }

  Tape tape() {
    return tape;
  }

  OctreeInputs batch() {
    return batch;
  }

  // Parameters and values.

  Parameter weights(int kernels, int in, int out) {
    return fill(Parameter.weights(name("weights"), Layout.CONVOLUTION, kernels, in, out), -1, 1);
  }

  Parameter vector(int channels, double from, double to) {
    return fill(Parameter.vector(name("vector"), channels, true), from, to);
  }

  BatchNormParameters norm(int channels) {
    Parameter mean = Parameter.vector(name("mean"), channels, false);
    Parameter variance = Parameter.vector(name("variance"), channels, false);
    return new BatchNormParameters(
        vector(channels, 0.5, 1.5), vector(channels, -1, 1), mean, variance, 1e-3f, 0.01f);
  }

  private Parameter fill(Parameter parameter, double from, double to) {
    parameters.add(parameter);
    FloatArray data = parameter.variable().data();
    for (int i = 0; i < data.getSize(); i++) {
      data.set(i, (float) random.nextDouble(from, to));
    }
    return parameter;
  }

  /// A constant of random numbers in ±1.
  Value constant(Rows rows, int channels) {
    FloatArray array = new FloatArray(batch.rows(rows) * channels);
    for (int i = 0; i < array.getSize(); i++) {
      array.set(i, (float) random.nextDouble(-1, 1));
    }
    return constant(rows, channels, array);
  }

  Value constant(Rows rows, int channels, FloatArray array) {
    String name = name("constant");
    batch.set(name, array);
    return tape.recorder().input(new InputKey.Named(name), rows, channels);
  }

  /// A constant of random numbers in from..to-1, one a row.
  Value integers(Rows rows, int from, int to) {
    String name = name("integers");
    batch.set(name, IntArray.fromArray(random.ints(batch.rows(rows), from, to).toArray()));
    return tape.recorder().inputInts(new InputKey.Named(name), rows, 1);
  }

  /// A value that has a gradient.
  Value signal(Rows rows, int channels) {
    return tape.linear(constant(rows, 3), weights(1, 3, channels), null);
  }

  /// Logits of [#CLASSES] classes.
  Value logits(Rows rows) {
    return signal(rows, CLASSES);
  }

  /// A smooth loss of any value.
  Value loss(Value y) {
    Value logits = tape.linear(y, weights(1, y.channels(), CLASSES), null);
    return Losses.softCrossEntropy(tape, logits, constant(y.rows(), CLASSES)).value();
  }

  private String name(String kind) {
    return kind + names++;
  }

  // The comparison.

  /// Compares the loss's gradients to all parameters with its differences.
  ///
  /// @return the norm of all gradients
  double check(Device device, Value loss) {
    Map<Parameter, float[]> gradients = new LinkedHashMap<>();
    try (Executable executable = load(device, loss, gradients)) {
      double total = 0;
      assertThat(gradients).hasSameSizeAs(parameters);
      for (Map.Entry<Parameter, float[]> entry : gradients.entrySet()) {
        float[] gradient = entry.getValue();
        FloatArray data = entry.getKey().variable().data();
        double squares = 0;
        for (float value : gradient) {
          squares += (double) value * value;
        }
        total += squares;
        for (int i = 0; i < DIRECTIONS; i++) {
          double[] direction = direction(gradient.length);
          double expected = 0;
          for (int j = 0; j < gradient.length; j++) {
            expected += gradient[j] * direction[j];
          }
          double actual = derivative(executable, loss, data, direction);
          double typical = Math.sqrt(squares / gradient.length);
          assertThat(actual)
              .as("%s along direction %d", entry.getKey().name(), i)
              .isCloseTo(expected, within(ACCURACY + 1e-2 * typical));
        }
      }
      return Math.sqrt(total);
    }
  }

  /// Checks that all gradients are zero.
  void checkZero(Device device, Value loss) {
    Map<Parameter, float[]> gradients = new LinkedHashMap<>();
    try (Executable executable = load(device, loss, gradients)) {
      assertThat(executable.floats(loss).get(0)).isZero();
      gradients.forEach(
          (parameter, gradient) -> assertThat(gradient).as(parameter.name()).containsOnly(0));
    }
  }

  /// Runs the program once forwards and backwards.
  private Executable load(Device device, Value loss, Map<Parameter, float[]> gradients) {
    tape.recorder().keep(loss);
    Map<Parameter, Value> values = new LinkedHashMap<>();
    tape.backward(
        loss,
        (parameter, gradient) -> {
          Value before = values.put(parameter, tape.recorder().keep(gradient));
          assertThat(before).as("first gradient of " + parameter.name()).isNull();
        });
    Executable executable = device.load(tape.program());
    executable.run(batch);
    values.forEach(
        (parameter, value) -> {
          float[] gradient = new float[parameter.size()];
          FloatArray array = executable.floats(value);
          for (int i = 0; i < gradient.length; i++) {
            gradient[i] = array.get(i);
          }
          gradients.put(parameter, gradient);
        });
    return executable;
  }

  private double[] direction(int size) {
    double[] direction = new double[size];
    for (int i = 0; i < size; i++) {
      direction[i] = (random.nextBoolean() ? 1 : -1) / Math.sqrt(size);
    }
    return direction;
  }

  private double derivative(
      Executable executable, Value loss, FloatArray data, double[] direction) {
    float[] saved = data.toHeapArray();
    double[] at = new double[5];
    for (int i = -2; i <= 2; i++) {
      for (int j = 0; j < saved.length; j++) {
        data.set(j, (float) (saved[j] + i * STEP * direction[j]));
      }
      executable.run(batch);
      at[i + 2] = executable.floats(loss).get(0);
    }
    for (int j = 0; j < saved.length; j++) {
      data.set(j, saved[j]);
    }
    return (8 * (at[3] - at[1]) - (at[4] - at[0])) / (12 * STEP);
  }
}
