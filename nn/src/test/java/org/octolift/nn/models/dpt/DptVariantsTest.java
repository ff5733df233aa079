package org.octolift.nn.models.dpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.nn.GoldenScenes;

/// DPT-Large and depth against an implementation of our own in PyTorch 2.13 that gives DPT-Hybrid's
/// golden numbers, with parameters by a formula.
class DptVariantsTest {
  private static final DptTask CLASSES = new DptTask.Segmentation(150);
  private static final DptTask INVERSE = new DptTask.InverseDepth();

  @TempDir private Path folder;

  /// Number of entries, and the checksum of their names and shapes in order.
  private static void assertEntries(Dpt model, long weights, long checksum) {
    List<String> entries = DptFormula.entries(model.parameters());
    CRC32 crc = new CRC32();
    crc.update(String.join("\n", entries).getBytes(StandardCharsets.UTF_8));
    assertThat(model.parameters().trainableCount()).isEqualTo(weights);
    assertThat(crc.getValue()).as("%d entries", entries.size()).isEqualTo(checksum);
  }

  private void assertClose(float[] actual, String golden, int stride) throws IOException {
    float[] expected = DptFormula.golden(folder, golden);
    double worst = DptFormula.worst(actual, DptFormula.GRID, expected, stride);
    assertThat(worst / DptFormula.range(expected)).as(golden).isLessThan(1e-4);
  }

  @Test
  void largeSegmentation() throws IOException {
    Dpt model = DptFormula.model(DptBackbone.LARGE, CLASSES);
    assertEntries(model, 344_985_364, 3794009823L);
    float[] logits = DptFormula.run(model);
    assertClose(logits, "dpt_large_logits_150x4x6_stride16.f32", 16);
    byte[] expected =
        Files.readAllBytes(GoldenScenes.resource(folder, "dpt_large_argmax_64x96.u8"));
    int same = 0;
    for (int pixel = 0; pixel < expected.length; pixel++) {
      int best = 0;
      for (int c = 1; c < 150; c++) {
        best = logits[150 * pixel + c] > logits[150 * pixel + best] ? c : best;
      }
      same += best == (expected[pixel] & 0xff) ? 1 : 0;
    }
    assertThat((double) same / expected.length).isGreaterThanOrEqualTo(0.999);
  }

  @Test
  void largeDepth() throws IOException {
    Dpt model = DptFormula.model(DptBackbone.LARGE, INVERSE);
    assertEntries(model, 344_055_465, 1056638157L);
    assertClose(DptFormula.run(model), "dpt_large_depth_32x48_stride2.f32", 2);
  }

  @Test
  void hybridDepth() throws IOException {
    Dpt model = DptFormula.model(DptBackbone.HYBRID, INVERSE);
    assertEntries(model, 123_146_985, 2844227935L);
    assertClose(DptFormula.run(model), "dpt_hybrid_depth_32x48_stride2.f32", 2);
    Dpt kitti = new Dpt(DptBackbone.HYBRID, new DptTask.Depth(0.00006016f, 0.00579f));
    kitti.parameters().copyFrom(model.parameters());
    assertClose(DptFormula.run(kitti), "dpt_hybrid_kitti_16x24_stride4.f32", 4);
    Dpt nyu = new Dpt(DptBackbone.HYBRID, new DptTask.Depth(0.000305f, 0.1378f));
    nyu.parameters().copyFrom(model.parameters());
    assertClose(DptFormula.run(nyu), "dpt_hybrid_nyu_16x24_stride4.f32", 4);
  }

  @Test
  void refusesBackbonesThatDoNotFit() {
    List<Integer> widths = List.of(1, 2, 3, 4);
    assertThatThrownBy(() -> new DptBackbone(true, 64, 4, List.of(0, 1, 2, 3), widths))
        .hasMessageContaining("hooks");
    assertThatThrownBy(() -> new DptBackbone(false, 64, 3, List.of(0, 1, 2, 3), widths))
        .hasMessageContaining("in 3 blocks");
    assertThatThrownBy(() -> new DptBackbone(false, 65, 4, List.of(0, 1, 2, 3), widths))
        .hasMessageContaining("65 channels");
    assertThatThrownBy(() -> new DptTask.Segmentation(0)).hasMessageContaining("0 classes");
  }
}
