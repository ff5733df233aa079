package org.octolift.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void everyRowIsVisitedOnceInChunksThatDependOnTheLoopAlone(int threads) {
    try (Workers workers = new Workers(threads)) {
      assertThat(workers.threads()).isEqualTo(threads);
      for (int count : new int[] {0, 1, 7, 64, 65, 1000}) {
        for (int grain : new int[] {1, 7, 64, 2000}) {
          AtomicIntegerArray visits = new AtomicIntegerArray(count);
          Set<Integer> starts = ConcurrentHashMap.newKeySet();
          workers.parallelByThread(
              count,
              grain,
              (thread, from, to) -> {
                assertThat(thread).isBetween(0, threads - 1);
                assertThat(from % grain).isZero();
                assertThat(to).isEqualTo(Math.min(count, from + grain));
                starts.add(from);
                for (int row = from; row < to; row++) {
                  visits.incrementAndGet(row);
                }
              });
          assertThat(starts).hasSize(Math.ceilDiv(count, grain));
          for (int row = 0; row < count; row++) {
            assertThat(visits.get(row)).isEqualTo(1);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aFailureReachesTheCallerAndTheTeamGoesOn(int threads) {
    try (Workers workers = new Workers(threads)) {
      assertThatThrownBy(
              () ->
                  workers.parallel(
                      100,
                      1,
                      (from, to) -> {
                        if (from == 57) {
                          throw new IllegalStateException("row 57");
                        }
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("row 57");
      int[] sums = new int[100];
      workers.parallel(100, 3, (from, to) -> sums[from] = to - from);
      assertThat(sums).contains(3, 1);
    }
  }

  @Test
  void scratchOfAThreadIsItsOwn() {
    try (Workers workers = new Workers(2)) {
      int[] busy = new int[2];
      for (int loop = 0; loop < 50; loop++) {
        workers.parallelByThread(
            64,
            1,
            (thread, from, to) -> {
              assertThat(++busy[thread]).isEqualTo(1);
              busy[thread]--;
            });
      }
      assertThat(busy).containsOnly(0);
    }
  }

  @Test
  void badArguments() {
    assertThatThrownBy(() -> new Workers(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("threads must be 1..4096, is 0");
    try (Workers workers = new Workers(1)) {
      assertThatThrownBy(() -> workers.parallel(-1, 1, (from, to) -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("count -1, grain 1");
      assertThatThrownBy(() -> workers.parallel(1, 0, (from, to) -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
