package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.Pooling;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y[r]` = mean of the eight siblings `x[8r] … x[8r + 7]`.
///
/// @param y written, (rows, channels)
/// @param x not modified, (8 · rows, channels)
public record AveragePool(Value y, Value x) implements Op {
  private static final String NAME = "averagePool";

  /// Checks types and shapes.
  public AveragePool {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.groups(NAME, x, y, Pooling.SIBLINGS);
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
    Checks.groupCounts(NAME, x, cpu.rows(x), y, cpu.rows(y), Pooling.SIBLINGS);
    FloatArray output = cpu.floats(y);
    FloatArray input = cpu.floats(x);
    int channels = y.channels();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int channel = 0; channel < channels; channel++) {
              Pooling.sumGroupAt(
                  output, input, row, channel, channels, Pooling.SIBLINGS, 1f / Pooling.SIBLINGS);
            }
          }
        });
  }
}
