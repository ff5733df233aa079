package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.cpu.RowKernels;

/// `y = a + b`.
///
/// @param y written, (rows, channels)
/// @param a not modified
/// @param b not modified
public record Add(Value y, Value a, Value b) implements DeviceOp {
  private static final String NAME = "add";

  /// Checks types and shapes.
  public Add {
    Checks.floats(NAME, a);
    Checks.like(NAME, b, a);
    Checks.like(NAME, y, a);
    Checks.distinct(NAME, List.of(y), List.of(a, b));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(a, b);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment sum = cpu.floats(y).getSegment();
    MemorySegment left = cpu.floats(a).getSegment();
    MemorySegment right = cpu.floats(b).getSegment();
    CpuLoops.elements(cpu, y, (from, to) -> kernels.add(sum, left, right, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Elementwise::add,
            tasks.floats(y),
            tasks.floats(a),
            tasks.floats(b),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()));
  }
}
