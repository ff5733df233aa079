package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Pooling;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// `y[r] = max` of the eight siblings `x[8r] … x[8r + 7]`, for each channel; the first maximum
/// wins.
///
/// @param y written, (rows, channels)
/// @param mask written, (rows, channels) ints: the row of x that the maximum comes from
/// @param x not modified, (8 · rows, channels)
public record MaxPool(Value y, Value mask, Value x) implements DeviceOp {
  private static final String NAME = "maxPool";

  /// Checks types and shapes.
  public MaxPool {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.ints(NAME, mask, y.rows(), y.channels());
    Checks.groups(NAME, x, y, Pooling.SIBLINGS);
    Checks.distinct(NAME, List.of(y, mask), List.of(x));
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
    return List.of(y, mask);
  }

  @Override
  public void run(CpuRun cpu) {
    Checks.groupCounts(NAME, x, cpu.rows(x), y, cpu.rows(y), Pooling.SIBLINGS);
    FloatArray output = cpu.floats(y);
    IntArray sources = cpu.ints(mask);
    FloatArray input = cpu.floats(x);
    int channels = y.channels();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int channel = 0; channel < channels; channel++) {
              Pooling.maxPoolAt(output, sources, input, row, channel, channels);
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
            Pooling::maxPool,
            tasks.floats(y),
            tasks.ints(mask),
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()));
  }
}
