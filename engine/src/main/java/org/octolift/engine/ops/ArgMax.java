package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// `y = arg max x` in each row; the first maximum wins.
///
/// @param y written, (rows, 1) ints
/// @param x not modified, (rows, channels)
public record ArgMax(Value y, Value x) implements DeviceOp {
  private static final String NAME = "argMax";

  /// Checks types and shapes.
  public ArgMax {
    Checks.floats(NAME, x);
    Checks.ints(NAME, y, x.rows(), 1);
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
    IntArray output = cpu.ints(y);
    FloatArray input = cpu.floats(x);
    CpuLoops.rows(
        cpu,
        x,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            org.octolift.kernels.Softmax.argMaxRow(output, input, row, x.channels());
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            org.octolift.kernels.Softmax::argMax,
            tasks.ints(y),
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(x.rows()),
            x.channels(),
            tasks.capacity(x.rows()));
  }
}
