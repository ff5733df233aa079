package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.InputException;

class LabelMapTest {
  private static Scan scan(int... labels) {
    return new Scan("cloud", new float[3 * labels.length], null, null, labels, null);
  }

  @Test
  void labelsRangesAndTheRest() {
    LabelMap map = LabelMap.parse("--map", "*:9, 0:0, 1-9:1, 20-:2");
    assertThat(map.apply(scan(0, 1, 5, 9, 10, 19, 20, Integer.MAX_VALUE, -1)).labels())
        .containsExactly(0, 1, 1, 1, 9, 9, 2, 2, 9);
  }

  @Test
  void whatNoRuleNamesIsRefused() {
    LabelMap map = LabelMap.parse("--map", "0:0,7:1");
    assertThat(map.apply(scan(7, 0)).labels()).containsExactly(1, 0);
    assertThatThrownBy(() -> map.apply(scan(0, 7, 8)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("cloud: point 2 has label 8, which \"0:0,7:1\" does not map");
    assertThatThrownBy(() -> map.apply(new Scan("cloud", new float[3], null, null, null, null)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has no labels");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''           | expected rules",
        "1            | expected rules",
        "1:           | expected rules",
        "1:-1         | expected rules",
        "1:1,         | expected rules",
        "-3:1         | expected rules",
        "1-2-3:1      | expected rules",
        "9999999999:1 | expected rules",
        "5-4:1        | got 5-4",
        "*:1,*:2      | one rule for *",
        "1-5:1,5-:2   | label 5 is named twice",
        "7-:1,3-9:2   | label 7 is named twice",
      })
  void otherTextIsRefused(String text, String message) {
    assertThatThrownBy(() -> LabelMap.parse("--map", text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--map: ")
        .hasMessageContaining(message);
  }
}
