package org.octolift.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.octolift.apps.data.Scan;

class ClassCountsTest {
  /// Unlabelled points and points outside do not count; a class that is only predicted lowers the
  /// others, and is not part of the mean.
  @Test
  void countsByHand() {
    int[] labels = {0, 1, 1, 1, 2, 2, 2};
    int[] predictions = {1, 1, 1, 3, 2, 1, -1};
    Scan scan = new Scan("test", new float[21], null, null, labels, null);
    ClassCounts counts = ClassCounts.of(new LabelledRoom(scan, labels, predictions), 4);
    assertThat(counts.points()).isEqualTo(5);
    assertThat(counts.present()).containsExactly(1, 2);
    assertThat(counts.truth(1)).isEqualTo(3);
    assertThat(counts.intersection(1)).isEqualTo(2);
    assertThat(counts.union(1)).isEqualTo(4);
    assertThat(counts.union(2)).isEqualTo(2);
    assertThat(counts.union(3)).isEqualTo(1);
    assertThat(counts.accuracy()).isCloseTo(3 / 5.0, within(1e-12));
    assertThat(counts.miou()).isCloseTo((2 / 4.0 + 1 / 2.0) / 2, within(1e-12));
  }
}
