package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.HalfStrips;
import org.octolift.kernels.gpu.RowStrips;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Gradient to the input in training, the statistics' own gradient included:
/// `dx = gamma · rstd · (dz - dBeta / n - (x - mean) · rstd · dGamma / n)` for n rows, with
/// `rstd = 1 / √(variance + epsilon)` and dz as in [BatchNormGradientSums].
///
/// @param dx written, (rows, channels), if need be in place of dy
/// @param dResidual written: dz, the gradient of the residual, if need be in place of dy where dx
///     is stored otherwise; or null
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

  /// dx in place of dy; where dx is not stored as floats, dResidual.
  @Override
  public Map<Value, Value> inPlace() {
    Map<Value, Value> inPlace = new LinkedHashMap<>();
    writes().forEach(value -> inPlace.put(value, dy));
    return inPlace;
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
  public boolean readsSigns(Value value) {
    return value.equals(y) && !value.equals(x) && !value.equals(dy);
  }

  /// Rows, and with them one copy in columns.
  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    Optional<Twin> rows = wanted.stream().filter(Twin.rows(dx)::equals).findFirst();
    Optional<Twin> columns = columns(wanted);
    return rows.isEmpty() ? List.of() : Stream.concat(rows.stream(), columns.stream()).toList();
  }

  private static Optional<Twin> columns(List<Twin> twins) {
    return twins.stream().filter(twin -> twin.layout() == Twin.Layout.COLUMNS).findFirst();
  }

  @Override
  public void lower(Lowering tasks) {
    LongArray half = y == null ? null : tasks.twin(Twin.rows(y));
    LongArray rows = tasks.twin(Twin.rows(dx));
    if (rows != null || half != null) {
      lowerToTwins(tasks, half, rows);
      return;
    }
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
              tasks.shape(x),
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

  private void lowerToTwins(Lowering tasks, LongArray half, LongArray rows) {
    int capacity = tasks.capacity(x.rows());
    Optional<Twin> columns = columns(tasks.twins(dx));
    Value table = columns.map(Twin::table).orElse(null);
    boolean masked = y != null && half == null;
    FloatArray above = tasks.floats(dy);
    FloatArray floats = tasks.isStored(dx) ? tasks.floats(dx) : tasks.unused(0);
    FloatArray residual = dResidual == null ? tasks.unused(1) : tasks.floats(dResidual);
    boolean inPlace = floats == above || residual == above;
    int what =
        (tasks.isStored(dx) ? HalfStrips.FLOATS : 0)
            + (rows != null ? HalfStrips.ROWS : 0)
            + (columns.isPresent() ? HalfStrips.COLUMNS : 0)
            + (table != null ? HalfStrips.ORDERED : 0)
            + (dResidual != null ? HalfStrips.RESIDUAL : 0)
            + (masked ? HalfStrips.MASKED : 0)
            + (half != null ? HalfStrips.HALF_MASKED : 0)
            + (floats == above ? HalfStrips.OVER_FLOATS : 0)
            + (residual == above ? HalfStrips.OVER_RESIDUAL : 0);
    tasks
        .graph()
        .task(
            tasks.id(
                inPlace ? NAME + "InPlace" : NAME,
                Lowering.loop(HalfStrips.gradientSize(capacity, x.channels()))),
            HalfStrips::gradient,
            floats,
            rows == null ? tasks.unusedLongs(2) : rows,
            columns.isPresent() ? tasks.twin(columns.get()) : tasks.unusedLongs(0),
            residual,
            inPlace ? tasks.floats(x) : above,
            tasks.floats(masked ? y : x),
            half == null ? tasks.unusedLongs(1) : half,
            tasks.floats(x),
            tasks.floats(mean),
            tasks.floats(variance),
            tasks.floats(gamma),
            tasks.floats(dGamma),
            tasks.floats(dBeta),
            RelationTasks.order(tasks, table, table != null),
            tasks.counts(),
            tasks.shape(x),
            what,
            epsilon);
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
