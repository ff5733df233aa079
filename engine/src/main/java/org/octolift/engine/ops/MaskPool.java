package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Pooling;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// `y[r, c] = x[mask[r, c], c]`: the gradient of [MaxUnpool].
///
/// @param y written, (rows, channels)
/// @param x not modified, (8 · rows, channels)
/// @param mask not modified, (rows, channels) ints: from [MaxPool]
public record MaskPool(Value y, Value x, Value mask) implements DeviceOp {
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

  @Override
  public void lower(Lowering tasks) {
    tasks.verify(
        batch -> Checks.groupCounts(NAME, x, batch.rows(x), y, batch.rows(y), Pooling.SIBLINGS));
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Pooling::maskPool,
            tasks.floats(y),
            tasks.floats(x),
            tasks.ints(mask),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()));
  }
}
