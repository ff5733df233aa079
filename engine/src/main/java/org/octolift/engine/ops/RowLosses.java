package org.octolift.engine.ops;

import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.Losses;
import org.octolift.kernels.Reductions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// What the losses share: each row's loss and whether it counts, then the mean.
final class RowLosses {
  /// The body of a loss: writes (loss, 1) or (0, 0) of one row.
  @FunctionalInterface
  interface RowBody {
    void run(FloatArray rowLosses, int row);
  }

  private RowLosses() {}

  /// Checks the outputs and logits of a loss, and its rows' selection, which may be null.
  static void check(String op, Value loss, Value count, Value logits, Value select) {
    Checks.floats(op, logits);
    Checks.vectors(op, 1, loss, count);
    if (select != null) {
      Checks.ints(op, select, logits.rows(), 1);
    }
  }

  /// Checks the values of a loss's gradient, and its rows' selection, which may be null.
  static void checkGradient(
      String op, Value dLogits, Value logits, Value select, Value count, Value dLoss) {
    check(op, dLoss, count, logits, select);
    Checks.like(op, dLogits, logits);
  }

  /// `loss = Σ losses / (Σ counts · elements)`.
  static void mean(CpuRun cpu, Value loss, Value count, Value logits, int elements, RowBody body) {
    int rows = cpu.rows(logits);
    FloatArray rowLosses = cpu.offHeapScratch(0, Math.multiplyExact(2, rows));
    FloatArray partials = cpu.offHeapScratch(1, 2 * Reductions.CHUNKS);
    CpuLoops.rows(
        cpu,
        logits,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            body.run(rowLosses, row);
          }
        });
    for (int chunk = 0; chunk < Reductions.chunks(rows); chunk++) {
      Reductions.columnSumAt(partials, rowLosses, rows, chunk, 0, 2);
      Reductions.columnSumAt(partials, rowLosses, rows, chunk, 1, 2);
    }
    Losses.finishAt(cpu.floats(loss), cpu.floats(count), partials, rows, elements);
  }
}
