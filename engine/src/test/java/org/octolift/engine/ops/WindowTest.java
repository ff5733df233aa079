package org.octolift.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.Grid;

class WindowTest {
  @ParameterizedTest
  @CsvSource({
    "7, 2, 64, 2, 32",
    "7, 2, 63, 3, 32",
    "3, 2, 64, 0, 32",
    "3, 2, 63, 1, 32",
    "1, 2, 64, 0, 32",
    "3, 1, 64, 1, 64",
    "2, 2, 5, 0, 3"
  })
  void sameAsTensorFlow(int size, int stride, int length, int before, int out) {
    Window rows = Window.same(size, stride, new Grid(1, length, 9));
    assertThat(rows.top()).isEqualTo(before);
    assertThat(rows.out().height()).isEqualTo(out);
    Window columns = Window.same(size, stride, new Grid(1, 9, length));
    assertThat(columns.left()).isEqualTo(before);
    assertThat(columns.out().width()).isEqualTo(out);
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 1, 10, 10", "3, 2, 1, 10, 5", "1, 2, 0, 9, 5", "4, 4, 0, 16, 4"})
  void paddedAsPyTorch(int size, int stride, int padding, int length, int out) {
    Window window = Window.padded(size, stride, padding, new Grid(3, length, length));
    assertThat(window.out()).isEqualTo(new Grid(3, out, out));
  }
}
