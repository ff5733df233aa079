package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final int ROWS = 60;
  private static final int CLASSES = 21;
  private static final int[] LABELS = new int[ROWS];
  private static final int[] PREDICTIONS = new int[ROWS];

  static {
    double[] labels = stream("loss_labels", ROWS);
    double[] logits = stream("loss_logits", ROWS * CLASSES);
    for (int row = 0; row < ROWS; row++) {
      LABELS[row] = (int) (CLASSES * labels[row]);
      for (int k = 1; k < CLASSES; k++) {
        if (logits[row * CLASSES + k] > logits[row * CLASSES + PREDICTIONS[row]]) {
          PREDICTIONS[row] = k;
        }
      }
    }
  }

  /// The golden data's numbers of a name: SplitMix64 from the FNV-1a of the name.
  private static double[] stream(String name, int count) {
    long state = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      state = (state ^ b) * 0x100000001B3L;
    }
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      long z = state + (i + 1) * 0x9E3779B97F4A7C15L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      values[i] = ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
    }
    return values;
  }

  /// losses_optim_check.json, "iou" and "labels".
  @Test
  void agreesWithTheReferencesNumbers() {
    assertThat(LABELS).startsWith(7, 9, 8, 13, 9, 9, 16, 11, 18, 17, 3, 5, 8, 14, 19, 15, 5);
    BatchMetrics batch = BatchMetrics.of(2.5, LABELS, PREDICTIONS, ROWS, -1, CLASSES).orElseThrow();
    assertThat(batch.intersection())
        .containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0);
    assertThat(batch.union())
        .containsExactly(6, 7, 3, 6, 5, 4, 5, 5, 5, 6, 6, 5, 2, 10, 6, 6, 9, 6, 6, 4, 4);
    assertThat(batch.miou()).isCloseTo(0.023888888888468827, within(1e-15));
    assertThat(batch.accuracy()).isCloseTo(0.06666667014360428, within(1e-8));

    TestMetrics.Accumulator test = new TestMetrics.Accumulator(0, CLASSES);
    test.add(batch);
    assertThat(test.result(3).miouPart()).isCloseTo(0.015555555555393827, within(1e-15));
  }

  @Test
  void maskedRowsDoNotCount() {
    int[] labels = {0, 1, 1, 2, 0};
    int[] predictions = {1, 1, 2, 2, 9};
    BatchMetrics batch = BatchMetrics.of(1, labels, predictions, 4, 0, 3).orElseThrow();
    assertThat(batch.accuracy()).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(batch.intersection()).containsExactly(0, 1, 1);
    assertThat(batch.union()).containsExactly(0, 2, 2);
    assertThat(batch.miou()).isCloseTo(0.5, within(1e-9));
    assertThat(BatchMetrics.of(1, labels, predictions, 1, 0, 3)).isEmpty();
    assertThat(BatchMetrics.of(1, labels, predictions, 0, -1, 3)).isEmpty();
    assertThatThrownBy(() -> BatchMetrics.of(1, labels, predictions, 6, 0, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theWholeSetIsTheSumOfBatchesAndAbsentClassesAreZero() {
    TestMetrics.Accumulator test = new TestMetrics.Accumulator(0, 4);
    test.add(new BatchMetrics(1, 0.5, 0.2, new long[] {9, 1, 0, 0}, new long[] {9, 2, 0, 0}));
    test.add(new BatchMetrics(2, 1.0, 0.4, new long[] {0, 1, 3, 0}, new long[] {0, 6, 3, 0}));
    TestMetrics result = test.result(7);
    assertThat(result.batches()).isEqualTo(2);
    assertThat(result.loss()).isEqualTo(1.5);
    assertThat(result.accuracy()).isEqualTo(0.75);
    assertThat(result.miou()).isCloseTo(0.3, within(1e-15));
    assertThat(result.miouPart()).isCloseTo((0.25 + 1 + 0) / 3, within(1e-9));
    assertThat(result.intersection()).containsExactly(9, 2, 3, 0);
    assertThat(result.scalars())
        .containsEntry("test/union_1", 4.0)
        .containsEntry("test/accu", 0.75);
    assertThat(result.line())
        .startsWith(
            "Epoch: 7, test/loss: 1.500, test/accu: 0.750, test/mIoU: 0.300, test/intsc_0: ");
  }

  @Test
  void anEmptyTestIsZero() {
    TestMetrics result = new TestMetrics.Accumulator(0, 3).result(0);
    assertThat(result.loss()).isZero();
    assertThat(result.miouPart()).isZero();
  }
}
