package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.Reductions;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.ChunkSums;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Mean and biased variance of each channel over all rows, accurate for large means; zeros for 0
/// rows. The running statistics follow: `running = (1 - momentum) · running + momentum · batch`,
/// with the unbiased variance n / (n - 1) of the batch. A batch of one row says nothing about the
/// variance and leaves it; a batch of no rows leaves both.
///
/// @param mean written, (1, channels)
/// @param variance written, (1, channels): biased
/// @param runningMean updated, (1, channels)
/// @param runningVariance updated, (1, channels)
/// @param x not modified, (rows, channels)
/// @param momentum share of the batch in the running statistics, 0..1
public record BatchNormStatistics(
    Value mean, Value variance, Value runningMean, Value runningVariance, Value x, float momentum)
    implements DeviceOp {
  private static final String NAME = "batchNormStatistics";

  /// Checks types and shapes.
  public BatchNormStatistics {
    Checks.floats(NAME, x);
    Checks.vectors(NAME, x.channels(), mean, variance, runningMean, runningVariance);
    Checks.distinct(NAME, List.of(mean, variance, runningMean, runningVariance), List.of(x));
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
    return List.of(x, runningMean, runningVariance);
  }

  @Override
  public List<Value> writes() {
    return List.of(mean, variance, runningMean, runningVariance);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment input = cpu.floats(x).getSegment();
    int channels = x.channels();
    int rows = cpu.rows(x);
    FloatArray partials =
        CpuLoops.partials(
            cpu,
            rows,
            3 * channels,
            (sums, from, to) -> {
              MemorySegment.copy(
                  input,
                  ValueLayout.JAVA_FLOAT,
                  (long) from * channels * Float.BYTES,
                  sums,
                  0,
                  channels);
              kernels.moments(sums, input, channels, from, to);
            });
    for (int channel = 0; channel < channels; channel++) {
      Normalisation.finishMomentsAt(
          cpu.floats(mean), cpu.floats(variance), partials, rows, channel, channels);
      Normalisation.updateRunningAt(
          cpu.floats(runningMean),
          cpu.floats(runningVariance),
          cpu.floats(mean),
          cpu.floats(variance),
          rows,
          channel,
          momentum);
    }
  }

  @Override
  public void lower(Lowering tasks) {
    FloatArray partials = tasks.scratch(0, Reductions.CHUNKS * 3 * x.channels());
    if (tasks.prefersGroups()) {
      tasks
          .graph()
          .task(
              ReductionGrids.chunks(tasks, NAME, x),
              ChunkSums::moments,
              new KernelContext(),
              partials,
              tasks.floats(x),
              tasks.counts(),
              tasks.shape(x))
          .task(
              ReductionGrids.finish(tasks, NAME, x),
              ChunkSums::finishMoments,
              new KernelContext(),
              tasks.floats(mean),
              tasks.floats(variance),
              tasks.floats(runningMean),
              tasks.floats(runningVariance),
              partials,
              tasks.counts(),
              tasks.shape(x),
              momentum);
      return;
    }
    int slot = tasks.slot(x.rows());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Normalisation::moments,
            partials,
            tasks.floats(x),
            tasks.counts(),
            slot,
            x.channels())
        .task(
            tasks.id(NAME),
            Normalisation::finishMoments,
            tasks.floats(mean),
            tasks.floats(variance),
            tasks.floats(runningMean),
            tasks.floats(runningVariance),
            partials,
            tasks.counts(),
            slot,
            x.channels(),
            momentum);
  }
}
