package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Parts of tiles fill an H100 and leave no few groups for another round.
class TileSplitTest {
  @ParameterizedTest
  @CsvSource({
    // groups, columns, units, cost, parts
    "264, 128, 48, 0, 1",
    "60, 128, 48, 0, 4",
    "20, 128, 160, 0, 13",
    "20, 128, 4, 0, 4",
    "60, 128, 48, 1, 1",
    "66, 64, 48, 0, 8",
    "1000, 128, 48, 0.1, 1",
  })
  void partsFillTheDevice(int groups, int columns, int units, double cost, int parts) {
    TileSplit split = new TileSplit(groups, columns, units, cost);
    assertThat(split.parts(16, _ -> true)).isEqualTo(parts);
    assertThat(split.parts(16, _ -> false)).isEqualTo(1);
  }
}
