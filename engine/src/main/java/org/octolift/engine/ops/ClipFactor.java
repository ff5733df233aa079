package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Optimisers;

/// What a sum of gradients is multiplied by so that their mean has at most a certain norm
/// (PyTorch's `clip_grad_norm_`): `factor = share · min(1, norm / (share · √squares + 1e-6))`.
///
/// @param factor written, (1, 1)
/// @param squares not modified, (1, 1): the squared norm of the sum
/// @param share one over the number of gradients that were summed
/// @param norm largest norm; 0: any
public record ClipFactor(Value factor, Value squares, float share, float norm) implements DeviceOp {
  private static final String NAME = "clipFactor";

  /// Checks types, shapes and ranges.
  public ClipFactor {
    Checks.vectors(NAME, 1, factor, squares);
    Checks.distinct(NAME, List.of(factor), List.of(squares));
    if (!(share > 0) || !(norm >= 0)) {
      throw new IllegalArgumentException(
          "%s: expected share above 0 and norm of at least 0, got %s and %s"
              .formatted(NAME, share, norm));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(squares);
  }

  @Override
  public List<Value> writes() {
    return List.of(factor);
  }

  @Override
  public void run(CpuRun cpu) {
    Optimisers.clipFactor(cpu.floats(factor), cpu.floats(squares), share, norm);
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Optimisers::clipFactor,
            tasks.floats(factor),
            tasks.floats(squares),
            share,
            norm);
  }
}
