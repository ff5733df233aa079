package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.RowStrips;

/// `y += x`.
///
/// @param y accumulated, (rows, channels)
/// @param x not modified
public record AddInPlace(Value y, Value x) implements DeviceOp {
  private static final String NAME = "addInPlace";

  /// Checks types and shapes.
  public AddInPlace {
    Checks.floats(NAME, x);
    Checks.like(NAME, y, x);
    Checks.distinct(NAME, List.of(y), List.of(x));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(y, x);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment sum = cpu.floats(y).getSegment();
    MemorySegment term = cpu.floats(x).getSegment();
    CpuLoops.elements(cpu, y, (from, to) -> kernels.add(sum, sum, term, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    lower(tasks, y, x);
  }

  /// Appends `y = y + x`.
  static void lower(Lowering tasks, Value y, Value x) {
    int capacity = tasks.capacity(y.rows());
    if (tasks.prefersGroups()) {
      tasks
          .graph()
          .task(
              tasks.id(NAME, Lowering.loop(RowStrips.size(capacity, y.channels()))),
              RowStrips::addInPlace,
              tasks.floats(y),
              tasks.floats(x),
              tasks.counts(),
              tasks.shape(y));
      return;
    }
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Elementwise::addInPlace,
            tasks.floats(y),
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            capacity);
  }
}
