package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Elementwise;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y = 1 / max(scale · x + shift, least)`: depth from inverse depth.
///
/// @param y written, (rows, channels)
/// @param x not modified
/// @param scale times x
/// @param shift added
/// @param least positive; smaller denominators become this
public record Reciprocal(Value y, Value x, float scale, float shift, float least)
    implements DeviceOp {
  private static final String NAME = "reciprocal";

  /// Checks types and shapes.
  public Reciprocal {
    if (!(least > 0)) {
      throw new IllegalArgumentException("%s: least denominator %s".formatted(NAME, least));
    }
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
    FloatArray output = cpu.floats(y);
    FloatArray input = cpu.floats(x);
    CpuLoops.elements(
        cpu,
        y,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            float value = scale * input.get(i) + shift;
            output.set(i, 1 / (value < least ? least : value));
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Elementwise::reciprocal,
            tasks.floats(y),
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()),
            scale,
            shift,
            least);
  }
}
