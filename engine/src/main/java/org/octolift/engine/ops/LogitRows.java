package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.cpu.DenseKernels;

/// Some rows of logits in a thread's scratch memory. Exponentials are of all elements in one loop,
/// as a single row has few.
final class LogitRows {
  /// Thread scratch.
  private static final int ROWS = 0;

  private LogitRows() {}

  /// Rows from..to, (to - from, classes), each less its maximum.
  static float[] shifted(CpuRun cpu, int thread, Value logits, int from, int to) {
    DenseKernels kernels = cpu.denseKernels();
    int classes = logits.channels();
    int size = (to - from) * classes;
    float[] rows = cpu.scratch(thread, ROWS, size);
    MemorySegment source = cpu.floats(logits).getSegment();
    long start = CpuLoops.bytes((long) from * classes);
    MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, start, rows, 0, size);
    for (int at = 0; at < size; at += classes) {
      float maximum = kernels.maximum(rows, at, at + classes);
      for (int i = at; i < at + classes; i++) {
        rows[i] -= maximum;
      }
    }
    return rows;
  }

  /// Shifted elements 0..size to their exponentials.
  static void exponentials(CpuRun cpu, float[] rows, int size) {
    cpu.denseKernels().exponentials(rows, 0, size, 0, new float[DenseKernels.PARTIALS]);
  }

  /// The sum of a row that begins at {@code from}.
  static float sum(float[] rows, int from, int classes) {
    float sum = 0;
    for (int i = from; i < from + classes; i++) {
      sum += rows[i];
    }
    return sum;
  }
}
