package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.Normalisation;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// What the ops of batch normalisation share.
final class BatchNorms {
  private BatchNorms() {}

  static void checkEpsilon(String op, float epsilon) {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException(
          "%s: epsilon must be positive, is %s".formatted(op, epsilon));
    }
  }

  /// Checks what the gradients to the input have in common.
  static void checkGradient(String op, Value dx, Value dResidual, Value dy, Value y) {
    Checks.floats(op, dy);
    Checks.like(op, dx, dy);
    if (dResidual != null) {
      Checks.like(op, dResidual, dy);
    }
    if (y != null) {
      Checks.like(op, y, dy);
    }
  }

  /// The data of a value, null for none.
  static MemorySegment segment(CpuRun cpu, Value value) {
    return value == null ? null : cpu.floats(value).getSegment();
  }

  /// `gamma / √(variance + epsilon)`, in scratch memory.
  static FloatArray scale(CpuRun cpu, Value variance, Value gamma, float epsilon) {
    int channels = gamma.channels();
    FloatArray scale = cpu.offHeapScratch(0, channels);
    for (int channel = 0; channel < channels; channel++) {
      Normalisation.scaleAt(scale, cpu.floats(variance), cpu.floats(gamma), channel, epsilon);
    }
    return scale;
  }
}
