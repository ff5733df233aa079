package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Pooling;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// `y[mask[r, c], c] = x[r, c]`, zero elsewhere: un-pooling, and the gradient of [MaxPool].
///
/// @param y written, (8 · rows, channels)
/// @param x not modified, (rows, channels)
/// @param mask not modified, (rows, channels) ints: from [MaxPool]
public record MaxUnpool(Value y, Value x, Value mask) implements DeviceOp {
  private static final String NAME = "maxUnpool";

  /// Checks types and shapes.
  public MaxUnpool {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.ints(NAME, mask, x.rows(), x.channels());
    Checks.groups(NAME, y, x, Pooling.SIBLINGS);
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
    Checks.groupCounts(NAME, y, cpu.rows(y), x, cpu.rows(x), Pooling.SIBLINGS);
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
              Pooling.maxUnpoolAt(output, input, sources, row, channel, channels);
            }
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks.verify(
        batch -> Checks.groupCounts(NAME, y, batch.rows(y), x, batch.rows(x), Pooling.SIBLINGS));
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Pooling::maxUnpool,
            tasks.floats(y),
            tasks.floats(x),
            tasks.ints(mask),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()));
  }
}
