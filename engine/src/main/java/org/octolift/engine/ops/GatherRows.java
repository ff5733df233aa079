package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.RowCopies;
import org.octolift.kernels.cpu.RowKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// `y[r] = x[index[r]]`, or `missing` where the index is -1: pads, depads, reads voxels at points.
///
/// @param y written, (rows, channels)
/// @param x not modified, (any rows, channels)
/// @param index not modified, (rows, 1) ints
/// @param missing of rows without a source
public record GatherRows(Value y, Value x, Value index, float missing) implements DeviceOp {
  private static final String NAME = "gatherRows";

  /// Checks types and shapes.
  public GatherRows {
    Checks.floats(NAME, x);
    Checks.floats(NAME, y, y.rows(), x.channels());
    Checks.ints(NAME, index, y.rows(), 1);
    Checks.distinct(NAME, List.of(y), List.of(x));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x, index);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment output = cpu.floats(y).getSegment();
    MemorySegment input = cpu.floats(x).getSegment();
    IntArray rows = cpu.ints(index);
    int channels = y.channels();
    long bytes = CpuLoops.bytes(channels);
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int source = rows.get(row);
            if (source < 0) {
              kernels.fill(output, missing, row * channels, (row + 1) * channels);
            } else {
              MemorySegment.copy(input, source * bytes, output, row * bytes, bytes);
            }
          }
        });
  }

  /// Copies of copies, unless y is wanted as floats, too.
  @Override
  public List<Twin> twinsRead(Set<Value> rounded, boolean library) {
    return rounded.contains(y) ? List.of(Twin.rows(x)) : List.of();
  }

  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return missing == 0 ? wanted.stream().filter(Twin.rows(y)::equals).toList() : List.of();
  }

  @Override
  public void lower(Lowering tasks) {
    if (!twinsWritten(y, tasks.twins(y)).isEmpty()) {
      TwinCopies.copy(tasks, NAME, y, 0, x, index);
    }
    if (!tasks.isStored(y)) {
      return;
    }
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            RowCopies::gatherRows,
            tasks.floats(y),
            tasks.floats(x),
            tasks.ints(index),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()),
            missing);
  }
}
