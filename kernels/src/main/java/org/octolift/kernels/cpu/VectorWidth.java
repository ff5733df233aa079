package org.octolift.kernels.cpu;

import jdk.incubator.vector.FloatVector;

/// The processor's vectors. To be used only if the JVM has the Vector API's module.
public final class VectorWidth {
  private VectorWidth() {}

  /// Bits of the vectors that the inner loops use.
  public static int bits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
