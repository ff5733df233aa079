package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Optimisers;
import org.octolift.kernels.cpu.RowKernels;

/// A step of stochastic gradient descent as PyTorch takes it: `g = gradient + decay · parameter`,
/// `velocity = momentum · velocity + g`, `parameter -= rate · velocity`. A velocity of zeros gives
/// PyTorch's first step.
///
/// @param parameter updated, (rows, channels)
/// @param velocity updated
/// @param gradient not modified
/// @param hyper not modified, (1, 3): learning rate, momentum, weight decay
public record Sgd(Value parameter, Value velocity, Value gradient, Value hyper)
    implements DeviceOp {
  private static final String NAME = "sgd";

  /// Checks types and shapes.
  public Sgd {
    Checks.floats(NAME, parameter);
    Checks.like(NAME, velocity, parameter);
    Checks.like(NAME, gradient, parameter);
    Checks.vectors(NAME, 3, hyper);
    Checks.distinct(NAME, List.of(parameter, velocity), List.of(gradient, hyper));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(parameter, velocity, gradient, hyper);
  }

  @Override
  public List<Value> writes() {
    return List.of(parameter, velocity);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    MemorySegment weights = cpu.floats(parameter).getSegment();
    MemorySegment sums = cpu.floats(velocity).getSegment();
    MemorySegment slope = cpu.floats(gradient).getSegment();
    float[] factors = CpuLoops.heap(cpu, 3, cpu.floats(hyper));
    CpuLoops.elements(
        cpu, parameter, (from, to) -> kernels.sgd(weights, sums, slope, factors, from, to));
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Optimisers::sgd,
            tasks.floats(parameter),
            tasks.floats(velocity),
            tasks.floats(gradient),
            tasks.floats(hyper),
            tasks.capacity(parameter.rows()) * parameter.channels());
  }
}
