package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Pooling;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y[r] = Σ x[times · r + i]`: the gradient of [RepeatRows] at scale 1.
///
/// @param y written, (rows, channels)
/// @param x not modified, (times · rows, channels)
/// @param times rows of x for each of y
public record SumGroups(Value y, Value x, int times) implements DeviceOp {
  private static final String NAME = "sumGroups";

  /// Checks types and shapes.
  public SumGroups {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.groups(NAME, x, y, times);
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
    Checks.groupCounts(NAME, x, cpu.rows(x), y, cpu.rows(y), times);
    FloatArray output = cpu.floats(y);
    FloatArray input = cpu.floats(x);
    int channels = y.channels();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int channel = 0; channel < channels; channel++) {
              Pooling.sumGroupAt(output, input, row, channel, channels, times, 1);
            }
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks.verify(batch -> Checks.groupCounts(NAME, x, batch.rows(x), y, batch.rows(y), times));
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Pooling::sumGroups,
            tasks.floats(y),
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()),
            times,
            1f);
  }
}
