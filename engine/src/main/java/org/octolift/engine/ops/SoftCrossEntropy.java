package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Mean over rows of `-Σ_c target · log softmax(logits)`.
///
/// @param loss written, (1, 1); 0 if no row counts
/// @param count written, (1, 1): the number of rows that count
/// @param logits not modified, (rows, classes)
/// @param target not modified, (rows, classes): probabilities
public record SoftCrossEntropy(Value loss, Value count, Value logits, Value target)
    implements DeviceOp {
  private static final String NAME = "softCrossEntropy";

  /// Checks types and shapes.
  public SoftCrossEntropy {
    RowLosses.check(NAME, loss, count, logits, null);
    Checks.like(NAME, target, logits);
    Checks.distinct(NAME, List.of(loss, count), List.of(logits, target));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(logits, target);
  }

  @Override
  public List<Value> writes() {
    return List.of(loss, count);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray input = cpu.floats(logits);
    FloatArray soft = cpu.floats(target);
    int classes = logits.channels();
    RowLosses.mean(
        cpu,
        loss,
        count,
        logits,
        1,
        (rowLosses, row) -> Losses.softCrossEntropyRow(rowLosses, input, soft, row, classes));
  }

  @Override
  public void lower(Lowering tasks) {
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
                    Losses::softCrossEntropyRows,
                    rowLosses,
                    tasks.floats(logits),
                    tasks.floats(target),
                    tasks.counts(),
                    tasks.slot(logits.rows()),
                    logits.channels(),
                    tasks.capacity(logits.rows())));
  }
}
