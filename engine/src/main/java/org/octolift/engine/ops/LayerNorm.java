package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.Transformers;
import org.octolift.kernels.cpu.DenseKernels;
import org.octolift.kernels.gpu.HalfPanels;
import org.octolift.kernels.gpu.RowStatistics;
import uk.ac.manchester.tornado.api.KernelContext;

/// `y = (x - mean x) / √(variance x + epsilon) · gamma + beta` in each row (Ba et al., 2016).
///
/// @param y written, (rows, channels)
/// @param x not modified
/// @param gamma not modified, (1, channels)
/// @param beta not modified, (1, channels)
/// @param epsilon positive
public record LayerNorm(Value y, Value x, Value gamma, Value beta, float epsilon)
    implements DeviceOp {
  private static final String NAME = "layerNorm";

  /// Checks types and shapes.
  public LayerNorm {
    Checks.floats(NAME, x);
    Checks.like(NAME, y, x);
    Checks.vectors(NAME, x.channels(), gamma, beta);
    BatchNorms.checkEpsilon(NAME, epsilon);
    Checks.distinct(NAME, List.of(y), List.of(x, gamma, beta));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x, gamma, beta);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    MemorySegment output = cpu.floats(y).getSegment();
    MemorySegment input = cpu.floats(x).getSegment();
    int channels = y.channels();
    float[] affine = CpuLoops.heap(cpu, channels, cpu.floats(gamma), cpu.floats(beta));
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          float[] sums = new float[DenseKernels.PARTIALS];
          cpu.denseKernels()
              .normaliseRows(output, input, affine, epsilon, channels, from, to, sums);
        });
  }

  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return DenseTwins.written(y, wanted);
  }

  @Override
  public void lower(Lowering tasks) {
    int capacity = tasks.capacity(y.rows());
    if (tasks.prefersGroups()) {
      Twin twin = DenseTwins.of(tasks, y);
      int panelRows = twin == null ? 0 : HalfPanels.panelRows(capacity);
      boolean floats = tasks.isStored(y);
      tasks
          .graph()
          .task(
              tasks.id(
                  NAME,
                  Lowering.groups(
                      RowStatistics.THREADS,
                      RowStatistics.layerNormGroups(Math.max(capacity, panelRows)),
                      1,
                      1)),
              RowStatistics::layerNorm,
              new KernelContext(),
              floats ? tasks.floats(y) : tasks.unused(),
              twin == null ? tasks.unusedLongs(0) : tasks.twin(twin),
              tasks.floats(x),
              tasks.floats(gamma),
              tasks.floats(beta),
              tasks.counts(),
              tasks.slot(y.rows()),
              y.channels(),
              panelRows,
              DenseTwins.plain(twin),
              floats ? 1 : 0,
              epsilon);
      return;
    }
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Transformers::layerNorm,
            tasks.floats(y),
            tasks.floats(x),
            tasks.floats(gamma),
            tasks.floats(beta),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            capacity,
            epsilon);
  }
}
