package org.octolift.engine.ops;

import java.util.Arrays;
import org.octolift.engine.Value;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Convolutions;
import org.octolift.kernels.gpu.FloatConvolution;
import org.octolift.kernels.gpu.FloatWeightGradient;
import org.octolift.kernels.gpu.TileLists;
import org.octolift.kernels.gpu.WeightGradientSums;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The convolutions as tasks of TornadoVM: where kernels are chosen.
final class ConvolutionTasks {
  /// Partial sums of a weight gradient should not take more floats than this.
  private static final int PARTIAL_FLOATS = 1 << 22;

  private static final int MOST_CHUNKS = 64;

  private ConvolutionTasks() {}

  static void convolve(Lowering tasks, Convolution op) {
    if (tasks.prefersGroups()) {
      if (HalfConvolutionTasks.suit(tasks, op.x().channels(), op.y().channels())) {
        HalfConvolutionTasks.convolve(tasks, op);
      } else {
        convolveByGroups(tasks, op);
      }
      return;
    }
    Value y = op.y();
    Value x = op.x();
    tasks
        .graph()
        .task(
            tasks.id(op.name()),
            Convolutions::convolve,
            tasks.floats(y),
            tasks.floats(x),
            tasks.floats(op.weights()),
            tasks.floats(op.bias() == null ? op.weights() : op.bias()),
            table(tasks, op.table()),
            columns(tasks, op.relation()),
            tasks.counts(),
            tasks.slot(y.rows()),
            tasks.capacity(y.rows()),
            width(op.table()),
            offsets(op.relation()),
            x.channels(),
            y.channels(),
            op.transposed() ? 1 : 0,
            op.bias() == null ? 0 : 1);
  }

  static void weightGradient(Lowering tasks, ConvolutionWeightGradient op) {
    if (tasks.prefersGroups()) {
      if (HalfConvolutionTasks.suit(tasks, op.x().channels(), op.dy().channels())) {
        HalfConvolutionTasks.weightGradient(tasks, op);
      } else {
        weightGradientByGroups(tasks, op);
      }
      return;
    }
    Value dy = op.dy();
    int in = op.x().channels();
    int out = dy.channels();
    int size = offsets(op.relation()) * in * out;
    int chunks = Math.clamp(PARTIAL_FLOATS / size, 1, MOST_CHUNKS);
    FloatArray partials = tasks.scratch(0, chunks * size);
    tasks
        .graph()
        .task(
            tasks.id(op.name()),
            Convolutions::weightGradient,
            partials,
            tasks.floats(op.x()),
            tasks.floats(dy),
            table(tasks, op.table()),
            columns(tasks, op.relation()),
            tasks.counts(),
            tasks.slot(dy.rows()),
            chunks,
            width(op.table()),
            offsets(op.relation()),
            in,
            out)
        .task(
            tasks.id(op.name()),
            Convolutions::finishWeightGradient,
            tasks.floats(op.dWeights()),
            partials,
            chunks,
            size);
  }

  private static void convolveByGroups(Lowering tasks, Convolution op) {
    Value y = op.y();
    int tiles = tiles(tasks, y);
    int slabs = Math.ceilDiv(y.channels(), FloatConvolution.COLUMNS);
    boolean ordered = isOrdered(op.relation());
    IntArray lists = lists(tasks, op.table(), op.relation(), y, ordered)[0];
    tasks
        .graph()
        .task(
            tasks.id(op.name(), Lowering.groups(FloatConvolution.THREADS, tiles, slabs, 1)),
            FloatConvolution::convolve,
            new KernelContext(),
            tasks.floats(y),
            tasks.floats(op.x()),
            tasks.floats(op.weights()),
            tasks.floats(op.bias() == null ? op.weights() : op.bias()),
            table(tasks, op.table()),
            columns(tasks, op.relation()),
            lists,
            ordered ? order(tasks, op.table(), y) : tasks.counts(),
            tasks.counts(),
            tasks.slot(y.rows()),
            width(op.table()),
            op.x().channels(),
            y.channels(),
            op.transposed() ? 1 : 0,
            op.bias() == null ? 0 : 1,
            ordered ? 1 : 0);
  }

