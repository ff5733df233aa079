package org.octolift.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.octolift.nn.Parameter.Layout;

class ParameterTest {
  private static Parameter of(Layout layout) {
    return switch (layout) {
      case VECTOR -> Parameter.vector("p", 5, true);
      case LINEAR, DENSE, TOKENS -> Parameter.weights("p", layout, 1, 3, 5);
      default -> Parameter.weights("p", layout, 4, 3, 5);
    };
  }

  @ParameterizedTest
  @EnumSource
  void givesBackWhatItWasGiven(Layout layout) {
    Parameter parameter = of(layout);
    float[] values = new float[parameter.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    parameter.fromReference(values);
    assertThat(parameter.toReference()).isEqualTo(values);
    int size = 1;
    for (int length : parameter.shape()) {
      size *= length;
    }
    assertThat(size).isEqualTo(values.length);
    assertThat(parameter.out()).isEqualTo(5);
  }

  @Test
  void transposedConvolutionsHaveTheirWindowInEachRow() {
    Parameter parameter = of(Layout.IMAGE_DECONVOLUTION);
    assertThat(parameter.shape()).containsExactly(3, 5, 2, 2);
    assertThat(parameter.variable().rows()).isEqualTo(3);
    float[] values = new float[60];
    // Input channel 1, output channel 2, pixel (1, 0) of the window.
    values[(1 * 5 + 2) * 4 + 2] = 7;
    parameter.fromReference(values);
    assertThat(parameter.variable().values().get(1 * 20 + 2 * 5 + 2)).isEqualTo(7);
  }
}
