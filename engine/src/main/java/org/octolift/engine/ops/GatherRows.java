package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.cpu.RowKernels;

/// `y[r] = x[index[r]]`, or `missing` where the index is -1: pads, depads, reads voxels at points.
///
/// @param y written, (rows, channels)
/// @param x not modified, (any rows, channels)
/// @param index not modified, (rows, 1) ints
/// @param missing of rows without a source
public record GatherRows(Value y, Value x, Value index, float missing) implements Op {
  private static final String NAME = "gatherRows";

  /// Checks types and shapes.
  public GatherRows {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.ints(NAME, index, y.rows(), 1);
    Checks.distinct(NAME, List.of(y), List.of(x));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x, index);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment output = cpu.floats(y).getSegment();
    MemorySegment input = cpu.floats(x).getSegment();
    MemorySegment rows = cpu.ints(index).getSegment();
    int channels = y.channels();
    CpuLoops.rows(
        cpu, y, (from, to) -> kernels.gatherRows(output, input, rows, missing, channels, from, to));
  }
}