  private static void weightGradientByGroups(Lowering tasks, ConvolutionWeightGradient op) {
    Value dy = op.dy();
    int offsets = offsets(op.relation());
    int in = op.x().channels();
    int out = dy.channels();
    int chunks = FloatWeightGradient.chunks(offsets, in, out);
    int paddedIn = FloatWeightGradient.padded(in);
    int paddedOut = FloatWeightGradient.padded(out);
    int blocks = paddedIn / FloatWeightGradient.BLOCK * (paddedOut / FloatWeightGradient.BLOCK);
    FloatArray partials = tasks.scratch(0, FloatWeightGradient.partials(offsets, in, out));
    tasks
        .graph()
        .task(
            tasks.id(
                op.name(), Lowering.groups(FloatWeightGradient.THREADS, chunks, offsets, blocks)),
            FloatWeightGradient::partialSums,
            new KernelContext(),
            partials,
            tasks.floats(dy),
            tasks.floats(op.x()),
            table(tasks, op.table()),
            columns(tasks, op.relation()),
            tasks.counts(),
            tasks.slot(dy.rows()),
            offsets,
            width(op.table()),
            in,
            out,
            chunks)
        .task(
            tasks.id(op.name(), Lowering.loop(offsets * in * out)),
            WeightGradientSums::sum,
            tasks.floats(op.dWeights()),
            partials,
            offsets,
            in,
            out,
            chunks,
            paddedOut,
            paddedIn);
  }

  /// What tiles of rows know of a relation: lists of offsets, and the same as masks.
  ///
  /// @param ordered whether tiles take rows as [#order] says
  static IntArray[] lists(
      Lowering tasks, Value table, Relation relation, Value out, boolean ordered) {
    if (table == null) {
      return new IntArray[] {tasks.counts(), tasks.counts()};
    }
    int tiles = tiles(tasks, out);
    IntArray order = ordered ? order(tasks, table, out) : tasks.counts();
    return tasks.prepared(
        new TileKey(table, relation, ordered),
        arrays ->
            tasks
                .graph()
                .task(
                    tasks.id("tileLists", Lowering.groups(TileLists.ROWS, tiles, 1, 1)),
                    TileLists::lists,
                    new KernelContext(),
                    arrays[0],
                    arrays[1],
                    tasks.ints(table),
                    columns(tasks, relation),
                    order,
                    tasks.counts(),
                    tasks.slot(out.rows()),
                    offsets(relation),
                    width(table),
                    ordered ? 1 : 0),
        tiles * TileLists.PITCH,
        tiles);
  }

  /// Whether tiles take rows in an order that brings rows with the same neighbours together. Where
  /// each row has one place in a kernel, or all, nothing is gained.
  private static boolean isOrdered(Relation relation) {
    return relation != null && relation.stride() == 1 && relation.shape().size() > 1;
  }

  /// The order of the rows of a table of neighbours; one order serves all kernels and directions.
  private static IntArray order(Lowering tasks, Value table, Value out) {
    int width = width(table);
    int[] all = new int[width];
    Arrays.setAll(all, column -> column);
    int windows = Math.ceilDiv(tasks.capacity(out.rows()), TileLists.WINDOW);
    return tasks
        .prepared(
            new OrderKey(table),
            arrays ->
                tasks
                    .graph()
                    .task(
                        tasks.id("order", Lowering.groups(TileLists.SORTERS, windows, 1, 1)),
                        TileLists::sortWindows,
                        new KernelContext(),
                        arrays[0],
                        tasks.ints(table),
                        tasks.constants(all),
                        tasks.counts(),
                        tasks.slot(out.rows()),
                        width,
                        width),
            tasks.capacity(out.rows()))[0];
  }

  private record OrderKey(Value table) {}

  private record TileKey(Value table, Relation relation, boolean ordered) {}

  static int tiles(Lowering tasks, Value out) {
    return Math.ceilDiv(tasks.capacity(out.rows()), TileLists.ROWS);
  }

  static IntArray table(Lowering tasks, Value table) {
    return table == null ? tasks.counts() : tasks.ints(table);
  }

  static int width(Value table) {
    return table == null ? 0 : table.channels();
  }

  static int offsets(Relation relation) {
    return relation == null ? 1 : relation.shape().size();
  }

  static IntArray columns(Lowering tasks, Relation relation) {
    int[] columns = new int[offsets(relation)];
    for (int k = 0; relation != null && k < columns.length; k++) {
      columns[k] = relation.column(k);
    }
    return tasks.constants(columns);
  }
}
