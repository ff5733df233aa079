package org.octolift.apps.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralTest {
  @Test
  void wholeNumbers() {
    assertThat(PythonLiteral.decode("5")).isEqualTo(5L);
    assertThat(PythonLiteral.decode(" -12 ")).isEqualTo(-12L);
    assertThat(PythonLiteral.decode("+-3")).isEqualTo(-3L);
    assertThat(PythonLiteral.decode("1_000")).isEqualTo(1000L);
    assertThat(PythonLiteral.decode("00")).isEqualTo(0L);
    assertThat(PythonLiteral.decode("0x1F")).isEqualTo(31L);
    assertThat(PythonLiteral.decode("0o17")).isEqualTo(15L);
    assertThat(PythonLiteral.decode("-0b101")).isEqualTo(-5L);
    assertThat(PythonLiteral.decode("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void numbersWithAFraction() {
    assertThat(PythonLiteral.decode("1e-4")).isEqualTo(1e-4);
    assertThat(PythonLiteral.decode("1.")).isEqualTo(1.0);
    assertThat(PythonLiteral.decode(".5")).isEqualTo(0.5);
    assertThat(PythonLiteral.decode("-2.5E+3")).isEqualTo(-2500.0);
    assertThat(PythonLiteral.decode("0.0")).isEqualTo(0.0);
  }

  @Test
  void tuplesAndLists() {
    assertThat(PythonLiteral.decode("0,")).isEqualTo(List.of(0L));
    assertThat(PythonLiteral.decode("0,1,2,3")).isEqualTo(List.of(0L, 1L, 2L, 3L));
    assertThat(PythonLiteral.decode("(0, 0, 180)")).isEqualTo(List.of(0L, 0L, 180L));
    assertThat(PythonLiteral.decode("[1, 2.5,]")).isEqualTo(List.of(1L, 2.5));
    assertThat(PythonLiteral.decode("()")).isEqualTo(List.of());
    assertThat(PythonLiteral.decode("[]")).isEqualTo(List.of());
    assertThat(PythonLiteral.decode("(5)")).isEqualTo(5L);
    assertThat(PythonLiteral.decode("((1, 2), 'a')")).isEqualTo(List.of(List.of(1L, 2L), "a"));
    assertThat(PythonLiteral.decode("[(5)]")).isEqualTo(List.of(5L));
  }

  @Test
  void wordsAndStrings() {
    assertThat(PythonLiteral.decode("True")).isEqualTo(true);
    assertThat(PythonLiteral.decode("False")).isEqualTo(false);
    assertThat(PythonLiteral.decode("None")).isEqualTo(PythonLiteral.NONE);
    assertThat(PythonLiteral.decode("'5'")).isEqualTo("5");
    assertThat(PythonLiteral.decode("\"it's\\n\"")).isEqualTo("it's\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "train",
        "logs/run_1",
        "1/2",
        "01",
        "1__0",
        "1_",
        "5a",
        "1.2.3",
        "(1",
        "1)",
        "[1)",
        ",",
        "(,)",
        "1,,2",
        "1 2",
        "Truely",
        "true",
        "nan",
        "inf",
        "'a",
        "--",
        "1e",
        "0x",
        "((((((((((1))))))))))",
        "99999999999999999999",
        "C:\\data",
        "1; 2",
        "{1: 2}"
      })
  void whatIsNoLiteralStaysText(String text) {
    assertThat(PythonLiteral.decode(text)).isEqualTo(text);
  }

  @Test
  void longTextIsReadInOneGo() {
    String digits = "1".repeat(1 << 20);
    assertThat(PythonLiteral.decode(digits)).isEqualTo(digits);
    String brackets = "[".repeat(1 << 20);
    assertThat(PythonLiteral.decode(brackets)).isEqualTo(brackets);
  }

  @Property(tries = 300, seed = "1")
  void whatIsWrittenIsReadBack(@ForAll double number, @ForAll long whole, @ForAll String text) {
    if (Double.isFinite(number)) {
      assertThat(PythonLiteral.decode(PythonLiteral.writeDouble(number))).isEqualTo(number);
    }
    String printable = text.replaceAll("[\\p{Cntrl}]", "");
    List<Object> list = List.of(whole, true, printable);
    if (whole != Long.MIN_VALUE) {
      assertThat(PythonLiteral.decode(PythonLiteral.write(list))).isEqualTo(list);
    }
  }

  @Test
  void writesNumbersAsPythonDoes() {
    assertThat(PythonLiteral.writeDouble(0.0001)).isEqualTo("0.0001");
    assertThat(PythonLiteral.writeDouble(0.00001)).isEqualTo("1.0e-05");
    assertThat(PythonLiteral.writeDouble(1e16)).isEqualTo("1.0e+16");
    assertThat(PythonLiteral.writeDouble(123456789.0)).isEqualTo("123456789.0");
    assertThat(PythonLiteral.writeDouble(-0.05)).isEqualTo("-0.05");
    assertThat(PythonLiteral.write(List.of(0L))).isEqualTo("(0,)");
  }
}
