package org.octolift.engine.ops;

import java.util.stream.IntStream;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.gpu.FloatConvolution;
import org.octolift.kernels.gpu.TileLists;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Dense products in FP32 by the kernel of octree convolutions: the pixels of a window are its
/// neighbours. Where rows and columns give too few groups to fill a large GPU, several share a tile
/// and take a part of the depth each.
final class FloatDenseTasks {
  /// The cost of a part of a tile, in times of the product of a depth of one: its bytes at 3 TB/s.
  private static final double PART = 0.1;

  private static final int MOST_PARTS = 16;

  /// Depth of a part at least.
  private static final int LEAST_DEPTH = 64;

  private static final int PARTIAL = 0;
  private static final int GATHERED = 1;

  private FloatDenseTasks() {}

  static void prepare(Lowering tasks, DenseTasks op) {
    Split split = Split.of(tasks, op);
    if (split.width() > 0) { // A graph must not be given arrays that no task of it takes.
      table(tasks, op, split);
      lists(tasks, op, split);
    }
  }

  static void lower(Lowering tasks, DenseTasks op) {
    Split split = Split.of(tasks, op);
    int out = op.y().channels();
    int columns = FloatConvolution.tileColumns(out);
    int size = Math.multiplyExact(tasks.capacity(op.y().rows()), out);
    FloatArray x = op.isGathered() ? op.gather(tasks, GATHERED) : tasks.floats(op.x());
    FloatArray y =
        split.parts() == 1
            ? tasks.floats(op.y())
            : tasks.scratch(PARTIAL, Math.multiplyExact(split.parts(), size));
    tasks
        .graph()
        .task(
            tasks.id(
                "product",
                Lowering.groups(
                    FloatConvolution.threads(columns),
                    tiles(tasks, op),
                    Math.ceilDiv(out, columns),
                    split.parts())),
            FloatConvolution::convolve,
            new KernelContext(),
            y,
            x,
            tasks.floats(op.weights()),
            tasks.floats(op.bias() == null ? op.weights() : op.bias()),
            table(tasks, op, split),
            tasks.constants(IntStream.range(0, split.offsets()).toArray()),
            lists(tasks, op, split),
            tasks.counts(),
            tasks.counts(),
            tasks.slot(op.y().rows()),
            split.width(),
            op.depth() / split.offsets(),
            out,
            columns,
            op.transposed() ? 1 : 0,
            op.bias() == null ? 0 : 1,
            0,
            split.parts(),
            size);
    if (split.parts() > 1) {
      op.finish(tasks, y, split.parts(), false);
    } else {
      op.finish(tasks, false);
    }
  }

  private static int tiles(Lowering tasks, DenseTasks op) {
    return Math.ceilDiv(tasks.capacity(op.y().rows()), TileLists.ROWS);
  }

  private static IntArray table(Lowering tasks, DenseTasks op, Split split) {
    if (split.width() == 0) {
      return tasks.counts();
    }
    if (op.window() != null && !op.isGathered()) {
      return op.table(tasks);
    }
    int size = Math.multiplyExact(tasks.capacity(op.y().rows()), split.width());
    return tasks.onceInts(
        new SplitKey(size),
        size,
        table ->
            tasks
                .graph()
                .task(
                    tasks.id("pieces", Lowering.loop(size)),
                    TileLists::pieces,
                    table,
                    tasks.capacity(op.y().rows()),
                    split.width()));
  }

  private static IntArray lists(Lowering tasks, DenseTasks op, Split split) {
    return split.width() == 0
        ? tasks.counts()
        : allOffsets(tasks, tiles(tasks, op), split.offsets());
  }

  /// Lists of all offsets for each tile.
  static IntArray allOffsets(Lowering tasks, int tiles, int offsets) {
    int size = tiles * TileLists.PITCH;
    return tasks.onceInts(
        new ListKey(tiles, offsets),
        size,
        lists ->
            tasks
                .graph()
                .task(
                    tasks.id("allOffsets", Lowering.loop(size)),
                    TileLists::allOffsets,
                    lists,
                    tiles,
                    offsets));
  }

  /// How the depth is taken.
  ///
  /// @param width columns of the table, 0 if there is none
  /// @param offsets pieces of the depth
  /// @param parts groups that share a tile
  private record Split(int width, int offsets, int parts) {
    static Split of(Lowering tasks, DenseTasks op) {
      int columns = FloatConvolution.tileColumns(op.y().channels());
      int groups = tiles(tasks, op) * Math.ceilDiv(op.y().channels(), columns);
      int depth = op.depth();
      double cost = PART * groups / depth;
      if (op.window() != null && !op.isGathered()) {
        int area = op.window().area();
        int parts = new TileSplit(groups, columns, area, cost).parts(MOST_PARTS, _ -> true);
        return new Split(area, area, parts);
      }
      int parts =
          op.transposed()
              ? 1
              : new TileSplit(groups, columns, depth, cost)
                  .parts(
                      MOST_PARTS,
                      wanted -> depth % (16 * wanted) == 0 && depth / wanted >= LEAST_DEPTH);
      return new Split(parts == 1 ? 0 : parts, parts, parts);
    }
  }

  private record SplitKey(int size) {}

  private record ListKey(int tiles, int offsets) {}
}
