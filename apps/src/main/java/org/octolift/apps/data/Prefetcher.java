package org.octolift.apps.data;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;

/// Prepares the values of an endless sequence on other threads, ahead of their use, and hands them
/// out in order. A value must depend on its position alone, so that what comes out does not depend
/// on the number of threads. Not safe for several consumers.
///
/// @param <T> the values: batches, say
public final class Prefetcher<T> implements AutoCloseable {
  private final LongFunction<T> prepare;
  private final ExecutorService threads;
  private final Queue<Future<T>> ahead = new ArrayDeque<>();
  private final int depth;
  private long position;

  /// Begins to prepare.
  ///
  /// @param prepare makes the value of a position; called on several threads at once
  /// @param first position of the first value handed out
  /// @param workers number of threads; 0: values are made when they are asked for, on the thread
  /// that asks
  /// @param depth how many values may be ready or under way
  public Prefetcher(LongFunction<T> prepare, long first, int workers, int depth) {
    if (workers < 0 || depth < 1) {
      throw new IllegalArgumentException("workers %d, depth %d".formatted(workers, depth));
    }
    this.prepare = prepare;
    this.position = first;
    this.depth = depth;
    this.threads =
        workers == 0
            ? null
            : Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().daemon().name("octolift-loader-", 0).factory());
    fill();
  }

  /// The next value; waits for it if need be.
  ///
  /// @throws RuntimeException what preparing it threw
  public T next() throws InterruptedException {
    if (threads == null) {
      return prepare.apply(position++);
    }
    if (ahead.isEmpty()) {
      throw new IllegalStateException("closed");
    }
    try {
      T value = ahead.remove().get();
      fill();
      return value;
    } catch (ExecutionException e) {
      close();
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (CancellationException e) {
      throw new IllegalStateException("closed", e);
    }
  }

  /// Position of the value that [#next] gives next.
  public long position() {
    return position - ahead.size();
  }

  /// Ends the threads and drops what is prepared.
  @Override
  public void close() {
    if (threads != null) {
      threads.shutdownNow();
      ahead.clear();
    }
  }

  private void fill() {
    while (threads != null && ahead.size() < depth) {
      long at = position++;
      ahead.add(threads.submit(() -> prepare.apply(at)));
    }
  }
}
