package org.octolift.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The fastest fused multiply-adds that the Vector API gives: the peak that other loops are
/// compared with. Accumulators are independent and written out, as in [VectorPairKernels].
public final class VectorFma {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /// Enough to hide latencies of 4 cycles on 2 to 3 pipes in 16 registers.
  private static final int ACCUMULATORS = 12;

  private VectorFma() {}

  /// Floating-point operations of one iteration.
  public static long operations() {
    return 2L * ACCUMULATORS * SPECIES.length();
  }

  /// Runs {@code iterations}; returns a number that depends on all of them.
  public static float run(int iterations) {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector y = FloatVector.broadcast(SPECIES, 0.001f);
    FloatVector a0 = FloatVector.broadcast(SPECIES, 0f);
    FloatVector a1 = FloatVector.broadcast(SPECIES, 1f);
    FloatVector a2 = FloatVector.broadcast(SPECIES, 2f);
    FloatVector a3 = FloatVector.broadcast(SPECIES, 3f);
    FloatVector a4 = FloatVector.broadcast(SPECIES, 4f);
    FloatVector a5 = FloatVector.broadcast(SPECIES, 5f);
    FloatVector a6 = FloatVector.broadcast(SPECIES, 6f);
    FloatVector a7 = FloatVector.broadcast(SPECIES, 7f);
    FloatVector a8 = FloatVector.broadcast(SPECIES, 8f);
    FloatVector a9 = FloatVector.broadcast(SPECIES, 9f);
    FloatVector a10 = FloatVector.broadcast(SPECIES, 10f);
    FloatVector a11 = FloatVector.broadcast(SPECIES, 11f);
    for (int i = 0; i < iterations; i++) {
      a0 = a0.fma(x, y);
      a1 = a1.fma(x, y);
      a2 = a2.fma(x, y);
      a3 = a3.fma(x, y);
      a4 = a4.fma(x, y);
      a5 = a5.fma(x, y);
      a6 = a6.fma(x, y);
      a7 = a7.fma(x, y);
      a8 = a8.fma(x, y);
      a9 = a9.fma(x, y);
      a10 = a10.fma(x, y);
      a11 = a11.fma(x, y);
    }
    FloatVector left = a0.add(a1).add(a2).add(a3).add(a4).add(a5);
    FloatVector right = a6.add(a7).add(a8).add(a9).add(a10).add(a11);
    return left.add(right).lane(0);
  }
}
