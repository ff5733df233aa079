package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.cpu.RowKernels;

/// Gradient of [Relu]: `dx = dy where y > 0, else 0`.
///
/// @param dx written, (rows, channels)
/// @param dy not modified
/// @param y not modified: the output of the ReLU
public record ReluGradient(Value dx, Value dy, Value y) implements DeviceOp {
  private static final String NAME = "reluGradient";

  /// Checks types and shapes.
  public ReluGradient {
    Checks.floats(NAME, y);
    Checks.like(NAME, dy, y);
    Checks.like(NAME, dx, y);
    Checks.distinct(NAME, List.of(dx), List.of(dy, y));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(dy, y);
  }

  @Override
  public List<Value> writes() {
    return List.of(dx);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment gradient = cpu.floats(dx).getSegment();
    MemorySegment above = cpu.floats(dy).getSegment();
    MemorySegment output = cpu.floats(y).getSegment();
    CpuLoops.elements(
        cpu, dx, (from, to) -> kernels.reluGradient(gradient, above, output, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Elementwise::reluGradient,
            tasks.floats(dx),
            tasks.floats(dy),
            tasks.floats(y),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()));
  }
}
