package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.RowStrips;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Gradient to the input in training, the statistics' own gradient included:
/// `dx = gamma · rstd · (dz - dBeta / n - (x - mean) · rstd · dGamma / n)` for n rows, with
/// `rstd = 1 / √(variance + epsilon)` and dz as in [BatchNormGradientSums].
///
/// @param dx written, (rows, channels), if need be in place of dy
/// @param dResidual written: dz, the gradient of the residual; or null
/// @param dy not modified, (rows, channels)
/// @param y not modified: the output after ReLU, or null if there is none
/// @param x not modified: the input
/// @param mean not modified, (1, channels)
/// @param variance not modified, (1, channels)
/// @param gamma not modified, (1, channels)
/// @param dGamma not modified, (1, channels): from [BatchNormGradientSums]
/// @param dBeta not modified, (1, channels): from [BatchNormGradientSums]
/// @param epsilon positive
public record BatchNormGradient(
    Value dx,
    Value dResidual,
    Value dy,
    Value y,
    Value x,
    Value mean,
    Value variance,
    Value gamma,
    Value dGamma,
    Value dBeta,
    float epsilon)
    implements DeviceOp {
  private static final String NAME = "batchNormGradient";

  /// Checks types and shapes.
  public BatchNormGradient {
    BatchNorms.checkGradient(NAME, dx, dResidual, dy, y);
    Checks.like(NAME, x, dy);
    Checks.vectors(NAME, x.channels(), mean, variance, gamma, dGamma, dBeta);
    BatchNorms.checkEpsilon(NAME, epsilon);
    Checks.distinct(
        NAME,
        Checks.present(dx, dResidual),
        Checks.present(dy, y, x, mean, variance, gamma, dGamma, dBeta));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(dy, y, x, mean, variance, gamma, dGamma, dBeta);
  }

  @Override
  public List<Value> writes() {
    return Checks.present(dx, dResidual);
  }

  @Override
  public Map<Value, Value> inPlace() {
    return Map.of(dx, dy);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment gradient = cpu.floats(dx).getSegment();
    MemorySegment residual = BatchNorms.segment(cpu, dResidual);
    MemorySegment above = cpu.floats(dy).getSegment();
    MemorySegment output = BatchNorms.segment(cpu, y);
    MemorySegment input = cpu.floats(x).getSegment();
    int channels = dx.channels();
    float[] coefficients = coefficients(cpu);
    CpuLoops.rows(
        cpu,
        dx,
        (from, to) ->
            kernels.normalisationGradient(
                gradient, residual, above, output, input, coefficients, channels, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    // In place a kernel gets dy as dx, and for dy what it does not write: no array twice.
    int inPlace = tasks.floats(dx) == tasks.floats(dy) ? 1 : 0;
    FloatArray above = tasks.floats(inPlace == 1 ? x : dy);
    FloatArray output = y == null ? above : tasks.floats(y);
    String id = inPlace == 1 ? NAME + "InPlace" : NAME;
    if (tasks.prefersGroups()) {
      int capacity = tasks.capacity(x.rows());
      tasks
          .graph()
          .task(
              tasks.id(id, Lowering.loop(RowStrips.size(capacity, x.channels()))),
              RowStrips::gradient,
              tasks.floats(dx),
              dResidual == null ? tasks.unused() : tasks.floats(dResidual),
              above,
              output,
              tasks.floats(x),
              tasks.floats(mean),
              tasks.floats(variance),
              tasks.floats(gamma),
              tasks.floats(dGamma),
              tasks.floats(dBeta),
              tasks.counts(),
              tasks.slot(x.rows()),
              x.channels(),
              RowStrips.strips(capacity),
              y != null ? 1 : 0,
              dResidual != null ? 1 : 0,
              inPlace,
              epsilon);
      return;
    }
    FloatArray coefficients = tasks.scratch(0, 3 * x.channels());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Normalisation::gradientCoefficients,
            coefficients,
            tasks.floats(variance),
            tasks.floats(gamma),
            tasks.floats(dGamma),
            tasks.floats(dBeta),
            tasks.counts(),
            tasks.slot(x.rows()),
            x.channels(),
            epsilon);
    tasks
        .graph()
        .task(
            tasks.id(id),
            Normalisation::gradient,
            tasks.floats(dx),
            dResidual == null ? tasks.unused() : tasks.floats(dResidual),
            above,
            output,
            tasks.floats(x),
            tasks.floats(mean),
            coefficients,
            tasks.counts(),
            tasks.slot(x.rows()),
            x.channels(),
            tasks.capacity(x.rows()),
            y != null ? 1 : 0,
            dResidual != null ? 1 : 0,
            inPlace);
  }

  /// The three coefficients and the mean, (4, channels).
  private float[] coefficients(CpuRun cpu) {
    int channels = dx.channels();
    FloatArray coefficients = cpu.offHeapScratch(0, 3 * channels);
    for (int channel = 0; channel < channels; channel++) {
      Normalisation.gradientCoefficientsAt(
          coefficients,
          cpu.floats(variance),
          cpu.floats(gamma),
          cpu.floats(dGamma),
          cpu.floats(dBeta),
          cpu.rows(dx),
          channel,
          channels,
          epsilon);
    }
    float[] all = cpu.sharedScratch(0, 4 * channels);
    MemorySegment.copy(coefficients.getSegment(), ValueLayout.JAVA_FLOAT, 0, all, 0, 3 * channels);
    MemorySegment.copy(
        cpu.floats(mean).getSegment(), ValueLayout.JAVA_FLOAT, 0, all, 3 * channels, channels);
    return all;
  }
}
