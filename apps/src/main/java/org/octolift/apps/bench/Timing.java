package org.octolift.apps.bench;

import java.util.Arrays;

/// How long the same work took several times.
///
/// @param first seconds of the very first run
/// @param seconds of the runs after warm-up, ascending, at least one
/// @param gflop billions of floating-point operations of one run
public record Timing(double first, double[] seconds, double gflop) {
  /// Runs after the first one that are not counted: the JVM still compiles.
  private static final int WARM_UP = 2;

  /// Sorts the seconds.
  public Timing {
    seconds = seconds.clone();
    Arrays.sort(seconds);
  }

  /// Runs {@code setUp} (not timed) and {@code work} once, a few times to warm up, and
  /// {@code repeat} times.
  static Timing of(int repeat, double gflop, Runnable setUp, Runnable work) {
    double first = 0;
    double[] seconds = new double[repeat];
    for (int run = 0; run < 1 + WARM_UP + repeat; run++) {
      setUp.run();
      long start = System.nanoTime();
      work.run();
      double elapsed = (System.nanoTime() - start) * 1e-9;
      if (run == 0) {
        first = elapsed;
      } else if (run > WARM_UP) {
        seconds[run - 1 - WARM_UP] = elapsed;
      }
    }
    return new Timing(first, seconds, gflop);
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
