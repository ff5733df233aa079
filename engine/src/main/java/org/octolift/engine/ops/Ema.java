package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Optimisers;
import org.octolift.kernels.cpu.RowKernels;

/// Exponential moving average: `target = alpha · target + (1 - alpha) · source`.
///
/// @param target updated, (rows, channels)
/// @param source not modified
/// @param alpha not modified, (1, 1)
public record Ema(Value target, Value source, Value alpha) implements DeviceOp {
  private static final String NAME = "ema";

  /// Checks types and shapes.
  public Ema {
    Checks.floats(NAME, target);
    Checks.like(NAME, source, target);
    Checks.vectors(NAME, 1, alpha);
    Checks.distinct(NAME, List.of(target), List.of(source, alpha));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(target, source, alpha);
  }

  @Override
  public List<Value> writes() {
    return List.of(target);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment average = cpu.floats(target).getSegment();
    MemorySegment input = cpu.floats(source).getSegment();
    float keep = cpu.floats(alpha).get(0);
    CpuLoops.elements(cpu, target, (from, to) -> kernels.ema(average, input, keep, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Optimisers::ema,
            tasks.floats(target),
            tasks.floats(source),
            tasks.floats(alpha),
            tasks.capacity(target.rows()) * target.channels());
  }
}
