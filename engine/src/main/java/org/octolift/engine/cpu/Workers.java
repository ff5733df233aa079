package org.octolift.engine.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// A fixed team of threads that share the rows of one loop at a time. The calling thread works
/// too, so a team of 1 starts no thread. Work is cut into chunks whose bounds depend on the loop
/// alone, never on the number of threads; which thread takes which chunk is left open, so a body
/// must not let its result depend on that.
///
/// One loop runs at a time; loops must not be nested. Not safe for calls from several threads at
/// once.
public final class Workers implements AutoCloseable {
  /// Spins, some hundreds of microseconds in all, before a waiting thread parks: loops of one step
  /// follow each other closely, and to wake a parked thread takes long on a virtual machine.
  private static final int SPINS = 20_000;

  /// The body of a loop over a range of rows.
  @FunctionalInterface
  public interface RangeBody {
    /// Processes rows {@code from} (inclusive) to {@code to} (exclusive).
    void run(int from, int to);
  }

  /// The body of a loop over a range of rows that owns scratch memory per thread.
  @FunctionalInterface
  public interface ThreadBody {
    /// Processes rows {@code from} to {@code to} on thread {@code thread} of 0..threads-1.
    void run(int thread, int from, int to);
  }

  private static final class Loop {
    final int count;
    final int grain;
    final int chunks;
    final ThreadBody body;
    final Thread caller = Thread.currentThread();
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger unfinished;
    final AtomicReference<Throwable> failure = new AtomicReference<>();

    Loop(int count, int grain, ThreadBody body) {
      this.count = count;
      this.grain = grain;
      this.chunks = Math.ceilDiv(count, grain);
      this.body = body;
      this.unfinished = new AtomicInteger(chunks);
    }

    /// Takes chunks until there are none. After a failure the rest is only counted.
    void work(int thread) {
      for (int chunk = next.getAndIncrement(); chunk < chunks; chunk = next.getAndIncrement()) {
        try {
          if (failure.get() == null) {
            int from = chunk * grain;
            body.run(thread, from, Math.min(count, from + grain));
          }
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        } finally {
          if (unfinished.decrementAndGet() == 0) {
            LockSupport.unpark(caller);
          }
        }
      }
    }

    /// Waits until all chunks are finished: briefly without giving up the core, then parked.
    /// Threads that never got a chunk are not waited for.
    void await() {
      for (int spins = 0; unfinished.get() > 0; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
    }
  }

  private final Thread[] team;
  private volatile Loop current;
  private volatile boolean closed;

  /// Starts {@code threads - 1} daemon threads.
  public Workers(int threads) {
    if (threads < 1 || threads > 4096) {
      throw new IllegalArgumentException("threads must be 1..4096, is " + threads);
    }
    team = new Thread[threads - 1];
    for (int i = 0; i < team.length; i++) {
      int index = i + 1;
      team[i] =
          Thread.ofPlatform()
              .daemon()
              .name("octolift-worker-" + index)
              .unstarted(() -> serve(index));
    }
    for (Thread thread : team) {
      thread.start();
    }
  }

  /// Number of threads, the caller's included.
  public int threads() {
    return team.length + 1;
  }

  /// Runs {@code body} over 0..count in chunks of {@code grain} rows and returns when all are done.
  public void parallel(int count, int grain, RangeBody body) {
    parallelByThread(count, grain, (thread, from, to) -> body.run(from, to));
  }

  /// As [#parallel(int, int, RangeBody)], telling the body which thread it runs on.
  public void parallelByThread(int count, int grain, ThreadBody body) {
    if (count < 0 || grain < 1) {
      throw new IllegalArgumentException("count %d, grain %d".formatted(count, grain));
    }
    if (count == 0) {
      return;
    }
    if (team.length == 0 || count <= grain) {
      for (int from = 0; from < count; from += grain) {
        body.run(0, from, Math.min(count, from + grain));
      }
      return;
    }
    Loop loop = new Loop(count, grain, body);
    current = loop;
    for (Thread thread : team) {
      LockSupport.unpark(thread);
    }
    loop.work(0);
    loop.await();
    Throwable failure = loop.failure.get();
    if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
  }

  private void serve(int index) {
    Loop done = null;
    int spins = 0;
    while (!closed) {
      Loop loop = current;
      if (loop == done) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
          spins = 0;
        }
        continue;
      }
      done = loop;
      spins = 0;
      loop.work(index);
    }
  }

  /// Ends the threads.
  @Override
  public void close() {
    closed = true;
    for (Thread thread : team) {
      LockSupport.unpark(thread);
    }
  }
}
