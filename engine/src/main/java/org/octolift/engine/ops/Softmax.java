package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y = exp(x) / Σ exp(x)` in each row.
///
/// @param y written, (rows, channels)
/// @param x not modified
public record Softmax(Value y, Value x) implements DeviceOp {
  private static final String NAME = "softmax";

  /// Checks types and shapes.
  public Softmax {
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
    int channels = y.channels();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            org.octolift.kernels.Softmax.softmaxRow(output, input, row, channels);
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            org.octolift.kernels.Softmax::softmax,
            tasks.floats(y),
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()));
  }
}
