package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;

class PrefetcherTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void valuesComeInOrderForAnyNumberOfThreads(int workers) throws InterruptedException {
    List<Long> values = new ArrayList<>();
    try (Prefetcher<Long> prefetcher = new Prefetcher<>(at -> at * at, 5, workers, 4)) {
      for (int i = 0; i < 50; i++) {
        assertThat(prefetcher.position()).isEqualTo(5 + i);
        values.add(prefetcher.next());
      }
    }
    for (int i = 0; i < 50; i++) {
      assertThat(values.get(i)).isEqualTo((5L + i) * (5 + i));
    }
  }

  @Test
  void theNextValuesAreMadeAheadAndNoMore() throws InterruptedException {
    AtomicLong made = new AtomicLong();
    CountDownLatch three = new CountDownLatch(3);
    try (Prefetcher<Long> prefetcher =
        new Prefetcher<>(
            at -> {
              three.countDown();
              return made.incrementAndGet();
            },
            0,
            2,
            3)) {
      three.await();
      assertThat(prefetcher.position()).isZero();
      assertThat(made.get()).isLessThanOrEqualTo(3);
      assertThat(prefetcher.next()).isBetween(1L, 4L);
    }
  }

  @Test
  void otherThreadsPrepareUnlessThereAreNone() throws InterruptedException {
    ConcurrentLinkedQueue<Thread> seen = new ConcurrentLinkedQueue<>();
    try (Prefetcher<Boolean> ours =
            new Prefetcher<>(at -> seen.add(Thread.currentThread()), 0, 0, 2);
        Prefetcher<Boolean> theirs =
            new Prefetcher<>(at -> seen.add(Thread.currentThread()), 0, 1, 2)) {
      ours.next();
      assertThat(seen.peek()).isEqualTo(Thread.currentThread()).isNotNull();
      theirs.next();
      assertThat(seen).anyMatch(thread -> thread.isDaemon() && !thread.equals(seen.peek()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void failuresReachTheConsumer(int workers) throws InterruptedException {
    try (Prefetcher<Long> prefetcher =
        new Prefetcher<>(
            at -> {
              if (at == 2) {
                throw new InputException("scan 2");
              }
              return at;
            },
            0,
            workers,
            8)) {
      assertThat(prefetcher.next()).isZero();
      assertThat(prefetcher.next()).isOne();
      assertThatThrownBy(prefetcher::next).isInstanceOf(InputException.class).hasMessage("scan 2");
    }
  }

  @Test
  void nothingComesAfterTheEnd() {
    Prefetcher<Long> prefetcher = new Prefetcher<>(at -> at, 0, 1, 1);
    prefetcher.close();
    assertThatThrownBy(prefetcher::next).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new Prefetcher<>(at -> at, 0, -1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
