package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Mean entropy `-Σ_c p · log p`, `p = softmax(logits)`, of the selected rows.
///
/// @param loss written, (1, 1); 0 if no row counts
/// @param count written, (1, 1): the number of rows that count
/// @param logits not modified, (rows, classes)
/// @param select not modified, (rows, 1) ints: rows other than 0 count; or null: all do
public record Entropy(Value loss, Value count, Value logits, Value select) implements DeviceOp {
  private static final String NAME = "entropy";

  /// Checks types and shapes.
  public Entropy {
    RowLosses.check(NAME, loss, count, logits, select);
    Checks.distinct(NAME, List.of(loss, count), Checks.present(logits, select));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(logits, select);
  }

  @Override
  public List<Value> writes() {
    return List.of(loss, count);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray input = cpu.floats(logits);
    IntArray selected = select == null ? null : cpu.ints(select);
    int classes = logits.channels();
    RowLosses.mean(
        cpu,
        loss,
        count,
        logits,
        1,
        (rowLosses, row) -> {
          if (selected == null || selected.get(row) != 0) {
            Losses.entropyRow(rowLosses, input, row, classes);
          } else {
            Losses.clearRow(rowLosses, row, 2);
          }
        });
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
                    Losses::entropyRows,
                    rowLosses,
                    tasks.floats(logits),
                    select == null ? tasks.counts() : tasks.ints(select),
                    tasks.counts(),
                    tasks.slot(logits.rows()),
                    logits.channels(),
                    tasks.capacity(logits.rows()),
                    select != null ? 1 : 0));
  }
}
