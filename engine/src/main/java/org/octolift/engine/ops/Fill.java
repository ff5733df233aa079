package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.cpu.RowKernels;

/// `y = value`.
///
/// @param y written, (rows, channels)
/// @param value of every element
public record Fill(Value y, float value) implements DeviceOp {
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

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Elementwise::fill,
            tasks.floats(y),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()),
            value);
  }
}
