package org.octolift.engine.ops;

import java.util.function.Consumer;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import org.octolift.kernels.Reductions;
import org.octolift.kernels.gpu.ChunkSums;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// What the losses share: each row's loss and whether it counts, then the mean.
final class RowLosses {
  /// The body of a loss: writes (loss, 1) or (0, 0) of one row.
  @FunctionalInterface
  interface RowBody {
    void run(FloatArray rowLosses, int row);
  }

  /// The body of a loss over rows from..to, on a thread that has scratch memory of its own.
  @FunctionalInterface
  interface RangeBody {
    void run(FloatArray rowLosses, int thread, int from, int to);
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
    meanOfRanges(
        cpu,
        loss,
        count,
        logits,
        elements,
        (rowLosses, thread, from, to) -> {
          for (int row = from; row < to; row++) {
            body.run(rowLosses, row);
          }
        });
  }

  /// As [#mean], some rows at a time.
  static void meanOfRanges(
      CpuRun cpu, Value loss, Value count, Value logits, int elements, RangeBody body) {
    int rows = cpu.rows(logits);
    FloatArray rowLosses = cpu.offHeapScratch(0, Math.multiplyExact(2, rows));
    FloatArray partials = cpu.offHeapScratch(1, 2 * Reductions.CHUNKS);
    CpuLoops.rowsByThread(cpu, logits, (thread, from, to) -> body.run(rowLosses, thread, from, to));
    for (int chunk = 0; chunk < Reductions.chunks(rows); chunk++) {
      Reductions.columnSumAt(partials, rowLosses, rows, chunk, 0, 2);
      Reductions.columnSumAt(partials, rowLosses, rows, chunk, 1, 2);
    }
    Losses.finishAt(cpu.floats(loss), cpu.floats(count), partials, rows, elements);
  }

  /// The same as tasks: `rows` appends the task that writes (loss, 1) or (0, 0) of each row.
  static void lower(
      Lowering tasks,
      String op,
      Value loss,
      Value count,
      Value logits,
      int elements,
      Consumer<FloatArray> rows) {
    int slot = tasks.slot(logits.rows());
    FloatArray rowLosses = tasks.scratch(0, 2 * tasks.capacity(logits.rows()));
    FloatArray partials = tasks.scratch(1, 2 * Reductions.CHUNKS);
    rows.accept(rowLosses);
    if (tasks.prefersGroups()) {
      WorkerGrid grid =
          Lowering.groups(ChunkSums.THREADS, Reductions.CHUNKS, ChunkSums.slabs(2), 1);
      tasks
          .graph()
          .task(
              tasks.id(op, grid),
              ChunkSums::columnSums,
              new KernelContext(),
              partials,
              rowLosses,
              tasks.counts(),
              tasks.shape(logits, 2));
    } else {
      tasks
          .graph()
          .task(tasks.id(op), Reductions::columnSums, partials, rowLosses, tasks.counts(), slot, 2);
    }
    tasks
        .graph()
        .task(
            tasks.id(op),
            Losses::finish,
            tasks.floats(loss),
            tasks.floats(count),
            partials,
            tasks.counts(),
            slot,
            elements);
  }
}
