package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.cpu.RowKernels;

/// `y = value`.
///
/// @param y written, (rows, channels)
/// @param value of every element
public record Fill(Value y, float value) implements Op {
  private static final String NAME = "fill";

  /// Checks types and shapes.
  public Fill {
    Checks.floats(NAME, y);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of();
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment output = cpu.floats(y).getSegment();
    CpuLoops.elements(cpu, y, (from, to) -> kernels.fill(output, value, from, to));
  }
}
