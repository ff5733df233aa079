package org.octolift.nn.models.dpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.ops.ArgMax;
import org.octolift.engine.ops.ImageResize;
import org.octolift.engine.ops.Resampler;
import org.octolift.engine.ops.Softmax;
import org.octolift.nn.FormulaStream;
import org.octolift.nn.GoldenScenes;
import org.octolift.nn.Parameter;
import org.octolift.nn.checkpoint.TestFiles;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// DPT-Hybrid against the original implementation in PyTorch 2.13, with parameters by a formula.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DptHybridTest {
  private static final int CLASSES = 150;
  private static final Grid GRID = new Grid(1, 64, 96);
  private static final Grid RESIZED = new Grid(1, 50, 70);

  @TempDir private static Path folder;
  private DptHybrid model;
  private float[] logits;
  private float[] soft;
  private int[] classes;

  @BeforeAll
  void run() {
    model = new DptHybrid(CLASSES);
    model.parameters().all().forEach(DptHybridTest::fill);
    Recorder recorder = new Recorder();
    Value input = recorder.input(new InputKey.Named("image"), GRID.rows(), 3);
    Value output = recorder.keep(model.record(recorder, new Image(input, GRID)).value());
    Value best = recorder.keep(recorder.temporaryInts("classes", GRID.rows(), 1));
    recorder.add(new ArgMax(best, output));
    Value resized = recorder.temporary("resized", RESIZED.rows(), CLASSES);
    recorder.add(new ImageResize(resized, output, GRID, RESIZED, Resampler.bicubic()));
    Value probabilities = recorder.keep(recorder.temporary("soft", RESIZED.rows(), CLASSES));
    recorder.add(new Softmax(probabilities, resized));
    try (CpuDevice device = new CpuDevice(2);
        Executable executable = device.load(recorder.program())) {
      executable.run(new OneImage(image()));
      logits = executable.floats(output).toHeapArray();
      soft = executable.floats(probabilities).toHeapArray();
      classes = executable.ints(best).toHeapArray();
    }
  }

  @AfterAll
  void release() {
    model = null;
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

  /// The golden image, from (channels, pixels) to (pixels, channels).
  private static FloatArray image() {
    FormulaStream stream = new FormulaStream("dpt_input");
    FloatArray image = new FloatArray(3 * GRID.size());
    for (int c = 0; c < 3; c++) {
      for (int pixel = 0; pixel < GRID.size(); pixel++) {
        image.set(3 * pixel + c, (float) stream.nextSigned());
      }
    }
    return image;
  }

  private static void fill(Parameter parameter) {
    String name = parameter.name();
    int[] shape = parameter.shape();
    int terms = 1;
    for (int i = 1; i < shape.length; i++) {
      terms *= shape[i];
    }
    boolean small =
        name.endsWith("running_mean")
            || name.endsWith("bias")
            || name.endsWith("cls_token")
            || name.endsWith("pos_embed");
    FormulaStream stream = new FormulaStream(name);
    float[] values = new float[parameter.size()];
    for (int i = 0; i < values.length; i++) {
      double t = stream.nextSigned();
      if (small) {
        values[i] = (float) (0.1 * t);
      } else if (name.endsWith("running_var")) {
        values[i] = (float) (1 + 0.5 * Math.abs(t));
      } else if (shape.length == 1) {
        values[i] = (float) (1 + 0.1 * t);
      } else {
        values[i] = (float) (Math.sqrt(3.0 / terms) * t);
      }
    }
    parameter.fromReference(values);
  }

  private static float[] golden(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(GoldenScenes.resource(folder, name));
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /// The greatest difference to values of every {@code stride}-th pixel, (channels, rows, columns).
  private static double worst(float[] actual, Grid grid, float[] expected, int stride) {
    int height = grid.height() / stride;
    int width = grid.width() / stride;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      int y = i / width % height * stride;
      int x = i % width * stride;
      int at = (y * grid.width() + x) * CLASSES + i / width / height;
      worst = Math.max(worst, Math.abs(actual[at] - expected[i]));
    }
    return worst;
  }

  @Test
  void logits() throws IOException {
    float[] expected = golden("dpt_logits_150x8x12_stride8.f32");
    double[] sorted = new double[expected.length];
    Arrays.setAll(sorted, i -> expected[i]);
    Arrays.sort(sorted);
    double range = sorted[sorted.length - 1] - sorted[0];
    assertThat(worst(logits, GRID, expected, 8) / range).isLessThan(1e-4);
  }

  @Test
  void classesOfAllPixels() throws IOException {
    byte[] expected = Files.readAllBytes(GoldenScenes.resource(folder, "dpt_argmax_64x96.u8"));
    int same = 0;
    for (int i = 0; i < expected.length; i++) {
      same += classes[i] == (expected[i] & 0xff) ? 1 : 0;
    }
    assertThat((double) same / expected.length).isGreaterThanOrEqualTo(0.999);
  }

  @Test
  void softLabelsOfAnotherSize() throws IOException {
    float[] expected = golden("dpt_softmax_bicubic50x70_150x5x7_stride10.f32");
    assertThat(worst(soft, RESIZED, expected, 10)).isLessThan(1e-4);
  }

  @Test
  void hasTheNamesAndShapesOfThePublishedWeights() throws IOException {
    List<String> expected =
        Files.readAllLines(TestFiles.shared("golden/dpt_hybrid_ade20k_state.txt"));
    List<String> actual = new ArrayList<>();
    for (String name : model.parameters().names()) {
      Parameter parameter = model.parameters().get(name);
      String shape = parameter == null ? "[]" : Arrays.toString(parameter.shape());
      String tuple = shape.replace('[', '(').replace(']', ')');
      actual.add(name + " " + (tuple.contains(",") ? tuple : tuple.replace(")", ",)")));
    }
    List<String> listed = new ArrayList<>(expected.subList(1, expected.size()));
    listed.replaceAll(line -> line.endsWith("()") ? line.replace("()", "(,)") : line);
    assertThat(actual).containsExactlyElementsOf(listed);
    assertThat(model.parameters().trainableCount()).isEqualTo(124_076_884);
  }

  @Test
  void refusesImagesOfOtherSizes() {
    Grid odd = new Grid(1, 64, 90);
    Recorder recorder = new Recorder();
    Value input = recorder.input(new InputKey.Named("image"), odd.rows(), 3);
    assertThatThrownBy(() -> model.record(recorder, new Image(input, odd)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("multiples of 32");
  }
}
