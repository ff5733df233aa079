package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.octolift.apps.data.RealFiles;
import org.octolift.engine.io.Json;

class PseudoLabelsTest {
  private static final int ROWS = 60;
  private static final int CLASSES = 21;

  /// The class of each row's maximum, and its probability.
  private static void softmax(float[] logits, int[] predictions, float[] confidence) {
    for (int row = 0; row < ROWS; row++) {
      int best = 0;
      double sum = 0;
      for (int c = 0; c < CLASSES; c++) {
        best = logits[row * CLASSES + c] > logits[row * CLASSES + best] ? c : best;
        sum += Math.exp(logits[row * CLASSES + c]);
      }
      predictions[row] = best;
      confidence[row] = (float) (Math.exp(logits[row * CLASSES + best]) / sum);
    }
  }

  @Test
  void equalsTheReference() throws IOException {
    Map<?, ?> golden = (Map<?, ?>) Json.parse(RealFiles.find("golden/gen/losses_optim_check.json"));
    FormulaStream stream = new FormulaStream("loss_logits");
    float[] logits = new float[ROWS * CLASSES];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (3 * stream.nextSigned());
    }
    int[] predictions = new int[ROWS];
    float[] confidence = new float[ROWS];
    softmax(logits, predictions, confidence);
    int seen = 0;
    for (Object entry : (List<?>) golden.get("lr_pseudo_selection_rate0.2")) {
      Map<?, ?> expected = (Map<?, ?>) entry;
      int c = ((Long) expected.get("class")).intValue();
      int[] rows = IntStream.range(0, ROWS).filter(row -> predictions[row] == c).toArray();
      float[] sure = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        sure[i] = confidence[rows[i]];
      }
      boolean[] chosen = PseudoLabels.surest(sure, 0.2);
      List<Long> picked = new ArrayList<>();
      for (int i = 0; i < rows.length; i++) {
        if (chosen[i]) {
          picked.add((long) rows[i]);
        }
      }
      assertThat((long) rows.length).as("rows of class %d", c).isEqualTo(expected.get("count"));
      assertThat((long) PseudoLabels.count(rows.length, 0.2)).isEqualTo(expected.get("k"));
      assertThat(picked).containsExactlyInAnyOrderElementsOf(longs(expected.get("picked_rows")));
      seen += rows.length;
    }
    assertThat(seen).isEqualTo(ROWS);
  }

  private static List<Long> longs(Object values) {
    return ((List<?>) values).stream().map(Long.class::cast).toList();
  }

  @Test
  void ofEqualConfidencesTheFirstAreTaken() {
    assertThat(PseudoLabels.surest(new float[] {0.5f, 0.9f, 0.5f, 0.5f, 0f}, 0.61))
        .containsExactly(true, true, true, false, false);
  }

  @Test
  void theShareIsRoundedDown() {
    assertThat(PseudoLabels.count(4, 0.2)).isZero();
    assertThat(PseudoLabels.count(5, 0.2)).isOne();
    assertThat(PseudoLabels.surest(new float[] {1f, 1f}, 1)).containsExactly(true, true);
    assertThat(PseudoLabels.surest(new float[0], 0.5)).isEmpty();
  }
}
