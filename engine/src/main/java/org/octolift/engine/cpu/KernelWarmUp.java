package org.octolift.engine.cpu;

import java.lang.foreign.MemorySegment;
import org.octolift.kernels.cpu.PairKernels;
import org.octolift.kernels.cpu.VectorPairKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Makes the JVM compile the inner loops of products before they are needed. Interpreted or half
/// compiled, the Vector API is a hundred times slower than in the end, and the first step would
/// run like that until the compiler is done.
final class KernelWarmUp {
  /// About 1.2 s until the compiler is done with all loops; after that a round takes 5 µs.
  private static final int ROUNDS = 3000;

  private static final int CHANNELS = 64;
  private static final int PAIRS = 33;

  private static Thread thread;

  private KernelWarmUp() {}

  /// The thread on which the vector loops are warmed up, once in the life of the JVM.
  static synchronized Thread ofVectors() {
    if (thread == null) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .name("octolift-warm-up")
              .start(() -> run(new VectorPairKernels()));
    }
    return thread;
  }

  private static void run(PairKernels kernel) {
    int width = kernel.panelWidth();
    float[] rows = new float[PAIRS * CHANNELS];
    float[] blocks = new float[PAIRS * Math.max(CHANNELS, width)];
    float[] sums = new float[(PAIRS + 1) * width];
    float[] weights = new float[CHANNELS * width];
    float[] tile = new float[kernel.tileSize()];
    int[] order = new int[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
      order[i] = i;
    }
    MemorySegment source = new FloatArray(PAIRS * CHANNELS).getSegment();
    for (int round = 0; round < ROUNDS; round++) {
      kernel.load(rows, 0, source, order, PAIRS, CHANNELS);
      kernel.gather(blocks, 0, PAIRS * width, rows, 0, order, 0, PAIRS, CHANNELS);
      kernel.multiply(
          sums, 0, width, order, rows, CHANNELS, order, 0, PAIRS, weights, 0, CHANNELS, tile);
      kernel.outerProduct(weights, 0, blocks, 0, sums, 0, PAIRS, width, tile);
    }
  }
}
