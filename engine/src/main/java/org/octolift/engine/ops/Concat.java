package org.octolift.engine.ops;

import java.util.List;
import java.util.Set;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;

/// `y = [part 0, part 1, …]`: channels side by side.
///
/// @param y written, (rows, sum of the parts' channels)
/// @param parts not modified, (rows, any channels) each
public record Concat(Value y, List<Value> parts) implements DeviceOp {
  private static final String NAME = "concat";

  /// Checks types and shapes.
  public Concat {
    parts = List.copyOf(parts);
    int channels = 0;
    for (Value part : parts) {
      Checks.floats(NAME, part, y.rows(), part.channels());
      channels = Math.addExact(channels, part.channels());
    }
    Checks.floats(NAME, y, y.rows(), channels);
    Checks.distinct(NAME, List.of(y), parts);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return parts;
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    int column = 0;
    for (Value part : parts) {
      CpuLoops.copyColumns(cpu, y, column, part, 0, part.channels());
      column += part.channels();
    }
  }

  /// Copies of copies, unless y is wanted as floats, too.
  @Override
  public List<Twin> twinsRead(Set<Value> rounded, boolean library) {
    return rounded.contains(y) ? parts.stream().map(Twin::rows).toList() : List.of();
  }

  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    boolean whole = parts.stream().allMatch(part -> TwinCopies.isWhole(part.channels()));
    return whole ? wanted.stream().filter(Twin.rows(y)::equals).toList() : List.of();
  }

  @Override
  public void lower(Lowering tasks) {
    boolean toTwin = !twinsWritten(y, tasks.twins(y)).isEmpty();
    int channel = 0;
    for (Value part : parts) {
      if (tasks.isStored(y)) {
        ChannelCopies.copy(tasks, NAME, y, channel, part, 0, part.channels());
      }
      if (toTwin) {
        TwinCopies.copy(tasks, NAME, y, channel, part, null);
      }
      channel += part.channels();
    }
  }
}
