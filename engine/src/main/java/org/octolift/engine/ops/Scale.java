package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Optimisers;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y = factor · y`.
///
/// @param y updated, (rows, channels)
/// @param factor not modified, (1, 1)
public record Scale(Value y, Value factor) implements DeviceOp {
  private static final String NAME = "scale";

  /// Checks types and shapes.
  public Scale {
    Checks.floats(NAME, y);
    Checks.vectors(NAME, 1, factor);
    Checks.distinct(NAME, List.of(y), List.of(factor));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(y, factor);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray values = cpu.floats(y);
    float times = cpu.floats(factor).get(0);
    CpuLoops.elements(
        cpu,
        y,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            values.set(i, times * values.get(i));
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Optimisers::scale,
            tasks.floats(y),
            tasks.floats(factor),
            tasks.capacity(y.rows()) * y.channels());
  }
}
