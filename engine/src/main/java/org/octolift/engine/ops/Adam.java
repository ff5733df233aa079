package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Optimisers;
import org.octolift.kernels.cpu.RowKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// A step of Adam (Kingma and Ba, 2015) with L2 weight decay as PyTorch takes it.
///
/// @param parameter updated, (rows, channels)
/// @param m updated: mean of the gradients; zeros before the first step
/// @param v updated: mean of their squares; zeros before the first step
/// @param gradient not modified
/// @param hyper not modified, (1, 6): learning rate, beta1, beta2, epsilon, weight decay, number of
///     this step from 1 on
public record Adam(Value parameter, Value m, Value v, Value gradient, Value hyper)
    implements DeviceOp {
  private static final String NAME = "adam";

  /// Checks types and shapes.
  public Adam {
    Checks.floats(NAME, parameter);
    Checks.like(NAME, m, parameter);
    Checks.like(NAME, v, parameter);
    Checks.like(NAME, gradient, parameter);
    Checks.vectors(NAME, 6, hyper);
    Checks.distinct(NAME, List.of(parameter, m, v), List.of(gradient, hyper));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(parameter, m, v, gradient, hyper);
  }

  @Override
  public List<Value> writes() {
    return List.of(parameter, m, v);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment weights = cpu.floats(parameter).getSegment();
    MemorySegment means = cpu.floats(m).getSegment();
    MemorySegment squares = cpu.floats(v).getSegment();
    MemorySegment slope = cpu.floats(gradient).getSegment();
    float[] factors = factors(cpu);
    CpuLoops.elements(
        cpu,
        parameter,
        (from, to) -> kernels.adam(weights, means, squares, slope, factors, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Optimisers::adam,
            tasks.floats(parameter),
            tasks.floats(m),
            tasks.floats(v),
            tasks.floats(gradient),
            tasks.floats(hyper),
            tasks.capacity(parameter.rows()) * parameter.channels());
  }

  private float[] factors(CpuRun cpu) {
    FloatArray values = cpu.floats(hyper);
    float[] factors = cpu.sharedScratch(0, 7);
    for (int factor = 0; factor < 5; factor++) {
      factors[factor] = Optimisers.adamFactor(values, factor);
    }
    factors[5] = values.get(3);
    factors[6] = values.get(4);
    return factors;
  }
}
