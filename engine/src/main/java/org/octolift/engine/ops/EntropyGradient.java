package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Gradient of [Entropy]; 0 in rows that are not selected.
///
/// @param dLogits written, (rows, classes)
/// @param logits not modified
/// @param select not modified, (rows, 1) ints: rows other than 0 count; or null: all do
/// @param count not modified, (1, 1): from the loss
/// @param dLoss not modified, (1, 1): the gradient to the loss
public record EntropyGradient(Value dLogits, Value logits, Value select, Value count, Value dLoss)
    implements DeviceOp {
  private static final String NAME = "entropyGradient";

  /// Checks types and shapes.
  public EntropyGradient {
    RowLosses.checkGradient(NAME, dLogits, logits, select, count, dLoss);
    Checks.distinct(NAME, List.of(dLogits), Checks.present(logits, select, count, dLoss));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(logits, select, count, dLoss);
  }

  @Override
  public List<Value> writes() {
    return List.of(dLogits);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray gradient = cpu.floats(dLogits);
    FloatArray input = cpu.floats(logits);
    IntArray selected = select == null ? null : cpu.ints(select);
    FloatArray rows = cpu.floats(count);
    FloatArray above = cpu.floats(dLoss);
    int classes = logits.channels();
    CpuLoops.rows(
        cpu,
        logits,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            if (selected == null || selected.get(row) != 0) {
              Losses.entropyGradientRow(gradient, input, rows, above, row, classes);
            } else {
              Losses.clearRow(gradient, row, classes);
            }
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Losses::entropyGradient,
            tasks.floats(dLogits),
            tasks.floats(logits),
            select == null ? tasks.counts() : tasks.ints(select),
            tasks.floats(count),
            tasks.floats(dLoss),
            tasks.counts(),
            tasks.slot(logits.rows()),
            logits.channels(),
            tasks.capacity(logits.rows()),
            select != null ? 1 : 0);
  }
}
