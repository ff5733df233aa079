package org.octolift.apps.bench;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

/// How long the same work took several times.
///
/// @param first seconds of the very first run
/// @param untilSecond seconds from the start of the process to the end of the second run: what a
/// user waits until the work is under way
/// @param seconds of the runs after warm-up, ascending, at least one
/// @param gflop billions of floating-point operations of one run
public record Timing(double first, double untilSecond, double[] seconds, double gflop) {
  /// Runs after the first one that are not counted, and the seconds that they take at least: the
  /// JVM still compiles.
  private static final int WARM_UP = 2;

  private static final double WARM_UP_SECONDS = 1;

  /// Sorts the seconds.
  public Timing {
    seconds = seconds.clone();
    Arrays.sort(seconds);
  }

  /// Runs {@code setUp} (not timed) and {@code work} once, a few times to warm up, and
  /// {@code repeat} times.
  static Timing of(int repeat, double gflop, Runnable setUp, Runnable work) {
    double first = time(setUp, work);
    double warm = time(setUp, work);
    double untilSecond = sinceStart();
    for (int run = 1; run < WARM_UP || warm < WARM_UP_SECONDS; run++) {
      warm += time(setUp, work);
    }
    double[] seconds = new double[repeat];
    for (int run = 0; run < repeat; run++) {
      seconds[run] = time(setUp, work);
    }
    return new Timing(first, untilSecond, seconds, gflop);
  }

  /// The same seconds of work that takes so many billions of operations.
  Timing withGflop(double gflop) {
    return new Timing(first, untilSecond, seconds, gflop);
  }

  /// Seconds since this process began.
  private static double sinceStart() {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return 1e-3 * (System.currentTimeMillis() - start);
  }

  private static double time(Runnable setUp, Runnable work) {
    setUp.run();
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) * 1e-9;
  }

  /// Seconds of the run in the middle.
  public double median() {
    int middle = seconds.length / 2;
    return seconds.length % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
  }

  /// Seconds of the fastest run.
  public double min() {
    return seconds[0];
  }

  /// Seconds of the slowest run.
  public double max() {
    return seconds[seconds.length - 1];
  }

  /// Billions of operations a second, of the median run.
  public double gflops() {
    return gflop / median();
  }
}
