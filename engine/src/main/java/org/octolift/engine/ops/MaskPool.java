package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.Pooling;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// `y[r, c] = x[mask[r, c], c]`: the gradient of [MaxUnpool].
///
/// @param y written, (rows, channels)
/// @param x not modified, (8 · rows, channels)
/// @param mask not modified, (rows, channels) ints: from [MaxPool]
public record MaskPool(Value y, Value x, Value mask) implements Op {
  private static final String NAME = "maskPool";

  /// Checks types and shapes.
  public MaskPool {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.ints(NAME, mask, y.rows(), y.channels());
    Checks.groups(NAME, x, y, Pooling.SIBLINGS);
    Checks.distinct(NAME, List.of(y), List.of(x));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x, mask);
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
    IntArray sources = cpu.ints(mask);
    int channels = y.channels();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int channel = 0; channel < channels; channel++) {
              Pooling.maskPoolAt(output, input, sources, row, channel, channels);
            }
          }
        });
  }
}
