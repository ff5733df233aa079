package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.GroupNormalisation;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y = (w - mean w) / (√variance w + epsilon)` in each column, the weights of an output channel
/// (Qiao et al., 2019; epsilon as in timm 0.4.5).
///
/// @param y written, (rows, channels)
/// @param w not modified
/// @param epsilon positive
public record StandardiseWeights(Value y, Value w, float epsilon) implements DeviceOp {
  private static final String NAME = "standardiseWeights";

  /// Checks types and shapes.
  public StandardiseWeights {
    Checks.floats(NAME, w);
    Checks.like(NAME, y, w);
    BatchNorms.checkEpsilon(NAME, epsilon);
    Checks.distinct(NAME, List.of(y), List.of(w));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(w);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    int channels = w.channels();
    MemorySegment input = cpu.floats(w).getSegment();
    MemorySegment output = cpu.floats(y).getSegment();
    FloatArray mean = cpu.offHeapScratch(1, channels);
    FloatArray scale = cpu.offHeapScratch(2, channels);
    FloatArray none = cpu.offHeapScratch(3, channels);
    GroupNorm.moments(cpu, input, cpu.rows(w), channels, mean, scale);
    for (int channel = 0; channel < channels; channel++) {
      scale.set(channel, 1 / ((float) Math.sqrt(scale.get(channel)) + epsilon));
    }
    none.init(0f);
    float[] affine = CpuLoops.heap(cpu, channels, mean, scale, none);
    CpuLoops.rows(
        cpu,
        y,
        (from, to) ->
            cpu.rowKernels().normalise(output, input, affine, null, false, channels, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            GroupNormalisation::standardise,
            tasks.floats(y),
            tasks.floats(w),
            tasks.capacity(w.rows()),
            w.channels(),
            epsilon);
  }
}
