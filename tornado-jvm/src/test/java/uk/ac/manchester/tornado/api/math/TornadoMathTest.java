package uk.ac.manchester.tornado.api.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TornadoMathTest {
  @Test
  void agreesWithJavasMathematics() {
    assertThat(TornadoMath.exp(1f)).isEqualTo((float) Math.E);
    assertThat(TornadoMath.log(TornadoMath.exp(2.0))).isCloseTo(2.0, within(1e-15));
    assertThat(TornadoMath.log2(8f)).isCloseTo(3f, within(1e-6f));
    assertThat(TornadoMath.pow(2f, 10f)).isEqualTo(1024f);
    assertThat(TornadoMath.clamp(7, 0, 5)).isEqualTo(5);
    assertThat(TornadoMath.clamp(-1f, 0f, 5f)).isZero();
    assertThat(TornadoMath.atan2(1f, -1f)).isEqualTo((float) (0.75 * Math.PI));
    assertThat(TornadoMath.signum(-3f)).isEqualTo(-1f);
    assertThat(TornadoMath.floor(-1.5f)).isEqualTo(-2f);
    assertThat(TornadoMath.ceil(-1.5)).isEqualTo(-1.0);
    assertThat(TornadoMath.max(3L, 4L)).isEqualTo(4L);
    assertThat(TornadoMath.abs(-3)).isEqualTo(3);
    assertThat(TornadoMath.floatPI()).isEqualTo((float) TornadoMath.PI());
  }
}
