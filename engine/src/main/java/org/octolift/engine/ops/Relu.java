package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.HalfPanels;
import org.octolift.kernels.gpu.PanelStrips;

/// `y = max(x, 0)`.
///
/// @param y written, (rows, channels)
/// @param x not modified
public record Relu(Value y, Value x) implements DeviceOp {
  private static final String NAME = "relu";

  /// Checks types and shapes.
  public Relu {
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
    return List.of(x);
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
    CpuLoops.elements(cpu, y, (from, to) -> kernels.relu(output, input, from, to));
  }

  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return DenseTwins.written(y, wanted);
  }

  @Override
  public void lower(Lowering tasks) {
    Twin twin = DenseTwins.of(tasks, y);
    if (twin != null) {
      int capacity = tasks.capacity(y.rows());
      boolean floats = tasks.isStored(y);
      tasks
          .graph()
          .task(
              tasks.id(NAME, Lowering.loop(PanelStrips.size(capacity, y.channels()))),
              PanelStrips::relu,
              floats ? tasks.floats(y) : tasks.unused(),
              tasks.twin(twin),
              tasks.floats(x),
              tasks.counts(),
              tasks.slot(y.rows()),
              y.channels(),
              HalfPanels.panelRows(capacity),
              DenseTwins.plain(twin),
              floats ? 1 : 0);
      return;
    }
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Elementwise::relu,
            tasks.floats(y),
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()));
  }
}
