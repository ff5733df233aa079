package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.Executable;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.io.Json;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.octree.OctreeOptions;
import org.octolift.nn.FormulaStream;
import org.octolift.nn.GoldenScenes;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.models.Interpolation;
import org.octolift.nn.models.Model;
import org.octolift.nn.models.ModelOptions;
import org.octolift.nn.models.SegNet;
import org.octolift.nn.models.UNet;
import org.octolift.nn.models.UNetStages;

final class WeightLayoutTest {
  private static final int CLASSES = 5;

  @TempDir private Path folder;

  /// The network of `ocnn.unet.pth`, which ocnn-pytorch saved, with other weights.
  private static UNet unet() {
    return new UNet(
        new ModelOptions(9, 7, CLASSES, true, Interpolation.NEAREST),
        new UNetStages(List.of(4, 4, 6), List.of(1, 1), List.of(6, 4, 4), List.of(1, 1), 3),
        RandomSource.of(1));
  }

  private static SegNet segnet() {
    return new SegNet(new ModelOptions(5, 4, 3, false, Interpolation.NEAREST), RandomSource.of(1));
  }

  private SequencedMap<String, NdArray> ocnn() throws IOException {
    return ModelFiles.read(TestFiles.resource(folder, "ocnn.unet.pth"));
  }

  @Test
  void isThatOfOcnnPytorchBitForBit() throws IOException {
    Model model = unet();
    FormulaStream.fill(model.parameters());
    model
        .parameters()
        .batchesTracked()
        .keySet()
        .forEach(name -> model.parameters().setBatchesTracked(name, 7));
    SequencedMap<String, NdArray> ours = StateDict.of(model.parameters());
    SequencedMap<String, NdArray> theirs = ocnn();

    assertThat(WeightLayout.of(ours)).isEqualTo(WeightLayout.REFERENCE);
    assertThat(WeightLayout.of(theirs)).isEqualTo(WeightLayout.OCNN_PYTORCH);
    assertSame(WeightLayout.OCNN_PYTORCH.convert("ours", ours), theirs);
    assertSame(WeightLayout.REFERENCE.convert("theirs", theirs), ours);
    assertSame(WeightLayout.REFERENCE.convert("ours", ours), ours);
    assertSame(WeightLayout.OCNN_PYTORCH.convert("theirs", theirs), theirs);
  }

  /// The kernel's offsets have the same order: ocnn-pytorch's own logits come out.
  @Test
  void computesWhatOcnnPytorchComputes(@TempDir Path scenes) throws IOException {
    Map<?, ?> golden = (Map<?, ?>) Json.parse(GoldenScenes.resource(scenes, "ocnn_unet.json"));
    Model model = unet();
    StateDict.load(
        model.parameters(), WeightLayout.REFERENCE.convert("theirs", ocnn()), Path.of("theirs"));
    Tape tape = new Tape(false);
    Value logits = tape.recorder().keep(model.record(tape, true));
    try (CpuDevice device = new CpuDevice(2);
        Executable executable = device.load(tape.program())) {
      executable.run(GoldenScenes.batch(scenes, OctreeOptions.reference(), device.workers()));
      List<?> rows = (List<?>) golden.get("rows");
      List<?> expected = (List<?>) golden.get("logits");
      double range = (Double) golden.get("range");
      assertThat(rows).hasSize(20);
      for (int i = 0; i < rows.size(); i++) {
        for (int c = 0; c < CLASSES; c++) {
          int at = ((Long) rows.get(i)).intValue() * CLASSES + c;
          assertThat((double) executable.floats(logits).get(at))
              .as("row %s, class %d", rows.get(i), c)
              .isCloseTo((Double) ((List<?>) expected.get(i)).get(c), within(2e-6 * range));
        }
      }
    }
  }

  @Test
  void theBottleneckOfASegNetHasANameOfItsOwn() {
    SequencedMap<String, NdArray> ours = StateDict.of(segnet().parameters());
    SequencedMap<String, NdArray> theirs = WeightLayout.OCNN_PYTORCH.convert("ours", ours);

    assertThat(theirs.keySet().stream().filter(name -> name.endsWith(".conv.weights")))
        .containsExactly(
            "convs.0.conv.weights",
            "convs.1.conv.weights",
            "convs.2.conv.weights",
            "bottleneck.conv.weights",
            "deconvs.0.conv.weights",
            "deconvs.1.conv.weights",
            "deconvs.2.conv.weights");
    assertThat(theirs.get("deconvs.2.conv.weights").shape()).isEqualTo(new int[] {27, 32, 32});
    assertSame(WeightLayout.REFERENCE.convert("theirs", theirs), ours);
  }

  @Test
  void otherTensorsAndShapesAreRefused() {
    assertRefused(
        Map.of("fc.weight", NdArray.of(new float[6], 2, 3)), "fc.weight (2, 3) is no tensor of");
    assertRefused(
        Map.of("conv1.conv.weights", NdArray.of(new float[80], 4, 20)),
        "conv1.conv.weights: expected shape (rows, 27·n), found (4, 20)");
    assertRefused(
        Map.of("conv1.conv.weights", NdArray.of(new float[80], 20, 2, 2)),
        "conv1.conv.weights: expected shape (27, n, m), found (20, 2, 2)");
    assertRefused(
        Map.of("downsample.0.conv.weights", NdArray.of(new float[27], 27, 1, 1)),
        "downsample.0.conv.weights: expected shape (8, n, m), found (27, 1, 1)");
    assertRefused(
        Map.of("header.1.conv1x1.weight", NdArray.of(new float[6], 2, 3)),
        "header.1.conv1x1.weight: expected shape (n, m, 1), found (2, 3)");
    assertRefused(
        Map.of("header.1.linear.weight", NdArray.of(new float[6], 2, 3, 1)),
        "header.1.linear.weight: expected shape (n, m), found (2, 3, 1)");
  }

  private static void assertRefused(Map<String, NdArray> tensors, String message) {
    for (WeightLayout layout : WeightLayout.values()) {
      assertThatThrownBy(() -> layout.convert("a.pth", tensors))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("a.pth: ")
          .hasMessageContaining(message);
    }
  }

  @Test
  void namesAreSortedAsPyTorchHasThem() throws IOException {
    for (Map<String, NdArray> entries :
        List.of(
            ocnn(),
            StateDict.of(unet().parameters()),
            StateDict.of(SmallUNet.of(5, 12, 1).parameters()),
            StateDict.of(segnet().parameters()))) {
      List<String> names = new ArrayList<>(entries.keySet());
      Collections.shuffle(names, new Random(1));
      Map<String, NdArray> shuffled = new LinkedHashMap<>();
      names.forEach(name -> shuffled.put(name, entries.get(name)));
      assertThat(StateDict.ordered(shuffled).keySet()).containsExactlyElementsOf(entries.keySet());
    }
  }

  @Test
  void aNetworkNamesTheOtherLayout() {
    assertThatThrownBy(() -> StateDict.load(unet().parameters(), ocnn(), Path.of("ocnn.pth")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("ocnn-pytorch's layout: octolift convert");
  }

  private static void assertSame(Map<String, NdArray> actual, Map<String, NdArray> expected) {
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, entry) -> {
          assertThat(actual.get(name).shape()).as(name).isEqualTo(entry.shape());
          assertThat(actual.get(name).segment().mismatch(entry.segment())).as(name).isEqualTo(-1);
        });
  }
}
