package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.gpu.HalfOperands;
import org.octolift.kernels.gpu.HalfPanels;
import org.octolift.kernels.gpu.HalfProduct;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Dense products on tensor cores. Weights that never change are packed once.
final class HalfDenseTasks {
  private static final int FORMAT = HalfOperands.BF16;
  private static final int FEWEST = 16;

  /// Channels of a stage.
  private static final int STAGE = 16;

  /// The cost of a part of a tile, in times of the product of a depth of one: its bytes at 3 TB/s.
  private static final double PART = 0.9;

  private static final int MOST_PARTS = 16;

  /// Channels of a part at least: eight stages.
  private static final int LEAST_DEPTH = 128;

  private static final int PARTIAL = 0;
  private static final int ROWS = 2;
  private static final int WEIGHTS = 3;

  private HalfDenseTasks() {}

  /// Whether a product is to run on tensor cores.
  static boolean suit(Lowering tasks, DenseTasks op) {
    return tasks.precision() == Precision.BF16 && suits(op);
  }

  private static boolean suits(DenseTasks op) {
    return op.depth() >= FEWEST && op.y().channels() >= FEWEST && op.y().channels() % 2 == 0;
  }

  /// The copies that a product multiplies.
  static List<Twin> twins(DenseTasks op) {
    return suits(op) && !op.isGathered() ? List.of(Twin.panels(op.x())) : List.of();
  }

  static void prepare(Lowering tasks, DenseTasks op) {
    if (tasks.isConstant(op.weights())) {
      weights(tasks, op);
    }
    if (hasTable(op)) {
      op.table(tasks);
    }
  }

  static void lower(Lowering tasks, DenseTasks op) {
    LongArray weights = weights(tasks, op);
    int out = op.y().channels();
    int columns = columns(out);
    int groups = groups(tasks, op);
    int parts = parts(groups, columns, op.depth());
    boolean biased = hasBias(tasks, op);
    int size = Math.multiplyExact(tasks.capacity(op.y().rows()), out);
    Value source = op.isGathered() ? op.y() : op.x();
    LongArray x = rows(tasks, op, source);
    FloatArray y =
        parts == 1 ? tasks.floats(op.y()) : tasks.scratch(PARTIAL, Math.multiplyExact(parts, size));
    tasks
        .graph()
        .task(
            tasks.id("product", Lowering.groups(HalfProduct.threads(columns), groups, 1, parts)),
            HalfProduct::multiply,
            new KernelContext(),
            y,
            x,
            weights,
            hasTable(op) ? op.table(tasks) : tasks.counts(),
            tasks.counts(),
            tasks.slot(op.y().rows()),
            hasTable(op) ? op.window().area() : 0,
            HalfPanels.panelRows(tasks.capacity(source.rows())),
            HalfOperands.padded(in(op)),
            out,
            columns,
            biased ? 1 : 0,
            parts,
            size);
    if (parts > 1) {
      op.finish(tasks, y, parts, op.bias() != null);
    } else {
      op.finish(tasks, op.bias() != null && !biased);
    }
  }

  /// Groups of a part.
  private static int groups(Lowering tasks, DenseTasks op) {
    int out = op.y().channels();
    return HalfProduct.groups(tasks.capacity(op.y().rows()), out, columns(out));
  }

  /// Whether the product adds the bias: packed with the weights, so once if they are.
  private static boolean hasBias(Lowering tasks, DenseTasks op) {
    int columns = columns(op.y().channels());
    return op.bias() != null
        && parts(groups(tasks, op), columns, op.depth()) == 1
        && (tasks.isConstant(op.bias()) || !tasks.isConstant(op.weights()));
  }

  /// Groups that share a tile.
  ///
  /// @param groups that there would be else
  private static int parts(int groups, int columns, int depth) {
    double cost = PART * groups / depth;
    return new TileSplit(groups, columns, depth / STAGE, cost)
        .parts(MOST_PARTS, parts -> depth / parts >= LEAST_DEPTH);
  }

  private static int columns(int out) {
    return out <= 64 ? 64 : 128;
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

  /// The panels of x, or of its windows, converted unless they have a twin.
  private static LongArray rows(Lowering tasks, DenseTasks op, Value rows) {
    LongArray twin = op.isGathered() ? null : tasks.twin(Twin.panels(op.x()));
    if (twin != null) {
      return twin;
    }
    int channels = in(op);
    int capacity = tasks.capacity(rows.rows());
    int padded = HalfOperands.padded(channels);
    int panelRows = HalfPanels.panelRows(capacity);
    LongArray half = tasks.scratchLongs(ROWS, HalfPanels.longs(capacity, channels));
    if (op.isGathered()) {
      gather(tasks, op, half, panelRows);
      return half;
    }
    tasks
        .graph()
        .task(
            tasks.id("halfPanels", Lowering.loop(panelRows * padded / 4)),
            HalfPanels::rows,
            half,
            tasks.floats(op.x()),
            tasks.counts(),
            tasks.slot(rows.rows()),
            channels,
            padded,
            panelRows);
    return half;
  }

  private static void gather(Lowering tasks, DenseTasks op, LongArray half, int panelRows) {
    Window window = op.window();
    tasks
        .graph()
        .task(
            tasks.id("gather", Lowering.loop(half.getSize())),
            HalfPanels::windows,
            half,
            tasks.floats(op.x()),
            window.in().images(),
            window.in().height(),
            window.in().width(),
            op.x().channels(),
            window.out().height(),
            window.out().width(),
            window.size(),
            window.stride(),
            window.top(),
            window.left(),
            panelRows);
  }

  /// The packed weights: found if they were packed before.
  private static LongArray weights(Lowering tasks, DenseTasks op) {
    int columns = columns(op.y().channels());
    boolean biased = hasBias(tasks, op);
    int longs =
        HalfOperands.weightLongs(
            offsets(op), in(op), op.y().channels(), columns, biased ? 1 : 0, FORMAT);
    if (tasks.isConstant(op.weights())) {
      Value bias = biased ? op.bias() : null;
      return tasks.onceLongs(
          new WeightKey(op.weights(), bias), longs, half -> pack(tasks, op, half));
    }
    LongArray half = tasks.scratchLongs(WEIGHTS, longs);
    pack(tasks, op, half);
    return half;
  }

  private static void pack(Lowering tasks, DenseTasks op, LongArray half) {
    int in = in(op);
    int out = op.y().channels();
    int columns = columns(out);
    int padded = HalfOperands.padded(in);
    int bias = hasBias(tasks, op) ? 1 : 0;
    int offsets = offsets(op);
    tasks
        .graph()
        .task(
            tasks.id(
                "halfWeights",
                Lowering.loop(
                    (offsets + bias) * Math.ceilDiv(out, columns) * padded * columns / 4)),
            HalfOperands::weights,
            half,
            tasks.floats(op.weights()),
            bias == 1 ? tasks.floats(op.bias()) : tasks.unused(),
            tasks.constants(offsets, in, out, padded, op.transposed() ? 1 : 0, bias),
            columns,
            FORMAT);
  }

  /// @param bias packed with the weights, or null
  private record WeightKey(Value weights, Value bias) {}
}
