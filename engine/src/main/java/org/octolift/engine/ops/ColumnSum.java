package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Reductions;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.ChunkSums;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y[0, c] = Σ_r x[r, c]`: the gradient of a bias.
///
/// @param y written, (1, channels)
/// @param x not modified, (rows, channels)
public record ColumnSum(Value y, Value x) implements DeviceOp {
  private static final String NAME = "columnSum";

  /// Checks types and shapes.
  public ColumnSum {
    Checks.floats(NAME, x);
    Checks.vectors(NAME, x.channels(), y);
    Checks.distinct(NAME, List.of(y), List.of(x));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment input = cpu.floats(x).getSegment();
    int channels = x.channels();
    int rows = cpu.rows(x);
    FloatArray partials =
        CpuLoops.partials(
            cpu,
            rows,
            channels,
            (sums, from, to) -> kernels.columnSums(sums, input, channels, from, to));
    for (int channel = 0; channel < channels; channel++) {
      Reductions.finishColumnSumAt(cpu.floats(y), partials, rows, channel, channels);
    }
  }

  @Override
  public void lower(Lowering tasks) {
    FloatArray partials = tasks.scratch(0, Reductions.CHUNKS * x.channels());
    if (tasks.prefersGroups()) {
      tasks
          .graph()
          .task(
              ReductionGrids.chunks(tasks, NAME, x),
              ChunkSums::columnSums,
              new KernelContext(),
              partials,
              tasks.floats(x),
              tasks.counts(),
              tasks.shape(x))
          .task(
              ReductionGrids.finish(tasks, NAME, x),
              ChunkSums::finishColumnSums,
              new KernelContext(),
              tasks.floats(y),
              partials,
              tasks.counts(),
              tasks.shape(x));
      return;
    }
    int slot = tasks.slot(x.rows());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Reductions::columnSums,
            partials,
            tasks.floats(x),
            tasks.counts(),
            slot,
            x.channels())
        .task(
            tasks.id(NAME),
            Reductions::finishColumnSums,
            tasks.floats(y),
            partials,
            tasks.counts(),
            slot,
            x.channels());
  }
}
