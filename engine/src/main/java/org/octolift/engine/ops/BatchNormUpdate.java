package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Normalisation;

/// Running statistics: `running = (1 - momentum) · running + momentum · batch`, with the unbiased
/// variance n / (n - 1) of the batch. A batch of one row says nothing about the variance and leaves
/// it; a batch of no rows leaves both.
///
/// @param runningMean updated, (1, channels)
/// @param runningVariance updated, (1, channels)
/// @param mean not modified, (1, channels)
/// @param variance not modified, (1, channels): biased
/// @param x of which only the number of rows is read
/// @param momentum share of the batch, 0..1
public record BatchNormUpdate(
    Value runningMean, Value runningVariance, Value mean, Value variance, Value x, float momentum)
    implements DeviceOp {
  private static final String NAME = "batchNormUpdate";

  /// Checks types and shapes.
  public BatchNormUpdate {
    Checks.vectors(NAME, x.channels(), runningMean, runningVariance, mean, variance);
    Checks.distinct(NAME, List.of(runningMean, runningVariance), List.of(mean, variance, x));
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "%s: momentum must be 0 to 1, is %s".formatted(NAME, momentum));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(runningMean, runningVariance, mean, variance);
  }

  @Override
  public List<Value> writes() {
    return List.of(runningMean, runningVariance);
  }

  @Override
  public void run(CpuRun cpu) {
    for (int channel = 0; channel < x.channels(); channel++) {
      Normalisation.updateRunningAt(
          cpu.floats(runningMean),
          cpu.floats(runningVariance),
          cpu.floats(mean),
          cpu.floats(variance),
          cpu.rows(x),
          channel,
          momentum);
    }
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Normalisation::updateRunning,
            tasks.floats(runningMean),
            tasks.floats(runningVariance),
            tasks.floats(mean),
            tasks.floats(variance),
            tasks.counts(),
            tasks.slot(x.rows()),
            x.channels(),
            momentum);
  }
}
