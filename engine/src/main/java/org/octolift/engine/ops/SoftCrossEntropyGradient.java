package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Gradient of [SoftCrossEntropy]: `dLoss / count · (softmax(logits) · Σ_c target - target)`.
///
/// @param dLogits written, (rows, classes)
/// @param logits not modified
/// @param target not modified, (rows, classes)
/// @param count not modified, (1, 1): from the loss
/// @param dLoss not modified, (1, 1): the gradient to the loss
public record SoftCrossEntropyGradient(
    Value dLogits, Value logits, Value target, Value count, Value dLoss) implements DeviceOp {
  private static final String NAME = "softCrossEntropyGradient";

  /// Checks types and shapes.
  public SoftCrossEntropyGradient {
    RowLosses.checkGradient(NAME, dLogits, logits, null, count, dLoss);
    Checks.like(NAME, target, logits);
    Checks.distinct(NAME, List.of(dLogits), List.of(logits, target, count, dLoss));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(logits, target, count, dLoss);
  }

  @Override
  public List<Value> writes() {
    return List.of(dLogits);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray gradient = cpu.floats(dLogits);
    FloatArray input = cpu.floats(logits);
    FloatArray soft = cpu.floats(target);
    FloatArray selected = cpu.floats(count);
    FloatArray above = cpu.floats(dLoss);
    CpuLoops.rows(
        cpu,
        logits,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            Losses.softCrossEntropyGradientRow(
                gradient, input, soft, selected, above, row, logits.channels());
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Losses::softCrossEntropyGradient,
            tasks.floats(dLogits),
            tasks.floats(logits),
            tasks.floats(target),
            tasks.floats(count),
            tasks.floats(dLoss),
            tasks.counts(),
            tasks.slot(logits.rows()),
            logits.channels(),
            tasks.capacity(logits.rows()));
  }
}
