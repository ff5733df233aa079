package org.octolift.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;

final class JsonTest {
  @Test
  void readsEveryKindOfValue() {
    Object value =
        Json.parse(
            "t",
            """
            {"a": [1, -2.5, 1e3, true, false, null, []], "b": {"": "x\\u00e9\\n\\ud83d\\ude00"},
             "c": {}, "d": 9223372036854775807, "e": -0.0}
            """);

    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("a", Arrays.asList(1L, -2.5, 1000.0, true, false, null, List.of()));
    expected.put("b", Map.of("", "xé\n😀"));
    expected.put("c", Map.of());
    expected.put("d", Long.MAX_VALUE);
    expected.put("e", -0.0);
    assertThat(value).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,}",
        "01",
        "-",
        "-01",
        "1.",
        ".5",
        "+1",
        "1e",
        "0x1",
        "NaN",
        "Infinity",
        "tru",
        "nul",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\t\"",
        "1 2",
        "[1 2]",
        "{\"a\":1 \"b\":2}",
        "]",
        "1e999",
        "9223372036854775808",
        "\uFEFF1",
        "// x\n1"
      })
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> Json.parse("t", text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t: JSON, line ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1, x]|t: JSON, line 1, column 5: expected a value, found 'x'",
        "{\"a\": 1, \"a\": 2}|t: JSON, line 1, column 10: the key \"a\" occurs twice",
        "[1|t: JSON, line 1, column 3: expected ']', found the end of the text",
      })
  void namesThePosition(String text, String message) {
    assertThatThrownBy(() -> Json.parse("t", text)).hasMessage(message);
    assertThatThrownBy(() -> Json.parse("t", "\n\n " + text))
        .hasMessageContaining("line 3, column ");
  }

  @Test
  void limitsTheDepth() {
    assertThat(Json.parse("t", "[".repeat(200) + "]".repeat(200))).isInstanceOf(List.class);
    assertThatThrownBy(() -> Json.parse("t", "[".repeat(1_000_000)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nested deeper than 200");
  }

  @Test
  void refusesOtherEncodings() {
    assertThatThrownBy(() -> Json.parse("t", "\"é\"".getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void everyTruncationIsRefused() {
    String text = "{\"a\": [1, -2.5e3, {\"b\": \"x\\u00e9\", \"c\": null}], \"d\": true}";
    for (int length = 0; length < text.length(); length++) {
      String cut = text.substring(0, length);
      assertThatThrownBy(() -> Json.parse("t", cut)).isInstanceOf(InputException.class);
    }
  }

  @Test
  void writesStably() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("z", 1);
    map.put("a", new float[] {0.1f, 1e10f});
    map.put("text", "\"\\\n\u0001é");
    map.put("list", List.of(Map.of("k", 1.5), List.of()));
    map.put("none", null);

    assertThat(Json.write(map))
        .isEqualTo(
            """
            {"z":1,"a":[0.1,1.0E10],"text":"\\"\\\\\\n\\u0001é","list":[{"k":1.5},[]],"none":null}""");
    assertThat(Json.writeIndented(map, Json.NonFinite.REFUSED))
        .isEqualTo(
            """
            {
              "z": 1,
              "a": [0.1, 1.0E10],
              "text": "\\"\\\\\\n\\u0001é",
              "list": [
                {
                  "k": 1.5
                },
                []
              ],
              "none": null
            }
            """);
  }

  @Test
  void nonFiniteNumbersAreRefusedOrNull() {
    assertThatThrownBy(() -> Json.write(List.of(Float.NaN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Json.writeIndented(new double[] {1, Double.NaN}, Json.NonFinite.AS_NULL))
        .isEqualTo("[1.0, null]\n");
  }

  @Property(seed = "1")
  void doublesComeBack(@ForAll double value) {
    assertThat(Json.parse("t", Json.write(value))).isEqualTo(value);
  }

  @Property(seed = "1")
  void floatsComeBack(@ForAll float value) {
    assertThat(((Double) Json.parse("t", Json.write(value))).floatValue()).isEqualTo(value);
  }

  @Property(seed = "1")
  void stringsComeBack(@ForAll String value) {
    assertThat(Json.parse("t", Json.write(value))).isEqualTo(value);
  }
}
