package org.octolift.benchmarks;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.cpu.ScalarRowKernels;
import org.octolift.kernels.cpu.VectorRowKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// The passes of BatchNorm over the rows of one level, on one thread: they run at the speed of
/// memory. Bytes an element: statistics 4, normalise 8 (12 with residual), gradient sums 12,
/// gradient 16.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BatchNormBenchmark {
  /// Rows: in a second-level cache, and of depth 9.
  @Param({"1500", "132359"})
  public int rows;

  /// Channels.
  @Param({"96"})
  public int channels;

  private final RowKernels kernels = new VectorRowKernels();
  private MemorySegment x;
  private MemorySegment y;
  private MemorySegment dy;
  private MemorySegment dx;
  private float[] sums;
  private float[] vectors;

  /// Fills everything with reproducible numbers.
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    x = random(random);
    y = random(random);
    dy = random(random);
    dx = random(random);
    sums = new float[3 * channels];
    vectors = new float[4 * channels];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) random.nextDouble(0.1, 1);
    }
  }

  private MemorySegment random(SplittableRandom random) {
    FloatArray values = new FloatArray(rows * channels);
    for (int i = 0; i < values.getSize(); i++) {
      values.set(i, (float) random.nextDouble(-1, 1));
    }
    return values.getSegment();
  }

  /// Sums for mean and variance.
  @Benchmark
  public float[] statistics() {
    kernels.moments(sums, x, channels, 0, rows);
    return sums;
  }

  /// Normalisation and ReLU.
  @Benchmark
  public MemorySegment normalise() {
    kernels.normalise(dx, x, vectors, null, true, channels, 0, rows);
    return dx;
  }

  /// Sums for the gradients of gamma and beta.
  @Benchmark
  public float[] gradientSums() {
    kernels.gradientSums(sums, dy, y, x, vectors, channels, 0, rows);
    return sums;
  }

  /// The gradient to the input.
  @Benchmark
  public MemorySegment gradient() {
    kernels.normalisationGradient(dx, null, dy, y, x, vectors, channels, 0, rows);
    return dx;
  }

  /// Compares each with the scalar loops, bit for bit.
  @TearDown
  public void check() {
    RowKernels scalar = new ScalarRowKernels();
    FloatArray expected = new FloatArray(rows * channels);
    scalar.normalise(expected.getSegment(), x, vectors, null, true, channels, 0, rows);
    normalise();
    require(expected.getSegment().mismatch(dx) < 0, "normalise");
    scalar.normalisationGradient(expected.getSegment(), null, dy, y, x, vectors, channels, 0, rows);
    gradient();
    require(expected.getSegment().mismatch(dx) < 0, "gradient");
    float[] a = new float[3 * channels];
    float[] b = new float[3 * channels];
    scalar.moments(a, x, channels, 0, rows);
    kernels.moments(b, x, channels, 0, rows);
    require(Arrays.equals(a, b), "statistics");
    scalar.gradientSums(a, dy, y, x, vectors, channels, 0, rows);
    kernels.gradientSums(b, dy, y, x, vectors, channels, 0, rows);
    require(Arrays.equals(a, b), "gradient sums");
  }

  private static void require(boolean equal, String what) {
    if (!equal) {
      throw new IllegalStateException(what + ": vector and scalar loops differ");
    }
  }
}
