package uk.ac.manchester.tornado.api.types;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatTest {
  @Test
  void allHalvesKeepTheirBitsAndValues() {
    for (int bits = 0; bits <= 0xFFFF; bits++) {
      HalfFloat half = new HalfFloat((short) bits);
      float value = Float.float16ToFloat((short) bits);
      assertThat(half.getHalfFloatValue()).isEqualTo((short) bits);
      assertThat(Float.floatToIntBits(half.getFloat32())).isEqualTo(Float.floatToIntBits(value));
      if (!Float.isNaN(value)) {
        assertThat(new HalfFloat(value).getHalfFloatValue()).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void roundsToTheNearestAndTiesToEven() {
    float ulp = 0x1p-10f;
    assertThat(new HalfFloat(1f + ulp / 2).getFloat32()).isEqualTo(1f);
    assertThat(new HalfFloat(1f + ulp * 3 / 2).getFloat32()).isEqualTo(1f + 2 * ulp);
    assertThat(new HalfFloat(1f + ulp * 0.51f).getFloat32()).isEqualTo(1f + ulp);
    assertThat(new HalfFloat(65519f).getFloat32()).isEqualTo(65504f);
    assertThat(new HalfFloat(65520f).getFloat32()).isInfinite();
    assertThat(new HalfFloat(0x1p-24f).getFloat32()).isEqualTo(0x1p-24f);
    assertThat(new HalfFloat(0x1p-25f).getFloat32()).isZero();
  }

  @Test
  void arithmeticRoundsOnce() {
    HalfFloat a = new HalfFloat(2048f);
    HalfFloat b = new HalfFloat(1f);
    assertThat(HalfFloat.add(a, b).getFloat32()).isEqualTo(2048f);
    assertThat(HalfFloat.sub(a, b).getFloat32()).isEqualTo(2047f);
    assertThat(HalfFloat.mult(a, a).getFloat32()).isInfinite();
    assertThat(HalfFloat.div(b, new HalfFloat(3f)).getFloat32())
        .isEqualTo(new HalfFloat(1f / 3).getFloat32());
  }

  @Test
  void bfloat16RoundsToTheNearestAndTiesToEven() {
    for (int bits = 0; bits <= 0xFFFF; bits++) {
      float value = BFloat16.bf16ToFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(BFloat16.bf16FromFloat(value)).isEqualTo((short) bits);
      } else {
        assertThat(BFloat16.bf16ToFloat(BFloat16.bf16FromFloat(value))).isNaN();
      }
    }
    float ulp = 0x1p-7f;
    assertThat(BFloat16.bf16ToFloat(BFloat16.bf16FromFloat(1f + ulp / 2))).isEqualTo(1f);
    assertThat(BFloat16.bf16ToFloat(BFloat16.bf16FromFloat(1f + ulp * 3 / 2)))
        .isEqualTo(1f + 2 * ulp);
    assertThat(BFloat16.bf16ToFloat(BFloat16.bf16FromFloat(Float.intBitsToFloat(0x7F800001))))
        .isNaN();
    assertThat(BFloat16.bf16ToFloat(BFloat16.bf16FromFloat(Float.MAX_VALUE))).isInfinite();
  }
}
