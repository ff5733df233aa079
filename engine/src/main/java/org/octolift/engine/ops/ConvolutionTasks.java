package org.octolift.engine.ops;

import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Convolutions;
import org.octolift.kernels.gpu.FloatConvolution;
import org.octolift.kernels.gpu.FloatWeightGradient;
import org.octolift.kernels.gpu.WeightGradientBlocks;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The convolutions as tasks of TornadoVM: where kernels are chosen.
final class ConvolutionTasks {
  /// Partial sums of a weight gradient should not take more floats than this.
  private static final int PARTIAL_FLOATS = 1 << 22;

  private static final int MOST_CHUNKS = 64;

  /// Groups that share a tile's offsets where a few rooms have few tiles.
  private static final int PARTS = 7;

  /// The same, one depth further, where there is one slab of columns, and at least.
  private static final int FINER_PARTS = 4;

  private static final int FEWEST_PARTS = 2;

  private ConvolutionTasks() {}

  static void convolve(Lowering tasks, Convolution op) {
    if (tasks.prefersGroups()) {
      if (HalfConvolutionTasks.suit(tasks, op.y().channels())) {
        HalfConvolutionTasks.convolve(tasks, op);
      } else if (op.relation() == null && LibraryDenseTasks.suit(tasks, DenseTasks.of(op))) {
        LibraryDenseTasks.lower(tasks, DenseTasks.of(op));
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
            RelationTasks.table(tasks, op.table()),
            RelationTasks.columns(tasks, op.relation()),
            tasks.counts(),
            tasks.slot(y.rows()),
            tasks.capacity(y.rows()),
            RelationTasks.width(op.table()),
            RelationTasks.offsets(op.relation()),
            x.channels(),
            y.channels(),
            op.transposed() ? 1 : 0,
            op.bias() == null ? 0 : 1);
  }

  static void weightGradient(Lowering tasks, ConvolutionWeightGradient op) {
    if (tasks.prefersGroups()) {
      if (HalfConvolutionTasks.suit(tasks, op.dy().channels())) {
        HalfConvolutionTasks.weightGradient(tasks, op);
      } else {
        weightGradientByGroups(tasks, op);
      }
      return;
    }
    Value dy = op.dy();
    int in = op.x().channels();
    int out = dy.channels();
    int size = RelationTasks.offsets(op.relation()) * in * out;
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
            RelationTasks.table(tasks, op.table()),
            RelationTasks.columns(tasks, op.relation()),
            tasks.counts(),
            tasks.slot(dy.rows()),
            chunks,
            RelationTasks.width(op.table()),
            RelationTasks.offsets(op.relation()),
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
    int tiles = RelationTasks.tiles(tasks, y);
    int columns = FloatConvolution.tileColumns(y.channels());
    int slabs = Math.ceilDiv(y.channels(), columns);
    int parts = parts(op.relation(), slabs);
    int size = Math.multiplyExact(tasks.capacity(y.rows()), y.channels());
    FloatArray output =
        parts == 1 ? tasks.floats(y) : tasks.scratch(0, Math.multiplyExact(parts, size));
    boolean ordered = RelationTasks.isOrdered(op.relation());
    IntArray lists = RelationTasks.lists(tasks, op.table(), op.relation(), y, ordered);
    tasks
        .graph()
        .task(
            tasks.id(
                op.name(), Lowering.groups(FloatConvolution.threads(columns), tiles, slabs, parts)),
            FloatConvolution::convolve,
            new KernelContext(),
            output,
            tasks.floats(op.x()),
            tasks.floats(op.weights()),
            tasks.floats(op.bias() == null ? op.weights() : op.bias()),
            RelationTasks.table(tasks, op.table()),
            RelationTasks.columns(tasks, op.relation()),
            lists,
            RelationTasks.order(tasks, op.table(), ordered),
            tasks.counts(),
            tasks.slot(y.rows()),
            RelationTasks.width(op.table()),
            op.x().channels(),
            y.channels(),
            columns,
            op.transposed() ? 1 : 0,
            op.bias() == null ? 0 : 1,
            ordered ? 1 : 0,
            parts,
            size);
    addParts(tasks, y, output, parts);
  }

  /// Groups that share a tile's offsets: those for which the lists of a few rooms need the least
  /// time on an H100, by a model of its multiprocessors that counts products and parts.
  private static int parts(Relation relation, int slabs) {
    if (RelationTasks.isCoarse(relation)) {
      return PARTS;
    }
    return RelationTasks.isCoarse(relation, 1)
        ? Math.max(FEWEST_PARTS, FINER_PARTS + 1 - slabs)
        : 1;
  }

  /// Adds the parts of a convolution, if there are several.
  static void addParts(Lowering tasks, Value y, FloatArray output, int parts) {
    if (parts > 1) {
      int capacity = tasks.capacity(y.rows());
      tasks
          .graph()
          .task(
              tasks.id("addParts", Lowering.loop(capacity * y.channels())),
              FloatConvolution::addParts,
              tasks.floats(y),
              output,
              tasks.counts(),
              tasks.slot(y.rows()),
              capacity,
              y.channels(),
              parts);
    }
  }

  private static void weightGradientByGroups(Lowering tasks, ConvolutionWeightGradient op) {
    Value dy = op.dy();
    int offsets = RelationTasks.offsets(op.relation());
    int in = op.x().channels();
    int out = dy.channels();
    int chunks = FloatWeightGradient.chunks(offsets, in, out);
    int width = RelationTasks.width(op.table());
    FloatArray partials = tasks.scratch(0, FloatWeightGradient.partials(offsets, in, out));
    IntArray[] lists = RelationTasks.rowLists(tasks, op.table());
    IntArray columns = RelationTasks.columns(tasks, op.relation());
    IntArray deals =
        tasks
            .prepared(
                new DealKey(op.table(), op.relation(), dy.rows(), chunks),
                arrays ->
                    tasks
                        .graph()
                        .task(
                            tasks.id("deal", Lowering.loop(chunks)),
                            FloatWeightGradient::deal,
                            arrays[0],
                            lists[1],
                            columns,
                            tasks.counts(),
                            tasks.slot(dy.rows()),
                            offsets,
                            width,
                            RelationTasks.segments(tasks, op.table()),
                            chunks),
                FloatWeightGradient.deals(offsets, chunks))[0];
    tasks
        .graph()
        .task(
            tasks.id(
                op.name(),
                Lowering.groups(
                    WeightGradientBlocks.blockIn(in),
                    chunks,
                    WeightGradientBlocks.parts(in, out),
                    1)),
            FloatWeightGradient::partialSums,
            new KernelContext(),
            partials,
            tasks.floats(dy),
            tasks.floats(op.x()),
            RelationTasks.table(tasks, op.table()),
            columns,
            lists[0],
            deals,
            offsets,
            width,
            in,
            out)
        .task(
            tasks.id(op.name(), Lowering.loop(offsets * in * out)),
            FloatWeightGradient::sum,
            tasks.floats(op.dWeights()),
            partials,
            deals,
            offsets,
            in,
            out);
  }

  /// Deals serve all gradients of a relation that have as many chunks.
  private record DealKey(Value table, Relation relation, Rows rows, int chunks) {}
}
