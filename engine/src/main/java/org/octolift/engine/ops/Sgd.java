package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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
/// Takes several parameters, as a launch on a GPU takes longer than most of them.
///
/// @param parameters updated, any shapes
/// @param velocities updated, shaped like the parameters
/// @param gradients not modified, shaped like the parameters
/// @param hyper not modified, (1, 3): learning rate, momentum, weight decay
public record Sgd(
    List<Value> parameters, List<Value> velocities, List<Value> gradients, Value hyper)
    implements DeviceOp {
  private static final String NAME = "sgd";

  /// Parameters of a task, if there are so many.
  public static final int TOGETHER = 3;

  /// Checks types and shapes.
  public Sgd {
    parameters = List.copyOf(parameters);
    velocities = List.copyOf(velocities);
    gradients = List.copyOf(gradients);
    if (velocities.size() != parameters.size() || gradients.size() != parameters.size()) {
      throw new IllegalArgumentException(
          "%s: %d parameters, %d velocities, %d gradients"
              .formatted(NAME, parameters.size(), velocities.size(), gradients.size()));
    }
    for (int i = 0; i < parameters.size(); i++) {
      Checks.floats(NAME, parameters.get(i));
      Checks.like(NAME, velocities.get(i), parameters.get(i));
      Checks.like(NAME, gradients.get(i), parameters.get(i));
    }
    Checks.vectors(NAME, 3, hyper);
    Checks.distinct(NAME, joined(parameters, velocities), joined(gradients, List.of(hyper)));
  }

  private static List<Value> joined(List<Value> first, List<Value> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return joined(writes(), joined(gradients, List.of(hyper)));
  }

  @Override
  public List<Value> writes() {
    return joined(parameters, velocities);
  }

  @Override
  public void run(CpuRun cpu) {
    RowKernels kernels = cpu.rowKernels();
    float[] factors = CpuLoops.heap(cpu, 3, cpu.floats(hyper));
    for (int i = 0; i < parameters.size(); i++) {
      MemorySegment weights = cpu.floats(parameters.get(i)).getSegment();
      MemorySegment sums = cpu.floats(velocities.get(i)).getSegment();
      MemorySegment slope = cpu.floats(gradients.get(i)).getSegment();
      CpuLoops.elements(
          cpu,
          parameters.get(i),
          (from, to) -> kernels.sgd(weights, sums, slope, factors, from, to));
    }
  }

  @Override
  public void lower(Lowering tasks) {
    int first = 0;
    for (; first + TOGETHER <= parameters.size(); first += TOGETHER) {
      lowerThree(tasks, first);
    }
    for (int i = first; i < parameters.size(); i++) {
      tasks
          .graph()
          .task(
              tasks.id(NAME, Lowering.loop(size(tasks, i))),
              Optimisers::sgd,
              tasks.floats(parameters.get(i)),
              tasks.floats(velocities.get(i)),
              tasks.floats(gradients.get(i)),
              tasks.floats(hyper),
              tasks.constants(size(tasks, i)));
    }
  }

  private void lowerThree(Lowering tasks, int first) {
    int[] sizes = {size(tasks, first), size(tasks, first + 1), size(tasks, first + 2), 0};
    sizes[TOGETHER] = Arrays.stream(sizes).max().orElseThrow();
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(sizes[TOGETHER])),
            Optimisers::sgdOfThree,
            tasks.floats(parameters.get(first)),
            tasks.floats(velocities.get(first)),
            tasks.floats(gradients.get(first)),
            tasks.floats(parameters.get(first + 1)),
            tasks.floats(velocities.get(first + 1)),
            tasks.floats(gradients.get(first + 1)),
            tasks.floats(parameters.get(first + 2)),
            tasks.floats(velocities.get(first + 2)),
            tasks.floats(gradients.get(first + 2)),
            tasks.floats(hyper),
            tasks.constants(sizes));
  }

  private int size(Lowering tasks, int i) {
    Value parameter = parameters.get(i);
    return tasks.capacity(parameter.rows()) * parameter.channels();
  }
}
