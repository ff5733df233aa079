package org.octolift.apps.bench;

import java.lang.foreign.MemorySegment;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.cpu.Workers;
import org.octolift.kernels.cpu.VectorFma;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// What the machine can do at best, measured in this process with the given threads.
///
/// @param peakGflops fused multiply-adds on registers, billions of operations a second
/// @param copyGigabytes read and written in copying large arrays, 10⁹ bytes a second
public record MachineLimits(double peakGflops, double copyGigabytes) {
  /// Trials of which the best counts: other load on the machine only ever makes them slower.
  private static final int TRIALS = 40;

  /// A call of the loop lasts some 20 µs: the JVM compiles the method as a whole after a few
  /// thousand of them, and what it makes for a loop that is already running does not matter.
  private static final int ITERATIONS = 10_000;

  private static final int CALLS = 300;

  /// Larger than most last-level caches.
  private static final int COPIED_FLOATS = 1 << 25;

  static MachineLimits measure(Workers workers) {
    return new MachineLimits(peak(workers), copy(workers));
  }

  private static double peak(Workers workers) {
    boolean vectors = CpuDevice.hasVectorModule();
    float[] sums = new float[workers.threads() * 16];
    long operations = vectors ? VectorFma.operations() : ScalarFma.OPERATIONS;
    long best = Long.MAX_VALUE;
    for (int trial = 0; trial < TRIALS; trial++) {
      long start = System.nanoTime();
      workers.parallelByThread(
          workers.threads() * CALLS,
          1,
          (thread, from, to) ->
              sums[16 * thread] += vectors ? VectorFma.run(ITERATIONS) : ScalarFma.run(ITERATIONS));
      best = Math.min(best, System.nanoTime() - start);
    }
    if (!Float.isFinite(sums[0])) {
      throw new IllegalStateException("the multiply-adds do not converge");
    }
    return (double) operations * ITERATIONS * CALLS * workers.threads() / best;
  }

  private static double copy(Workers workers) {
    FloatArray from = new FloatArray(COPIED_FLOATS);
    FloatArray to = new FloatArray(COPIED_FLOATS);
    MemorySegment source = from.getSegment();
    MemorySegment target = to.getSegment();
    long best = Long.MAX_VALUE;
    for (int trial = 0; trial < TRIALS / 4; trial++) {
      long start = System.nanoTime();
      workers.parallel(
          COPIED_FLOATS,
          1 << 18,
          (first, last) ->
              MemorySegment.copy(source, 4L * first, target, 4L * first, 4L * (last - first)));
      best = Math.min(best, System.nanoTime() - start);
    }
    return 8.0 * COPIED_FLOATS / best;
  }

  /// The loop without the Vector API.
  private static final class ScalarFma {
    static final long OPERATIONS = 16;

    static float run(int iterations) {
      float a = 0;
      float b = 1;
      float c = 2;
      float d = 3;
      float e = 4;
      float f = 5;
      float g = 6;
      float h = 7;
      for (int i = 0; i < iterations; i++) {
        a = Math.fma(a, 0.999f, 0.001f);
        b = Math.fma(b, 0.999f, 0.001f);
        c = Math.fma(c, 0.999f, 0.001f);
        d = Math.fma(d, 0.999f, 0.001f);
        e = Math.fma(e, 0.999f, 0.001f);
        f = Math.fma(f, 0.999f, 0.001f);
        g = Math.fma(g, 0.999f, 0.001f);
        h = Math.fma(h, 0.999f, 0.001f);
      }
      return a + b + c + d + e + f + g + h;
    }
  }
}
