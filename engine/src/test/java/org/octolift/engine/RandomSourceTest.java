package org.octolift.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomSourceTest {
  @Test
  void isSplitMix64() {
    // The published test vector: seed 1234567.
    RandomSource random = RandomSource.resume(1234567);
    assertThat(random.nextLong()).isEqualTo(6457827717110365317L);
    assertThat(random.nextLong()).isEqualTo(3203168211198807973L);
  }

  @Test
  void continuesFromItsState() {
    RandomSource random = RandomSource.of(7);
    random.nextGaussian();
    RandomSource again = RandomSource.resume(random.state());
    assertThat(again.nextGaussian()).isEqualTo(random.nextGaussian());
    assertThat(again.nextInt(100)).isEqualTo(random.nextInt(100));
  }

  @Test
  void streamsDependOnTheirKeyAlone() {
    RandomSource run = RandomSource.of(1);
    long before = run.state();
    Set<Long> firsts = new HashSet<>();
    for (String purpose : new String[] {"augment", "sampler", "dropout"}) {
      for (long epoch = 0; epoch < 20; epoch++) {
        for (long item = 0; item < 20; item++) {
          firsts.add(run.split(purpose, epoch, item).nextLong());
        }
      }
    }
    assertThat(firsts).hasSize(3 * 20 * 20);
    assertThat(run.state()).isEqualTo(before);
    assertThat(run.split("augment", 3, 4).nextLong())
        .isEqualTo(RandomSource.of(1).split("augment", 3, 4).nextLong());
    assertThat(RandomSource.of(2).split("augment", 3, 4).nextLong())
        .isNotEqualTo(RandomSource.of(1).split("augment", 3, 4).nextLong());
  }

  @Test
  void uniformNumbersHaveTheMomentsOfTheirRange() {
    RandomSource random = RandomSource.of(3);
    int n = 100_000;
    double sum = 0;
    double squares = 0;
    int[] counts = new int[7];
    for (int i = 0; i < n; i++) {
      double u = random.nextDouble(-1, 3);
      assertThat(u).isGreaterThanOrEqualTo(-1).isLessThan(3);
      sum += u;
      squares += u * u;
      counts[random.nextInt(-3, 4) + 3]++;
      assertThat(random.nextFloat()).isGreaterThanOrEqualTo(0f).isLessThan(1f);
    }
    double mean = sum / n;
    assertThat(mean).isEqualTo(1, within(0.02));
    assertThat(squares / n - mean * mean).isEqualTo(16 / 12.0, within(0.02));
    for (int count : counts) {
      assertThat(count).isCloseTo(n / 7, within(500));
    }
  }

  @Test
  void gaussianNumbersHaveMeanVarianceAndKurtosisOfANormal() {
    RandomSource random = RandomSource.of(4);
    int n = 200_000;
    double mean = 0;
    double variance = 0;
    double fourth = 0;
    for (int i = 0; i < n; i++) {
      double g = random.nextGaussian();
      mean += g / n;
      variance += g * g / n;
      fourth += g * g * g * g / n;
    }
    assertThat(mean).isEqualTo(0, within(0.01));
    assertThat(variance).isEqualTo(1, within(0.015));
    assertThat(fourth).isEqualTo(3, within(0.1));
  }

  @Test
  void permutationHoldsEveryNumberOnceInAnotherOrder() {
    int[] order = RandomSource.of(5).permutation(100);
    assertThat(order).isNotEqualTo(IntStream.range(0, 100).toArray());
    Arrays.sort(order);
    assertThat(order).isEqualTo(IntStream.range(0, 100).toArray());
    assertThat(RandomSource.of(5).permutation(0)).isEmpty();
  }

  @Test
  void refusesAnEmptyRange() {
    assertThatThrownBy(() -> RandomSource.of(1).nextInt(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0..0");
  }
}
