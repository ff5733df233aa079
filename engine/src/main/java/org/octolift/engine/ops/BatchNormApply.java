package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.gpu.HalfPanels;
import org.octolift.kernels.gpu.HalfStrips;
import org.octolift.kernels.gpu.RowStrips;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y = (x - mean) / √(variance + epsilon) · gamma + beta`, plus a residual, then ReLU, in one
/// pass.
///
/// @param y written, (rows, channels)
/// @param x not modified
/// @param mean not modified, (1, channels)
/// @param variance not modified, (1, channels): biased
/// @param gamma not modified, (1, channels)
/// @param beta not modified, (1, channels)
/// @param residual not modified, (rows, channels), or null
/// @param relu whether ReLU follows
/// @param epsilon positive
public record BatchNormApply(
    Value y,
    Value x,
    Value mean,
    Value variance,
    Value gamma,
    Value beta,
    Value residual,
    boolean relu,
    float epsilon)
    implements DeviceOp {
  private static final String NAME = "batchNormApply";

  /// Checks types and shapes.
  public BatchNormApply {
    Checks.floats(NAME, x);
    Checks.like(NAME, y, x);
    Checks.vectors(NAME, x.channels(), mean, variance, gamma, beta);
    if (residual != null) {
      Checks.like(NAME, residual, x);
    }
    BatchNorms.checkEpsilon(NAME, epsilon);
    Checks.distinct(NAME, List.of(y), Checks.present(x, mean, variance, gamma, beta, residual));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(x, mean, variance, gamma, beta, residual);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment output = cpu.floats(y).getSegment();
    MemorySegment input = cpu.floats(x).getSegment();
    MemorySegment added = BatchNorms.segment(cpu, residual);
    int channels = y.channels();
    FloatArray scale = BatchNorms.scale(cpu, variance, gamma, epsilon);
    float[] affine = CpuLoops.heap(cpu, channels, cpu.floats(mean), scale, cpu.floats(beta));
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> kernels.normalise(output, input, affine, added, relu, channels, from, to));
  }

  /// Rows, or else what dense products read.
  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return wanted.contains(Twin.rows(y)) ? List.of(Twin.rows(y)) : DenseTwins.written(y, wanted);
  }

  @Override
  public void lower(Lowering tasks) {
    List<Twin> written = twinsWritten(y, tasks.twins(y));
    if (!written.isEmpty()) {
      lowerToTwin(tasks, written.getFirst());
      return;
    }
    if (tasks.prefersGroups()) {
      int capacity = tasks.capacity(y.rows());
      tasks
          .graph()
          .task(
              tasks.id(NAME, Lowering.loop(RowStrips.size(capacity, y.channels()))),
              RowStrips::normalise,
              tasks.floats(y),
              tasks.floats(x),
              tasks.floats(mean),
              tasks.floats(variance),
              tasks.floats(gamma),
              tasks.floats(beta),
              tasks.floats(residual == null ? x : residual),
              tasks.counts(),
              tasks.shape(y),
              residual != null ? 1 : 0,
              relu ? 1 : 0,
              epsilon);
      return;
    }
    FloatArray scale = tasks.scratch(0, y.channels());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Normalisation::scale,
            scale,
            tasks.floats(variance),
            tasks.floats(gamma),
            y.channels(),
            epsilon);
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Normalisation::normalise,
            tasks.floats(y),
            tasks.floats(x),
            tasks.floats(mean),
            scale,
            tasks.floats(beta),
            tasks.floats(residual == null ? x : residual),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            tasks.capacity(y.rows()),
            residual != null ? 1 : 0,
            relu ? 1 : 0);
  }

  private void lowerToTwin(Lowering tasks, Twin twin) {
    int capacity = tasks.capacity(y.rows());
    boolean rows = twin.layout() == Twin.Layout.ROWS;
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(HalfStrips.size(capacity, y.channels()))),
            HalfStrips::normalise,
            tasks.isStored(y) ? tasks.floats(y) : tasks.unused(),
            tasks.twin(twin),
            tasks.floats(x),
            tasks.floats(mean),
            tasks.floats(variance),
            tasks.floats(gamma),
            tasks.floats(beta),
            tasks.floats(residual == null ? x : residual),
            tasks.counts(),
            tasks.shape(y),
            rows ? 0 : HalfPanels.panelRows(capacity),
            DenseTwins.plain(twin),
            tasks.isStored(y) ? 1 : 0,
            residual != null ? 1 : 0,
            relu ? 1 : 0,
            epsilon);
  }
}
