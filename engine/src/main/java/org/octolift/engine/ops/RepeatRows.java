package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.RowCopies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y[r] = scale · x[r / times]`: each row several times. Up-sampling to siblings; with a scale of
/// 1/8 the gradient of [AveragePool].
///
/// @param y written, (times · rows, channels)
/// @param x not modified, (rows, channels)
/// @param times rows of y for each of x
/// @param scale factor
public record RepeatRows(Value y, Value x, int times, float scale) implements DeviceOp {
  private static final String NAME = "repeatRows";

  /// Checks types and shapes.
  public RepeatRows {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.groups(NAME, y, x, times);
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
    Checks.groupCounts(NAME, y, cpu.rows(y), x, cpu.rows(x), times);
    FloatArray output = cpu.floats(y);
    FloatArray input = cpu.floats(x);
    int channels = y.channels();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int channel = 0; channel < channels; channel++) {
              RowCopies.repeatAt(output, input, row, channel, channels, times, scale);
            }
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks.verify(batch -> Checks.groupCounts(NAME, y, batch.rows(y), x, batch.rows(x), times));
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            RowCopies::repeatRows,
            tasks.floats(y),
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()),
            times,
            scale);
  }
}
