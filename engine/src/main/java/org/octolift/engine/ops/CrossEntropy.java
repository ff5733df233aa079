package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.InputException;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.BoundBatch;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Mean of `-log softmax(logits)[label]` over the rows with a label above `ignoreUpTo`.
///
/// @param loss written, (1, 1); 0 if no row counts
/// @param count written, (1, 1): the number of rows that count
/// @param logits not modified, (rows, classes)
/// @param labels not modified, (rows, 1) ints
/// @param ignoreUpTo greatest label that does not count
public record CrossEntropy(Value loss, Value count, Value logits, Value labels, int ignoreUpTo)
    implements DeviceOp {
  private static final String NAME = "crossEntropy";

  /// Checks types and shapes.
  public CrossEntropy {
    RowLosses.check(NAME, loss, count, logits, labels);
    Checks.distinct(NAME, List.of(loss, count), List.of(logits, labels));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(logits, labels);
  }

  @Override
  public List<Value> writes() {
    return List.of(loss, count);
  }

  @Override
  public void run(CpuRun cpu) {
    RowLosses.meanOfRanges(
        cpu,
        loss,
        count,
        logits,
        1,
        (rowLosses, thread, from, to) -> addRows(cpu, rowLosses, thread, from, to));
  }

  /// `log Σ exp(x - max) - (x[label] - max)` of rows that count.
  private void addRows(CpuRun cpu, FloatArray rowLosses, int thread, int from, int to) {
    IntArray classes = cpu.ints(labels);
    int channels = logits.channels();
    float[] rows = LogitRows.shifted(cpu, thread, logits, from, to);
    for (int row = from; row < to; row++) {
      int label = classes.get(row);
      checkLabel(row, label);
      boolean counts = label > ignoreUpTo;
      rowLosses.set(2 * row, counts ? -rows[(row - from) * channels + label] : 0);
      rowLosses.set(2 * row + 1, counts ? 1 : 0);
    }
    LogitRows.exponentials(cpu, rows, (to - from) * channels);
    for (int row = from; row < to; row++) {
      if (classes.get(row) > ignoreUpTo) {
        float sum = LogitRows.sum(rows, (row - from) * channels, channels);
        rowLosses.set(2 * row, (float) Math.log(sum) + rowLosses.get(2 * row));
      }
    }
  }

  @Override
  public void lower(Lowering tasks) {
    tasks.verify(this::checkLabels);
    RowLosses.lower(
        tasks,
        NAME,
        loss,
        count,
        logits,
        1,
        rowLosses ->
            tasks
                .graph()
                .task(
                    tasks.id(NAME),
                    Losses::crossEntropyRows,
                    rowLosses,
                    tasks.floats(logits),
                    tasks.ints(labels),
                    tasks.counts(),
                    tasks.slot(logits.rows()),
                    logits.channels(),
                    tasks.capacity(logits.rows()),
                    ignoreUpTo));
  }

  /// Labels that a network has made need no check.
  private void checkLabels(BoundBatch batch) {
    if (labels.isTemporary()) {
      return;
    }
    IntArray classes = batch.ints(labels);
    int rows = batch.rows(labels);
    for (int row = 0; row < rows; row++) {
      checkLabel(row, classes.get(row));
    }
  }

  private void checkLabel(int row, int label) {
    if (label > ignoreUpTo && (label < 0 || label >= logits.channels())) {
      throw new InputException(
          "label of row %d must be below the number of classes, %d, is %d; check the classes of the"
                  .formatted(row, logits.channels(), label)
              + " model and the labels of the data");
    }
  }
}
