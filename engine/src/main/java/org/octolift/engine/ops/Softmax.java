package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y = exp(x) / Σ exp(x)` in each row.
///
/// @param y written, (rows, channels)
/// @param x not modified
public record Softmax(Value y, Value x) implements Op {
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
}
