package org.octolift.engine.ops;

import java.util.stream.IntStream;
import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.kernels.gpu.HalfConvolution;
import org.octolift.kernels.gpu.HalfOperands;
import org.octolift.kernels.gpu.TileLists;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Dense products on tensor cores by the kernel of octree convolutions. Weights that never change
/// are packed once.
final class HalfDenseTasks {
  private static final int FORMAT = HalfOperands.BF16;
  private static final int FEWEST = 16;
  private static final int GATHERED = 1;
  private static final int ROWS = 2;
  private static final int WEIGHTS = 3;

  private HalfDenseTasks() {}

  /// Whether a product is to run on tensor cores.
  static boolean suit(Lowering tasks, DenseTasks op) {
    return tasks.precision() == Precision.BF16
        && op.depth() >= FEWEST
        && op.y().channels() >= FEWEST;
  }

  static void prepare(Lowering tasks, DenseTasks op) {
    if (tasks.isConstant(op.weights())) {
      weights(tasks, op);
    }
    if (hasTable(op)) {
      op.table(tasks);
      FloatDenseTasks.allOffsets(tasks, tiles(tasks, op), offsets(op));
    }
  }

  static void lower(Lowering tasks, DenseTasks op) {
    LongArray weights = weights(tasks, op);
    int in = in(op);
    int out = op.y().channels();
    int columns = columns(tasks, op);
    int padded = HalfOperands.padded(in);
    Value source = op.isGathered() ? op.y() : op.x();
    LongArray x =
        rows(
            tasks, op.isGathered() ? op.gather(tasks, GATHERED) : tasks.floats(op.x()), source, in);
    tasks
        .graph()
        .task(
            tasks.id(
                "product",
                Lowering.groups(2 * columns, tiles(tasks, op), Math.ceilDiv(out, columns), 1)),
            HalfConvolution::convolve,
            new KernelContext(),
            tasks.floats(op.y()),
            x,
            weights,
            hasTable(op) ? op.table(tasks) : tasks.counts(),
            tasks.constants(IntStream.range(0, offsets(op)).toArray()),
            hasTable(op)
                ? FloatDenseTasks.allOffsets(tasks, tiles(tasks, op), offsets(op))
                : tasks.counts(),
            tasks.counts(),
            tasks.counts(),
            tasks.slot(op.y().rows()),
            offsets(op),
            hasTable(op) ? offsets(op) : 0,
            tasks.capacity(source.rows()),
            padded,
            out,
            columns,
            Math.min(32, padded),
            0,
            0,
            FORMAT);
    op.finish(tasks, op.bias() != null);
  }

  private static boolean hasTable(DenseTasks op) {
    return op.window() != null && !op.isGathered();
  }

  private static int offsets(DenseTasks op) {
    return hasTable(op) ? op.window().area() : 1;
  }

  private static int in(DenseTasks op) {
    return op.depth() / offsets(op);
  }

  private static int tiles(Lowering tasks, DenseTasks op) {
    return Math.ceilDiv(tasks.capacity(op.y().rows()), TileLists.ROWS);
  }

  private static int columns(Lowering tasks, DenseTasks op) {
    return HalfConvolution.tileColumns(tiles(tasks, op), op.y().channels());
  }

  private static LongArray rows(Lowering tasks, FloatArray x, Value rows, int channels) {
    int capacity = tasks.capacity(rows.rows());
    int padded = HalfOperands.padded(channels);
    LongArray half = tasks.scratchLongs(ROWS, HalfOperands.rowLongs(capacity, channels, FORMAT));
    tasks
        .graph()
        .task(
            tasks.id("halfRows", Lowering.loop((capacity + 2) * padded / 4)),
            HalfOperands::rows,
            half,
            x,
            tasks.counts(),
            tasks.slot(rows.rows()),
            channels,
            padded,
            capacity,
            FORMAT);
    return half;
  }

  /// The packed weights: found if they were packed before.
  private static LongArray weights(Lowering tasks, DenseTasks op) {
    int columns = columns(tasks, op);
    int longs =
        HalfOperands.weightLongs(offsets(op), in(op), op.y().channels(), columns, 0, FORMAT);
    if (tasks.isConstant(op.weights())) {
      return tasks.onceLongs(
          new WeightKey(op.weights(), columns), longs, half -> pack(tasks, op, half));
    }
    LongArray half = tasks.scratchLongs(WEIGHTS, longs);
    pack(tasks, op, half);
    return half;
  }

  private static void pack(Lowering tasks, DenseTasks op, LongArray half) {
    int columns = columns(tasks, op);
    int in = in(op);
    int out = op.y().channels();
    int padded = HalfOperands.padded(in);
    tasks
        .graph()
        .task(
            tasks.id(
                "halfWeights",
                Lowering.loop(offsets(op) * Math.ceilDiv(out, columns) * padded * columns / 4)),
            HalfOperands::weights,
            half,
            tasks.floats(op.weights()),
            tasks.unused(),
            offsets(op),
            in,
            out,
            padded,
            columns,
            op.transposed() ? 1 : 0,
            0,
            FORMAT);
  }

  private record WeightKey(Value weights, int columns) {}
}
