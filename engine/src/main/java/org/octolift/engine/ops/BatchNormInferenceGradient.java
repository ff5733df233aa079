package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.cpu.RowKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Gradient to the input when the statistics are constants: `dx = gamma · rstd · dz` with
/// `rstd = 1 / √(variance + epsilon)` and dz as in [BatchNormGradientSums].
///
/// @param dx written, (rows, channels)
/// @param dResidual written: dz, the gradient of the residual; or null
/// @param dy not modified, (rows, channels)
/// @param y not modified: the output after ReLU, or null if there is none
/// @param variance not modified, (1, channels)
/// @param gamma not modified, (1, channels)
/// @param epsilon positive
public record BatchNormInferenceGradient(
    Value dx, Value dResidual, Value dy, Value y, Value variance, Value gamma, float epsilon)
    implements DeviceOp {
  private static final String NAME = "batchNormInferenceGradient";

  /// Checks types and shapes.
  public BatchNormInferenceGradient {
    BatchNorms.checkGradient(NAME, dx, dResidual, dy, y);
    Checks.vectors(NAME, dy.channels(), variance, gamma);
    BatchNorms.checkEpsilon(NAME, epsilon);
    Checks.distinct(NAME, Checks.present(dx, dResidual), Checks.present(dy, y, variance, gamma));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(dy, y, variance, gamma);
  }

  @Override
  public List<Value> writes() {
    return Checks.present(dx, dResidual);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment gradient = cpu.floats(dx).getSegment();
    MemorySegment residual = BatchNorms.segment(cpu, dResidual);
    MemorySegment above = cpu.floats(dy).getSegment();
    MemorySegment output = BatchNorms.segment(cpu, y);
    int channels = dx.channels();
    float[] scale = CpuLoops.heap(cpu, channels, BatchNorms.scale(cpu, variance, gamma, epsilon));
    CpuLoops.rows(
        cpu,
        dx,
        (from, to) ->
            kernels.scaledGradient(gradient, residual, above, output, scale, channels, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    FloatArray scale = tasks.scratch(0, dy.channels());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Normalisation::scale,
            scale,
            tasks.floats(variance),
            tasks.floats(gamma),
            dy.channels(),
            epsilon);
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Normalisation::inferenceGradient,
            tasks.floats(dx),
            dResidual == null ? tasks.unused() : tasks.floats(dResidual),
            tasks.floats(dy),
            tasks.floats(y == null ? dy : y),
            scale,
            tasks.counts(),
            tasks.slot(dy.rows()),
            dy.channels(),
            tasks.capacity(dy.rows()),
            y != null ? 1 : 0,
            dResidual != null ? 1 : 0);
  }
}
