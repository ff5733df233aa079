package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.cpu.InverseIndex;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.RowCopies;
import org.octolift.kernels.cpu.RowKernels;

/// `dx[i] = Σ dy[r]` over the rows r with `index[r] = i`: the adjoint of [GatherRows]. An index may
/// repeat rows; -1 drops one.
///
/// @param dx written, (any rows, channels)
/// @param dy not modified, (rows, channels)
/// @param index not modified, (rows, 1) ints
public record ScatterAddRows(Value dx, Value dy, Value index) implements DeviceOp {
  private static final String NAME = "scatterAddRows";

  /// Checks types and shapes.
  public ScatterAddRows {
    Checks.floats(NAME, dy);
    Checks.floats(NAME, dx, dx.rows(), dy.channels());
    Checks.ints(NAME, index, dy.rows(), 1);
    Checks.distinct(NAME, List.of(dx), List.of(dy));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(dy, index);
  }

  @Override
  public List<Value> writes() {
    return List.of(dx);
  }

  @Override
  public void run(CpuRun cpu) {
    InverseIndex inverse = cpu.inverse(index, cpu.rows(dx));
    RowKernels kernels = cpu.rowKernels();
    MemorySegment target = cpu.floats(dx).getSegment();
    MemorySegment source = cpu.floats(dy).getSegment();
    MemorySegment starts = inverse.starts().getSegment();
    MemorySegment entries = inverse.entries().getSegment();
    CpuLoops.rows(
        cpu,
        dx,
        (from, to) ->
            kernels.scatterAddRows(target, source, starts, entries, dx.channels(), from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    InverseIndex inverse = tasks.inverse(index, dx.rows());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            RowCopies::scatterAddRows,
            tasks.floats(dx),
            tasks.floats(dy),
            inverse.starts(),
            inverse.entries(),
            tasks.counts(),
            tasks.slot(dx.rows()),
            dx.channels(),
            tasks.capacity(dx.rows()));
  }
}
