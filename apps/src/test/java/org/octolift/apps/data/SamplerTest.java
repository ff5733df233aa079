package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.octolift.engine.RandomSource;

class SamplerTest {
  private static int[] items(Sampler sampler, long from, long to) {
    return LongStream.range(from, to).mapToInt(sampler::item).toArray();
  }

  @Test
  void withoutShufflingTheListIsRepeated() {
    assertThat(items(new Sampler(3, false, RandomSource.of(1)), 0, 7))
        .containsExactly(0, 1, 2, 0, 1, 2, 0);
  }

  @Test
  void everyPassHoldsEachItemOnceInAnOrderOfItsOwn() {
    Sampler sampler = new Sampler(20, true, RandomSource.of(1));
    int[] first = items(sampler, 0, 20);
    int[] second = items(sampler, 20, 40);
    assertThat(first).doesNotHaveDuplicates().hasSize(20).isNotEqualTo(second);
    assertThat(second).containsExactlyInAnyOrder(first);
  }

  @Test
  void thePositionIsAllTheState() {
    RandomSource run = RandomSource.of(9);
    int[] whole = items(new Sampler(7, true, run), 0, 30);
    run.nextLong();
    int[] resumed = items(new Sampler(7, true, RandomSource.of(9)), 11, 30);
    assertThat(resumed).isEqualTo(Arrays.copyOfRange(whole, 11, 30));
    Sampler backwards = new Sampler(7, true, RandomSource.of(9));
    assertThat(backwards.item(29)).isEqualTo(whole[29]);
    assertThat(backwards.item(3)).isEqualTo(whole[3]);
    assertThat(items(new Sampler(7, true, RandomSource.of(10)), 0, 30)).isNotEqualTo(whole);
  }

  @Test
  void anEpochsLastBatchIsFull() {
    Sampler sampler = new Sampler(7, true, RandomSource.of(1));
    assertThat(sampler.batches(2)).isEqualTo(4);
    assertThat(sampler.batches(7)).isOne();
    assertThat(sampler.batches(50)).isOne();
    assertThatThrownBy(() -> new Sampler(0, true, RandomSource.of(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
