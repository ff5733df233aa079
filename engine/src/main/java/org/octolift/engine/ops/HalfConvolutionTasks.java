package org.octolift.engine.ops;

import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.kernels.gpu.HalfConvolution;
import org.octolift.kernels.gpu.HalfOperands;
import org.octolift.kernels.gpu.HalfWeightGradient;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The convolutions on tensor cores. Operands are converted by each op that reads them: to keep the
/// copies of a step would take half of its activations' memory again, for a tenth of the time of
/// the products.
final class HalfConvolutionTasks {
  /// With fewer channels the depth of a product is padded with zeros, so that three products cost
  /// little: features of points keep 16 significant bits.
  private static final int FEWEST_ROUNDED = 16;

  /// A work-item stores two columns.
  private static final int FEWEST_OUTPUTS = 2;

  /// Scratch that [RelationTasks] does not use.
  private static final int GATHERED = 2;

  private static final int OTHER = 3;

  private HalfConvolutionTasks() {}

  /// Whether a product with {@code out} output channels is to run on tensor cores.
  static boolean suit(Lowering tasks, int out) {
    return tasks.precision() != Precision.FP32 && out >= FEWEST_OUTPUTS;
  }

  private static int format(Lowering tasks, int in) {
    return tasks.precision() == Precision.BF16X3 || in < FEWEST_ROUNDED
        ? HalfOperands.SPLIT
        : HalfOperands.BF16;
  }

  static void convolve(Lowering tasks, Convolution op) {
    Value y = op.y();
    int offsets = RelationTasks.offsets(op.relation());
    int in = op.x().channels();
    int out = y.channels();
    int padded = HalfOperands.padded(in);
    int format = format(tasks, in);
    int columns = HalfConvolution.tileColumns(RelationTasks.tiles(tasks, y), out);
    int bias = op.bias() == null ? 0 : 1;
    LongArray x = rows(tasks, op.x(), format);
    LongArray weights =
        tasks.scratchLongs(
            OTHER, HalfOperands.weightLongs(offsets, in, out, columns, bias, format));
    boolean ordered = RelationTasks.isOrdered(op.relation()) && out % 8 == 0;
    IntArray lists = RelationTasks.lists(tasks, op.table(), op.relation(), y, ordered);
    tasks
        .graph()
        .task(
            tasks.id(
                "halfWeights",
                Lowering.loop(
                    (offsets + bias) * Math.ceilDiv(out, columns) * padded * columns / 4)),
            HalfOperands::weights,
            weights,
            tasks.floats(op.weights()),
            tasks.floats(op.bias() == null ? op.weights() : op.bias()),
            offsets,
            in,
            out,
            padded,
            columns,
            op.transposed() ? 1 : 0,
            bias,
            format)
        .task(
            tasks.id(
                op.name(),
                Lowering.groups(
                    2 * columns, RelationTasks.tiles(tasks, y), Math.ceilDiv(out, columns), 1)),
            HalfConvolution::convolve,
            new KernelContext(),
            tasks.floats(y),
            x,
            weights,
            RelationTasks.table(tasks, op.table()),
            RelationTasks.columns(tasks, op.relation()),
            lists,
            RelationTasks.order(tasks, op.table(), ordered),
            tasks.counts(),
            tasks.slot(y.rows()),
            offsets,
            RelationTasks.width(op.table()),
            tasks.capacity(op.x().rows()),
            padded,
            out,
            columns,
            Math.min(32, padded),
            bias,
            ordered ? 1 : 0,
            format);
  }

  static void weightGradient(Lowering tasks, ConvolutionWeightGradient op) {
    Value dy = op.dy();
    int offsets = RelationTasks.offsets(op.relation());
    int in = op.x().channels();
    int out = dy.channels();
    int format = format(tasks, in);
    int chunks = HalfWeightGradient.chunks(offsets, in, out) * HalfOperands.terms(format);
    FloatArray partials = tasks.scratch(0, HalfWeightGradient.partials(offsets, in, out, format));
    IntArray starts = tasks.prepared(new StartsKey(offsets), _ -> {}, offsets + 1)[0];
    boolean ordered = RelationTasks.isOrdered(op.relation());
    IntArray order = RelationTasks.order(tasks, op.table(), ordered);
    IntArray blocks = RelationTasks.blockLists(tasks, op.table(), dy, ordered);
    LongArray x = rows(tasks, op.x(), format);
    LongArray columns = columns(tasks, dy, order, ordered, format);
    tasks
        .graph()
        .task(
            tasks.id(
                op.name(),
                Lowering.groups(
                    HalfWeightGradient.threads(in, out),
                    chunks,
                    HalfWeightGradient.parts(in, out),
                    1)),
            HalfWeightGradient::partialSums,
            new KernelContext(),
            partials,
            starts,
            columns,
            x,
            RelationTasks.table(tasks, op.table()),
            RelationTasks.columns(tasks, op.relation()),
            blocks,
            order,
            tasks.counts(),
            tasks.slot(dy.rows()),
            offsets,
            RelationTasks.width(op.table()),
            tasks.capacity(op.x().rows()),
            HalfOperands.padded(in),
            HalfOperands.padded(out),
            RelationTasks.blockPitch(tasks, dy),
            ordered ? 1 : 0,
            format)
        .task(
            tasks.id(op.name(), Lowering.loop(offsets * in * out)),
            HalfWeightGradient::sum,
            tasks.floats(op.dWeights()),
            partials,
            starts,
            offsets,
            in,
            out,
            format);
  }

  private static LongArray rows(Lowering tasks, Value x, int format) {
    int capacity = tasks.capacity(x.rows());
    LongArray half =
        tasks.scratchLongs(GATHERED, HalfOperands.rowLongs(capacity, x.channels(), format));
    tasks
        .graph()
        .task(
            tasks.id(
                "halfRows", Lowering.loop(HalfOperands.rowLongs(capacity, x.channels(), format))),
            HalfOperands::rows,
            half,
            tasks.floats(x),
            tasks.counts(),
            tasks.slot(x.rows()),
            x.channels(),
            HalfOperands.padded(x.channels()),
            capacity,
            format);
    return half;
  }

  private static LongArray columns(
      Lowering tasks, Value dy, IntArray order, boolean ordered, int format) {
    int capacity = tasks.capacity(dy.rows());
    LongArray half =
        tasks.scratchLongs(OTHER, HalfOperands.columnLongs(capacity, dy.channels(), format));
    tasks
        .graph()
        .task(
            tasks.id(
                "halfColumns",
                Lowering.loop(HalfOperands.columnLongs(capacity, dy.channels(), format))),
            HalfOperands::columns,
            half,
            tasks.floats(dy),
            order,
            tasks.counts(),
            tasks.slot(dy.rows()),
            dy.channels(),
            HalfOperands.padded(dy.channels()),
            HalfOperands.blocks(capacity),
            ordered ? 1 : 0,
            format);
    return half;
  }

  /// Where the chunks of a weight gradient's offsets begin; undefined between ops.
  private record StartsKey(int offsets) {}
}
