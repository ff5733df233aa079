package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Losses;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
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
    FloatArray gradient = cpu.floats(dLogits);
    FloatArray input = cpu.floats(logits);
    IntArray classes = cpu.ints(labels);
    FloatArray selected = cpu.floats(count);
    FloatArray above = cpu.floats(dLoss);
    CpuLoops.rows(
        cpu,
        logits,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            Losses.crossEntropyGradientRow(
                gradient, input, classes, selected, above, row, logits.channels(), ignoreUpTo);
          }
        });
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
