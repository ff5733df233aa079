package org.octolift.benchmarks;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.octolift.kernels.cpu.CacheLines;
import org.octolift.kernels.cpu.PairKernels;
import org.octolift.kernels.cpu.ScalarPairKernels;
import org.octolift.kernels.cpu.VectorPairKernels;
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

/// The inner loops of sparse products on 126 pairs: a matrix of C × C weights takes 252·C²
/// operations, a copy of rows moves 1008·C bytes.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PairKernelBenchmark {
  private static final int FIRST = CacheLines.FIRST;
  private static final int PAIRS = 126;
  private static final int ROWS = 1024;

  /// Input and output channels.
  @Param({"32", "64", "96", "128", "256"})
  public int channels;

  private final PairKernels kernel = new VectorPairKernels();
  private final int width = kernel.panelWidth();
  private final float[] tile = new float[kernel.tileSize()];
  private final int[] rows = new int[PAIRS];
  private float[] x;
  private float[] rowsInBlocks;
  private float[] weights;
  private float[] sums;
  private float[] products;
  private float[] blocks;
  private float[] loaded;
  private MemorySegment source;

  /// Fills everything with reproducible numbers.
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    x = random(random, ROWS * channels);
    rowsInBlocks = random(random, FIRST + PAIRS * channels);
    weights = random(random, FIRST + channels * channels);
    sums = new float[FIRST + ROWS * channels];
    products = new float[FIRST + channels * channels];
    blocks = new float[FIRST + PAIRS * channels];
    loaded = new float[PAIRS * channels];
    source = FloatArray.fromArray(x).getSegment();
    for (int i = 0; i < PAIRS; i++) {
      rows[i] = i * 7 + random.nextInt(7);
    }
  }

  private static float[] random(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /// Rows times a weight matrix, added where the pairs say.
  @Benchmark
  public float[] multiply() {
    multiply(kernel, sums);
    return sums;
  }

  /// Rows times rows: a weight gradient.
  @Benchmark
  public float[] outerProduct() {
    outerProduct(kernel, products);
    return products;
  }

  /// Rows from off-heap memory to the heap.
  @Benchmark
  public float[] load() {
    kernel.load(loaded, 0, source, rows, PAIRS, channels);
    return loaded;
  }

  /// Rows on the heap to blocks of columns.
  @Benchmark
  public float[] gather() {
    gather(kernel, blocks);
    return blocks;
  }

  private void multiply(PairKernels loops, float[] y) {
    int panels = channels / width;
    loops.multiply(
        y, FIRST, channels, rows, x, channels, rows, 0, PAIRS, weights, FIRST, channels, panels,
        tile);
  }

  private void outerProduct(PairKernels loops, float[] y) {
    for (int column = 0; column < channels; column += width) {
      for (int c = 0; c < channels; c += width) {
        loops.outerProduct(
            y,
            FIRST + column * channels + c * width,
            rowsInBlocks,
            FIRST + c * PAIRS,
            rowsInBlocks,
            FIRST + column * PAIRS,
            PAIRS,
            width);
      }
    }
  }

  private void gather(PairKernels loops, float[] y) {
    loops.gather(y, FIRST, 0, PAIRS * width, x, 0, rows, 0, PAIRS, channels);
  }

  /// Compares one call of each with the scalar loops, bit for bit, if both have the same panels.
  @TearDown
  public void check() {
    PairKernels scalar = new ScalarPairKernels();
    if (scalar.panelWidth() == width) {
      float[] rowSums = new float[sums.length];
      multiply(scalar, rowSums);
      require(rowSums, new float[sums.length], y -> multiply(kernel, y));
      float[] matrix = new float[products.length];
      outerProduct(scalar, matrix);
      require(matrix, new float[products.length], y -> outerProduct(kernel, y));
      float[] copies = new float[blocks.length];
      gather(scalar, copies);
      require(copies, new float[blocks.length], y -> gather(kernel, y));
    } else {
      checkElement();
    }
  }

  /// Output 0 of the product by hand.
  private void checkElement() {
    float[] y = new float[sums.length];
    multiply(kernel, y);
    float sum = 0;
    for (int c = 0; c < channels; c++) {
      sum = Math.fma(x[rows[0] * channels + c], weights[FIRST + c * width], sum);
    }
    float actual = y[FIRST + rows[0] * channels];
    if (actual != sum) {
      throw new IllegalStateException("expected %s, got %s".formatted(sum, actual));
    }
  }

  private static void require(float[] expected, float[] actual, Consumer<float[]> body) {
    body.accept(actual);
    if (!Arrays.equals(expected, actual)) {
      throw new IllegalStateException("vector and scalar loops differ");
    }
  }
}
