package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Optimisers;
import org.octolift.kernels.Reductions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `total += Σ x²` over all elements: the square of a norm, added up over several values.
///
/// @param total accumulated, (1, 1)
/// @param x not modified, (rows, channels)
public record AddSquares(Value total, Value x) implements DeviceOp {
  private static final String NAME = "addSquares";

  /// Checks types and shapes.
  public AddSquares {
    Checks.floats(NAME, x);
    Checks.vectors(NAME, 1, total);
    Checks.distinct(NAME, List.of(total), List.of(x));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(total, x);
  }

  @Override
  public List<Value> writes() {
    return List.of(total);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray partials = cpu.offHeapScratch(0, Reductions.CHUNKS);
    FloatArray input = cpu.floats(x);
    int rows = cpu.rows(x);
    cpu.workers()
        .parallel(
            Reductions.chunks(rows),
            1,
            (from, to) -> {
              for (int chunk = from; chunk < to; chunk++) {
                Optimisers.squareSumAt(partials, input, rows, chunk, x.channels());
              }
            });
    Optimisers.addSquareSumsOf(cpu.floats(total), partials, rows);
  }

  @Override
  public void lower(Lowering tasks) {
    FloatArray partials = tasks.scratch(0, Reductions.CHUNKS);
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Optimisers::squareSums,
            partials,
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(x.rows()),
            x.channels());
    tasks
        .graph()
        .task(
            tasks.id(NAME),
            Optimisers::addSquareSums,
            tasks.floats(total),
            partials,
            tasks.counts(),
            tasks.slot(x.rows()));
  }
}
