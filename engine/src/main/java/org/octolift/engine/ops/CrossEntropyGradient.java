package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Gradient of [CrossEntropy]: `dLoss / count · (softmax(logits) - [c = label])`; 0 in rows that do
/// not count.
///
/// @param dLogits written, (rows, classes)
/// @param logits not modified
/// @param labels not modified, (rows, 1) ints
/// @param count not modified, (1, 1): from the loss
/// @param dLoss not modified, (1, 1): the gradient to the loss
/// @param ignoreUpTo greatest label that does not count
public record CrossEntropyGradient(
    Value dLogits, Value logits, Value labels, Value count, Value dLoss, int ignoreUpTo)
    implements DeviceOp {
  private static final String NAME = "crossEntropyGradient";

  /// Checks types and shapes.
  public CrossEntropyGradient {
    RowLosses.checkGradient(NAME, dLogits, logits, labels, count, dLoss);
    Checks.distinct(NAME, List.of(dLogits), List.of(logits, labels, count, dLoss));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(logits, labels, count, dLoss);
  }

  @Override
  public List<Value> writes() {
    return List.of(dLogits);
  }

  @Override
  public void run(CpuRun cpu) {
    CpuLoops.rowsByThread(cpu, logits, (thread, from, to) -> writeRows(cpu, thread, from, to));
  }

  private void writeRows(CpuRun cpu, int thread, int from, int to) {
    IntArray classes = cpu.ints(labels);
    int channels = logits.channels();
    int size = (to - from) * channels;
    float factor = cpu.floats(dLoss).get(0) / cpu.floats(count).get(0);
    float[] rows = LogitRows.shifted(cpu, thread, logits, from, to);
    LogitRows.exponentials(cpu, rows, size);
    for (int row = from; row < to; row++) {
      int at = (row - from) * channels;
      int label = classes.get(row);
      if (label > ignoreUpTo) {
        float sum = LogitRows.sum(rows, at, channels);
        float chosen = factor * (rows[at + label] / sum - 1);
        for (int i = at; i < at + channels; i++) {
          rows[i] = factor * (rows[i] / sum);
        }
        rows[at + label] = chosen;
      } else {
        Arrays.fill(rows, at, at + channels, 0f);
      }
    }
    MemorySegment target = cpu.floats(dLogits).getSegment();
    long start = CpuLoops.bytes((long) from * channels);
    MemorySegment.copy(rows, 0, target, ValueLayout.JAVA_FLOAT, start, size);
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Losses::crossEntropyGradient,
            tasks.floats(dLogits),
            tasks.floats(logits),
            tasks.ints(labels),
            tasks.floats(count),
            tasks.floats(dLoss),
            tasks.counts(),
            tasks.slot(logits.rows()),
            logits.channels(),
            tasks.capacity(logits.rows()),
            ignoreUpTo);
  }
}
