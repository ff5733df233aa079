package org.octolift.nn.models.dpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.ops.ArgMax;
import org.octolift.engine.ops.ImageResize;
import org.octolift.engine.ops.Resampler;
import org.octolift.engine.ops.Softmax;
import org.octolift.nn.GoldenScenes;
import org.octolift.nn.checkpoint.TestFiles;

/// DPT-Hybrid against the original implementation in PyTorch 2.13, with parameters by a formula.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DptHybridTest {
  private static final int CLASSES = 150;
  private static final Grid GRID = DptFormula.GRID;
  private static final Grid RESIZED = new Grid(1, 50, 70);

  @TempDir private static Path folder;
  private Dpt model;
  private float[] logits;
  private float[] soft;
  private int[] classes;

  @BeforeAll
  void run() {
    model = DptFormula.model(DptBackbone.HYBRID, new DptTask.Segmentation(CLASSES));
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
      executable.run(DptFormula.image());
      logits = Arrays.copyOf(executable.floats(output).toHeapArray(), GRID.size() * CLASSES);
      soft =
          Arrays.copyOf(executable.floats(probabilities).toHeapArray(), RESIZED.size() * CLASSES);
      classes = executable.ints(best).toHeapArray();
    }
  }

  @AfterAll
  void release() {
    model = null;
  }

  @Test
  void logits() throws IOException {
    float[] expected = DptFormula.golden(folder, "dpt_logits_150x8x12_stride8.f32");
    double worst = DptFormula.worst(logits, GRID, expected, 8);
    assertThat(worst / DptFormula.range(expected)).isLessThan(1e-4);
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
    String name = "dpt_softmax_bicubic50x70_150x5x7_stride10.f32";
    float[] expected = DptFormula.golden(folder, name);
    assertThat(DptFormula.worst(soft, RESIZED, expected, 10)).isLessThan(1e-4);
  }

  @Test
  void hasTheNamesAndShapesOfThePublishedWeights() throws IOException {
    List<String> listed =
        Files.readAllLines(TestFiles.shared("golden/dpt_hybrid_ade20k_state.txt"));
    assertThat(DptFormula.entries(model.parameters()))
        .containsExactlyElementsOf(listed.subList(1, listed.size()));
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
