package org.octolift.nn.models.dpt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.nn.FormulaStream;
import org.octolift.nn.GoldenScenes;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// DPTs and their input with numbers by a formula, as the golden data has them.
final class DptFormula {
  /// The golden image's pixels.
  static final Grid GRID = new Grid(1, 64, 96);

  private DptFormula() {}

  /// A network with parameters by the formula.
  static Dpt model(DptBackbone backbone, DptTask task) {
    return filled(new Dpt(backbone, task));
  }

  /// Gives a network's parameters their numbers.
  static Dpt filled(Dpt model) {
    model.parameters().all().parallelStream().forEach(DptFormula::fill);
    return model;
  }

  private static void fill(Parameter parameter) {
    String name = parameter.name();
    int[] shape = parameter.shape();
    boolean small =
        name.endsWith("running_mean")
            || name.endsWith("bias")
            || name.endsWith("cls_token")
            || name.endsWith("pos_embed");
    double offset = 0;
    double scale = 0.1;
    if (name.endsWith("running_var")) {
      offset = 1;
      scale = 0.5;
    } else if (!small && shape.length == 1) {
      offset = 1;
    } else if (!small) {
      scale = Math.sqrt(3.0 * shape[0] / parameter.size());
    }
    FormulaStream stream = new FormulaStream(name);
    float[] values = new float[parameter.size()];
    for (int i = 0; i < values.length; i++) {
      double t = stream.nextSigned();
      values[i] = (float) (offset + scale * (name.endsWith("running_var") ? Math.abs(t) : t));
    }
    parameter.fromReference(values);
  }

  /// The golden image, from (channels, pixels) to (pixels, channels).
  static BatchInputs image() {
    FormulaStream stream = new FormulaStream("dpt_input");
    FloatArray image = new FloatArray(3 * GRID.size());
    for (int c = 0; c < 3; c++) {
      for (int pixel = 0; pixel < GRID.size(); pixel++) {
        image.set(3 * pixel + c, (float) stream.nextSigned());
      }
    }
    return new OneImage(image);
  }

  /// What a network says of the golden image.
  static float[] run(Dpt model) {
    try (CpuDevice device = new CpuDevice(2)) {
      return run(model, device);
    }
  }

  /// As [#run(Dpt)] on any device.
  static float[] run(Dpt model, Device device) {
    Recorder recorder = new Recorder();
    Value input = recorder.input(new InputKey.Named("image"), GRID.rows(), 3);
    Value output = recorder.keep(model.record(recorder, new Image(input, GRID)).value());
    try (Executable executable = device.load(recorder.program())) {
      executable.run(image());
      float[] values = executable.floats(output).toHeapArray();
      return Arrays.copyOf(values, GRID.size() * output.channels());
    }
  }

  /// Floats of a golden file.
  static float[] golden(Path folder, String name) throws IOException {
    byte[] bytes = Files.readAllBytes(GoldenScenes.resource(folder, name));
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /// The greatest difference to values of every {@code stride}-th pixel, (channels, rows, columns).
  static double worst(float[] actual, Grid grid, float[] expected, int stride) {
    int height = grid.height() / stride;
    int width = grid.width() / stride;
    int channels = actual.length / grid.size();
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      int y = i / width % height * stride;
      int x = i % width * stride;
      int at = (y * grid.width() + x) * channels + i / width / height;
      worst = Math.max(worst, Math.abs(actual[at] - expected[i]));
    }
    return worst;
  }

  /// The difference of the greatest and the least.
  static double range(float[] values) {
    double least = values[0];
    double greatest = values[0];
    for (float value : values) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    return greatest - least;
  }

  /// Each entry of a state dict as "name (shape)", in Python's notation.
  static List<String> entries(ParameterSet parameters) {
    List<String> entries = new ArrayList<>();
    for (String name : parameters.names()) {
      Parameter parameter = parameters.get(name);
      String shape = parameter == null ? "[]" : Arrays.toString(parameter.shape());
      String tuple = shape.replace('[', '(').replace(']', ')');
      boolean single = parameter != null && parameter.shape().length == 1;
      entries.add(name + " " + (single ? tuple.replace(")", ",)") : tuple));
    }
    return entries;
  }

  /// One input.
  private record OneImage(FloatArray image) implements BatchInputs {
    @Override
    public int rows(Rows rows) {
      return rows.value();
    }

    @Override
    public FloatArray floats(InputKey key) {
      return image;
    }

    @Override
    public IntArray ints(InputKey key) {
      throw new IllegalArgumentException("no input " + key);
    }
  }
}
