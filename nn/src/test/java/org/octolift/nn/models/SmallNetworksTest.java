package org.octolift.nn.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.Executable;
import org.octolift.engine.InputKey;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.io.Json;
import org.octolift.engine.octree.OctreeInputs;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.nn.FormulaStream;
import org.octolift.nn.GoldenScenes;
import org.octolift.nn.Parameter;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Networks that the original library's golden data leave out, against the same networks in double
/// precision (README of the goldens): SegNet with both interpolations, small U-Nets on all nodes
/// and with linear interpolation.
///
/// Reached: loss 1.4e-7, logits 2e-7 of their range, gradients 3.2e-6 of their norms, running
/// statistics 1.5e-7.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SmallNetworksTest {
  private static final UNetStages SMALL =
      new UNetStages(List.of(8, 16, 24), List.of(1, 2), List.of(24, 16, 12), List.of(2, 1), 20);
  private static final int CLASSES = 21;

  private CpuDevice device;
  private OctreeInputs batch;

  @BeforeAll
  void load(@TempDir Path folder) throws IOException {
    device = new CpuDevice(2);
    batch = GoldenScenes.batch(folder, OctreeOptions.reference(), device.workers());
  }

  @AfterAll
  void close() {
    device.close();
  }

  @ParameterizedTest
  @CsvSource({
    "segnet_nearest, false, NEAREST",
    "segnet_linear, false, LINEAR",
    "unet_all_nodes, false, NEAREST",
    "unet_all_nodes_linear, false, LINEAR",
    "unet_linear, true, LINEAR"
  })
  void equalsItsReference(
      String name, boolean nonEmpty, Interpolation interpolation, @TempDir Path folder)
      throws IOException {
    Map<?, ?> golden = (Map<?, ?>) Json.parse(GoldenScenes.resource(folder, name + ".json"));
    ModelOptions options = new ModelOptions(9, 7, CLASSES, nonEmpty, interpolation);
    Model model =
        name.startsWith("segnet")
            ? new SegNet(options, RandomSource.of(1))
            : new UNet(options, SMALL, RandomSource.of(1));
    FormulaStream.fill(model.parameters());
    evaluate(model, golden);
    train(model, golden);
  }

  private void evaluate(Model model, Map<?, ?> golden) {
    Tape tape = new Tape(false);
    Value logits = tape.recorder().keep(model.record(tape, true));
    try (Executable executable = device.load(tape.program())) {
      executable.run(batch);
      checkLogits(executable.floats(logits), golden, "eval");
    }
  }

  private void train(Model model, Map<?, ?> golden) {
    Tape tape = new Tape(true);
    Value labels = tape.recorder().inputInts(new InputKey.Named("labels"), Rows.points(), 1);
    Value logits = tape.recorder().keep(model.record(tape, true));
    Losses.Loss loss = Losses.crossEntropy(tape, logits, labels, 0);
    tape.recorder().keep(loss.value());
    Map<Parameter, Value> gradients = new HashMap<>();
    tape.backward(
        loss.value(), (parameter, d) -> gradients.put(parameter, tape.recorder().keep(d)));
    try (Executable executable = device.load(tape.program())) {
      executable.run(batch);
      assertThat((double) executable.floats(loss.value()).get(0))
          .isCloseTo(number(golden.get("loss")), within(1e-6));
      checkLogits(executable.floats(logits), golden, "train");
      Map<?, ?> expected = (Map<?, ?>) golden.get("gradients");
      assertThat(gradients).hasSameSizeAs(expected);
      gradients.forEach(
          (parameter, value) ->
              checkGradient(
                  parameter.name(),
                  parameter.toReference(executable.floats(value)),
                  (Map<?, ?>) expected.get(parameter.name())));
    }
    Map<?, ?> running = (Map<?, ?>) golden.get("running");
    running.forEach(
        (name, first) ->
            checkFirst(
                (String) name,
                model.parameters().get((String) name).toReference(),
                (List<?>) first,
                1e-6));
  }

  private static void checkLogits(FloatArray actual, Map<?, ?> golden, String mode) {
    List<?> rows = (List<?>) golden.get("rows");
    List<?> expected = (List<?>) golden.get(mode + "_logits");
    double range = number(golden.get(mode + "_range"));
    for (int i = 0; i < rows.size(); i++) {
      int row = (int) number(rows.get(i));
      List<?> logits = (List<?>) expected.get(i);
      assertThat(logits).hasSize(CLASSES);
      for (int j = 0; j < CLASSES; j++) {
        assertThat((double) actual.get(row * CLASSES + j))
            .as("%s logits of row %d, class %d", mode, row, j)
            .isCloseTo(number(logits.get(j)), within(1e-6 * range));
      }
    }
  }

  private static void checkGradient(String name, float[] actual, Map<?, ?> expected) {
    double squares = 0;
    for (float value : actual) {
      squares += (double) value * value;
    }
    double norm = number(expected.get("l2"));
    assertThat(Math.sqrt(squares)).as(name).isCloseTo(norm, within(1e-5 * norm));
    checkFirst(name, actual, (List<?>) expected.get("first8"), 1e-5 * norm);
  }

  private static void checkFirst(String name, float[] actual, List<?> expected, double tolerance) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat((double) actual[i])
          .as("%s[%d]", name, i)
          .isCloseTo(number(expected.get(i)), within(tolerance));
    }
  }

  private static double number(Object json) {
    return ((Number) json).doubleValue();
  }
}
