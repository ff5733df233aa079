package org.octolift.apps.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Rates of PyTorch's schedulers with a base of 0.05.
class LrScheduleTest {
  private static void check(LrSchedule schedule, double... epochAndRate) {
    for (int i = 0; i < epochAndRate.length; i += 2) {
      int epoch = (int) epochAndRate[i];
      assertThat(schedule.rate(epoch - 1))
          .as("epoch %d", epoch)
          .isCloseTo(epochAndRate[i + 1], within(1e-14));
    }
  }

  @Test
  void poly() {
    check(
        new LrSchedule.Poly(0.05, 500, 0.9),
        1,
        0.05,
        2,
        0.049909990993393064,
        60,
        0.04465722483961694,
        121,
        0.03905730178340304,
        500,
        0.00018616455666360708,
        501,
        0.0);
    check(
        new LrSchedule.Poly(0.05, 300, 0.9),
        2,
        0.049849974969390864,
        100,
        0.034868826114346316,
        300,
        0.0002948226700790682);
  }

  @Test
  void step() {
    check(
        new LrSchedule.Step(0.05, List.of(120, 60)),
        1,
        0.05,
        60,
        0.05,
        61,
        0.005000000000000001,
        120,
        0.005000000000000001,
        121,
        0.0005000000000000001,
        301,
        0.0005000000000000001);
    assertThat(new LrSchedule.Step(1, List.of(5, 5)).rate(5)).isCloseTo(0.01, within(1e-15));
  }

  @Test
  void cosine() {
    check(
        new LrSchedule.Cosine(0.05, 300),
        1,
        0.05,
        2,
        0.04999865664945505,
        60,
        0.045470630995349565,
        120,
        0.033314503077802704,
        300,
        0.0010013433505449525,
        301,
        0.001);
  }

  @Test
  void constant() {
    check(new LrSchedule.Constant(0.05), 1, 0.05, 400, 0.05);
  }
}
