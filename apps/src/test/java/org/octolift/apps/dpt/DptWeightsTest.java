package org.octolift.apps.dpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;

class DptWeightsTest {
  private static SequencedMap<String, NdArray> entries(boolean residual, int... last) {
    SequencedMap<String, NdArray> entries = new LinkedHashMap<>();
    if (residual) {
      entries.put(
          "pretrained.model.patch_embed.backbone.stem.conv.weight", NdArray.of(new float[1], 1));
    }
    int size = 1;
    for (int length : last) {
      size *= length;
    }
    entries.put("scratch.output_conv.4.weight", NdArray.of(new float[size], last));
    return entries;
  }

  @ParameterizedTest
  @CsvSource({
    "any.pt, true, 150, , dpt_hybrid-ade20k-53898607.pt",
    "any.pt, false, 150, , dpt_large-ade20k-b12dca68.pt",
    "any.pt, false, 1, , dpt_large-midas-2f21e586.pt",
    "any.pt, false, 1, midas, dpt_large-midas-2f21e586.pt",
    "dpt_hybrid-midas.pt, true, 1, , dpt_hybrid-midas-501f0c75.pt",
    "DPT_hybrid_kitti-2.pt, true, 1, , dpt_hybrid_kitti-cb926ef4.pt",
    "dpt_hybrid_nyu_new-217f207d.pt, true, 1, , dpt_hybrid_nyu-2ce69ec7.pt",
    "dpt_hybrid_nyu-2ce69ec7.pt, true, 1, kitti, dpt_hybrid_kitti-cb926ef4.pt",
    "any.pt, true, 1, NYU, dpt_hybrid_nyu-2ce69ec7.pt"
  })
  void recognises(String file, boolean residual, int outputs, String variant, String published) {
    int in = outputs == 1 ? 32 : 256;
    PublishedDpt found =
        DptWeights.recognise(
            Path.of(file), entries(residual, outputs, in, 1, 1), outputs > 1, variant);
    assertThat(found.file()).isEqualTo(published);
  }

  @Test
  void saysWhatItCannotKnow() {
    Path file = Path.of("weights.pt");
    assertThatThrownBy(() -> DptWeights.recognise(file, entries(true, 1, 32, 1, 1), false, null))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "weights.pt", "--variant midas or kitti or nyu", "same names and shapes");
    assertThatThrownBy(() -> DptWeights.recognise(file, entries(false, 1, 32, 1, 1), false, "nyu"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("expected midas, got nyu");
  }

  @Test
  void namesTheOtherCommand() {
    Path file = Path.of("weights.pt");
    assertThatThrownBy(() -> DptWeights.recognise(file, entries(true, 1, 32, 1, 1), true, null))
        .hasMessageContainingAll("[150, 256, 1, 1]", "[1, 32, 1, 1]", "octolift dpt depth");
    assertThatThrownBy(() -> DptWeights.recognise(file, entries(true, 150, 256, 1, 1), false, null))
        .hasMessageContainingAll("octolift dpt segment");
    assertThatThrownBy(() -> DptWeights.recognise(file, entries(true, 19, 256, 1, 1), true, null))
        .hasMessageContainingAll("[19, 256, 1, 1]")
        .hasMessageNotContaining("octolift dpt");
    assertThatThrownBy(() -> DptWeights.recognise(file, new LinkedHashMap<>(), false, null))
        .hasMessageContaining("found no such entry");
  }
}
