package org.octolift.engine.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.octolift.kernels.cpu.DenseKernels;
import org.octolift.kernels.cpu.PairKernels;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.cpu.VectorDenseKernels;
import org.octolift.kernels.cpu.VectorPairKernels;
import org.octolift.kernels.cpu.VectorRowKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Makes the JVM compile inner loops before they are needed. Interpreted or half compiled, the
/// Vector API is a hundred times slower than in the end, and the first step would run like that
/// until the compiler is done.
final class KernelWarmUp {
  /// The first part starts the compiler, the rest waits for it; after that a round takes 10 µs.
  private static final int ROUNDS = 1500;

  private static final int CHANNELS = 64;
  private static final int ROWS = 33;
  private static final int DEPTH = 64;

  /// Panels of the widest tile; narrower ones have loops of their own.
  private static final int PANELS = 3;

  /// A step size and its like: sums stay small.
  private static final float SMALL = 1e-3f;

  private static Thread sparse;
  private static Thread dense;

  private KernelWarmUp() {}

  /// The thread on which the loops of octree networks are warmed up, once in the life of the JVM.
  static synchronized Thread ofSparseLoops() {
    if (sparse == null) {
      sparse = start(KernelWarmUp::runSparse);
    }
    return sparse;
  }

  /// Begins to warm up the loops of dense products and attention, once in the life of the JVM.
  static synchronized void ofDenseLoops() {
    if (dense == null) {
      dense = start(KernelWarmUp::runDense);
    }
  }

  private static Thread start(Runnable work) {
    return Thread.ofPlatform().daemon().name("octolift-warm-up").start(work);
  }

  /// The loops of octree networks, until they are compiled.
  static void runSparse() {
    PairKernels pairs = new VectorPairKernels();
    RowKernels rows = new VectorRowKernels();
    Products products = new Products(new VectorDenseKernels());
    int width = pairs.panelWidth();
    float[] local = new float[ROWS * CHANNELS];
    float[] blocks = new float[ROWS * Math.max(CHANNELS, width)];
    float[] sums = new float[(ROWS + 1) * PANELS * width];
    float[] weights = new float[PANELS * CHANNELS * width];
    float[] tile = new float[pairs.tileSize()];
    int[] order = IntStream.range(0, ROWS).toArray();
    MemorySegment x = new FloatArray(ROWS * CHANNELS).getSegment();
    MemorySegment y = new FloatArray(ROWS * CHANNELS).getSegment();
    MemorySegment z = new FloatArray(ROWS * CHANNELS).getSegment();
    float[] vectors = new float[4 * CHANNELS];
    float[] means = new float[CHANNELS];
    float[] hyper = new float[8];
    Arrays.fill(hyper, SMALL);
    for (int round = 0; round < ROUNDS; round++) {
      pairs.load(local, 0, x, order, ROWS, CHANNELS);
      pairs.gather(blocks, 0, 0, ROWS * width, local, 0, order, 0, ROWS, CHANNELS);
      for (int panels = 1; panels <= PANELS; panels++) {
        pairs.multiply(
            sums,
            0,
            PANELS * width,
            order,
            local,
            CHANNELS,
            order,
            0,
            ROWS,
            weights,
            0,
            CHANNELS,
            panels,
            tile);
      }
      pairs.outerProduct(weights, 0, blocks, 0, sums, 0, ROWS, width);
      products.run();
      boolean joined = (round & 1) == 0;
      MemorySegment residual = joined ? z : null;
      rows.columnSums(vectors, x, CHANNELS, 0, ROWS);
      rows.moments(vectors, x, CHANNELS, 0, ROWS);
      Arrays.fill(vectors, SMALL);
      rows.normalise(y, x, vectors, residual, true, CHANNELS, 0, ROWS);
      rows.gradientSums(vectors, x, joined ? y : null, z, means, CHANNELS, 0, ROWS);
      Arrays.fill(vectors, SMALL);
      rows.normalisationGradient(y, residual, x, joined ? x : null, x, vectors, CHANNELS, 0, ROWS);
      rows.add(y, x, x, 0, ROWS * CHANNELS);
      rows.sgd(x, y, z, hyper, 0, ROWS * CHANNELS);
    }
  }

  /// Dense products, which 1×1 convolutions use, too.
  private static final class Products {
    final DenseKernels kernel;
    final int rows = 2 * DenseKernels.ROW_MULTIPLE;
    final float[] c;
    private final float[] a = new float[rows * DenseKernels.DEPTH];
    private final float[] panel;
    private final float[] tile;
    private final MemorySegment source;

    Products(DenseKernels kernel) {
      this.kernel = kernel;
      int width = kernel.panelWidth();
      this.c = new float[rows * width];
      this.panel = new float[DEPTH * width];
      this.tile = new float[kernel.tileSize()];
      this.source = new FloatArray(DEPTH * width).getSegment();
    }

    void run() {
      int width = kernel.panelWidth();
      kernel.copyPanel(panel, 0, source, 0, width, DEPTH);
      kernel.multiply(c, 0, width, a, 0, panel, 0, rows, DEPTH, tile);
    }
  }

  /// The loops of dense products and attention, until they are compiled.
  static void runDense() {
    Products products = new Products(new VectorDenseKernels());
    DenseKernels kernel = products.kernel;
    float[] c = products.c;
    float[] sums = new float[DenseKernels.PARTIALS];
    float[] affine = new float[2 * CHANNELS];
    MemorySegment x = new FloatArray(products.rows * CHANNELS).getSegment();
    for (int round = 0; round < ROUNDS; round++) {
      products.run();
      kernel.gelu(c, 0, c.length);
      kernel.exponentials(c, 0, c.length, kernel.maximum(c, 0, c.length), sums);
      kernel.normaliseRows(x, x, affine, SMALL, CHANNELS, 0, products.rows, sums);
      Arrays.fill(c, 0f);
      Arrays.fill(sums, 0f);
    }
  }
}
