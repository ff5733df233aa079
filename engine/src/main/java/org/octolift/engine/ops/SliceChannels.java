package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;

/// `part = whole[:, fromChannel .. fromChannel + channels)`: the gradient of [Concat] to one part.
///
/// @param part written, (rows, channels)
/// @param whole not modified, (rows, more channels)
/// @param fromChannel first channel
public record SliceChannels(Value part, Value whole, int fromChannel) implements DeviceOp {
  private static final String NAME = "sliceChannels";

  /// Checks types and shapes.
  public SliceChannels {
    Checks.floats(NAME, whole);
    Checks.floats(NAME, part, whole.rows(), part.channels());
    if (fromChannel < 0 || fromChannel > whole.channels() - part.channels()) {
      throw new IllegalArgumentException(
          "%s: channels %d to %d of %s"
              .formatted(NAME, fromChannel, fromChannel + part.channels(), whole));
    }
    Checks.distinct(NAME, List.of(part), List.of(whole));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(whole);
  }

  @Override
  public List<Value> writes() {
    return List.of(part);
  }

  @Override
  public void run(CpuRun cpu) {
    CpuLoops.copyColumns(cpu, part, 0, whole, fromChannel, part.channels());
  }

  @Override
  public void lower(Lowering tasks) {
    ChannelCopies.copy(tasks, NAME, part, 0, whole, fromChannel, part.channels());
  }
}
