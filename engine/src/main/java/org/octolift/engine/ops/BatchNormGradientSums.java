package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.Reductions;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.ChunkSums;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Gradients of gamma and beta: `dBeta = Σ dz`, `dGamma = Σ dz · (x - mean) / √(variance +
/// epsilon)` with `dz = dy`, or, after ReLU, `dy where y > 0, else 0`.
///
/// @param dGamma written, (1, channels)
/// @param dBeta written, (1, channels)
/// @param dy not modified, (rows, channels)
/// @param y not modified: the output after ReLU, or null if there is none
/// @param x not modified: the input
/// @param mean not modified, (1, channels)
/// @param variance not modified, (1, channels)
/// @param epsilon positive
public record BatchNormGradientSums(
    Value dGamma,
    Value dBeta,
    Value dy,
    Value y,
    Value x,
    Value mean,
    Value variance,
    float epsilon)
    implements DeviceOp {
  private static final String NAME = "batchNormGradientSums";

  /// Checks types and shapes.
  public BatchNormGradientSums {
    Checks.floats(NAME, x);
    Checks.like(NAME, dy, x);
    if (y != null) {
      Checks.like(NAME, y, x);
    }
    Checks.vectors(NAME, x.channels(), dGamma, dBeta, mean, variance);
    BatchNorms.checkEpsilon(NAME, epsilon);
    Checks.distinct(NAME, List.of(dGamma, dBeta), Checks.present(dy, y, x, mean, variance));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(dy, y, x, mean, variance);
  }

  @Override
  public List<Value> writes() {
    return List.of(dGamma, dBeta);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment above = cpu.floats(dy).getSegment();
    MemorySegment output = BatchNorms.segment(cpu, y);
    MemorySegment input = cpu.floats(x).getSegment();
    int channels = x.channels();
    int rows = cpu.rows(x);
    float[] centre = CpuLoops.heap(cpu, channels, cpu.floats(mean));
    FloatArray partials =
        CpuLoops.partials(
            cpu,
            rows,
            2 * channels,
            (sums, from, to) ->
                kernels.gradientSums(sums, above, output, input, centre, channels, from, to));
    for (int channel = 0; channel < channels; channel++) {
      Normalisation.finishGradientSumsAt(
          cpu.floats(dGamma),
          cpu.floats(dBeta),
          partials,
          cpu.floats(variance),
          rows,
          channel,
          channels,
          epsilon);
    }
  }

  @Override
  public boolean readsSigns(Value value) {
    return value.equals(y) && !value.equals(x) && !value.equals(dy);
  }

  @Override
  public void lower(Lowering tasks) {
    FloatArray partials = tasks.scratch(0, Reductions.CHUNKS * 2 * x.channels());
    LongArray half = y == null ? null : tasks.twin(Twin.rows(y));
    int masked = y == null ? 0 : half == null ? 1 : 2;
    FloatArray output = masked == 1 ? tasks.floats(y) : tasks.floats(dy);
    if (tasks.prefersGroups()) {
      tasks
          .graph()
          .task(
              ReductionGrids.chunks(tasks, NAME, x),
              ChunkSums::gradientSums,
              new KernelContext(),
              partials,
              tasks.floats(dy),
              output,
              half == null ? tasks.unusedLongs(0) : half,
              tasks.floats(x),
              tasks.floats(mean),
              tasks.counts(),
              tasks.shape(x),
              masked)
          .task(
              ReductionGrids.finish(tasks, NAME, x),
              ChunkSums::finishGradientSums,
              new KernelContext(),
              tasks.floats(dGamma),
              tasks.floats(dBeta),
              partials,
              tasks.floats(variance),
              tasks.counts(),
              tasks.shape(x),
              epsilon);
      return;
    }
    int slot = tasks.slot(x.rows());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Normalisation::gradientSums,
            partials,
            tasks.floats(dy),
            output,
            tasks.floats(x),
            tasks.floats(mean),
            tasks.counts(),
            slot,
            x.channels(),
            masked)
        .task(
            tasks.id(NAME),
            Normalisation::finishGradientSums,
            tasks.floats(dGamma),
            tasks.floats(dBeta),
            partials,
            tasks.floats(variance),
            tasks.counts(),
            slot,
            x.channels(),
            epsilon);
  }
}
