package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.gpu.HalfConvolution;
import org.octolift.kernels.gpu.HalfOperands;
import org.octolift.kernels.gpu.HalfWeightGradient;
import org.octolift.kernels.gpu.WeightGradientBlocks;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The convolutions on tensor cores. Operands are read from [Twin]s where there are such, and else
/// converted by each op that reads them.
final class HalfConvolutionTasks {
  /// With fewer channels the depth of a product is padded with zeros, so that three products cost
  /// little: features of points keep 16 significant bits.
  private static final int FEWEST_ROUNDED = 16;

  /// A work-item stores two columns.
  private static final int FEWEST_OUTPUTS = 2;

  /// Scratch that [RelationTasks] does not use.
  private static final int GATHERED = 2;

  private static final int OTHER = 3;

  /// Groups that share a tile's offsets where a few rooms have few tiles.
  private static final int PARTS = 2;

  private HalfConvolutionTasks() {}

  /// Whether a product with {@code out} output channels is to run on tensor cores.
  static boolean suit(Lowering tasks, int out) {
    return tasks.precision() != Precision.FP32 && out >= FEWEST_OUTPUTS;
  }

  /// The copies that a convolution multiplies.
  static List<Twin> twins(Convolution op) {
    boolean rounds = op.x().channels() >= FEWEST_ROUNDED && op.y().channels() >= FEWEST_OUTPUTS;
    return rounds ? List.of(Twin.rows(op.x())) : List.of();
  }

  /// The copies that a weight gradient multiplies.
  static List<Twin> twins(ConvolutionWeightGradient op) {
    boolean rounds = op.x().channels() >= FEWEST_ROUNDED && op.dy().channels() >= FEWEST_OUTPUTS;
    return rounds ? List.of(Twin.rows(op.x()), columns(op)) : List.of();
  }

  private static Twin columns(ConvolutionWeightGradient op) {
    return Twin.columns(op.dy(), RelationTasks.isOrdered(op.relation()) ? op.table() : null);
  }

  /// The twin of an operand, unless the op multiplies more than its 16 bits.
  private static LongArray twin(Lowering tasks, Twin twin, int format) {
    return format == HalfOperands.BF16 ? tasks.twin(twin) : null;
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
    int capacity = tasks.capacity(op.x().rows());
    LongArray weights =
        tasks.scratchLongs(
            OTHER, HalfOperands.weightLongs(offsets, in, out, columns, bias, format));
    LongArray x = operands(tasks, op, weights, columns, format);
    boolean ordered = RelationTasks.isOrdered(op.relation()) && out % 8 == 0;
    IntArray lists = RelationTasks.lists(tasks, op.table(), op.relation(), y, ordered);
    int parts = RelationTasks.isCoarse(op.relation()) ? PARTS : 1;
    int size = Math.multiplyExact(tasks.capacity(y.rows()), out);
    FloatArray output =
        parts == 1 ? tasks.floats(y) : tasks.scratch(0, Math.multiplyExact(parts, size));
    tasks
        .graph()
        .task(
            tasks.id(
                op.name(),
                Lowering.groups(
                    2 * columns, RelationTasks.tiles(tasks, y), Math.ceilDiv(out, columns), parts)),
            HalfConvolution::convolve,
            new KernelContext(),
            output,
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
            capacity,
            padded,
            out,
            columns,
            bias,
            ordered ? 1 : 0,
            parts,
            format);
    ConvolutionTasks.addParts(tasks, y, output, parts);
  }

  /// Packs the weights, and converts the rows unless they have a twin; returns the rows.
  private static LongArray operands(
      Lowering tasks, Convolution op, LongArray weights, int columns, int format) {
    int offsets = RelationTasks.offsets(op.relation());
    int in = op.x().channels();
    int out = op.y().channels();
    int padded = HalfOperands.padded(in);
    int bias = op.bias() == null ? 0 : 1;
    int transposed = op.transposed() ? 1 : 0;
    int weightLongs = HalfOperands.weightLongs(offsets, in, out, columns, bias, format);
    FloatArray floatWeights = tasks.floats(op.weights());
    FloatArray biases = bias == 0 ? floatWeights : tasks.floats(op.bias());
    LongArray twin = twin(tasks, Twin.rows(op.x()), format);
    if (twin != null) {
      tasks
          .graph()
          .task(
              tasks.id("halfWeights", Lowering.loop(weightLongs)),
              HalfOperands::weights,
              weights,
              floatWeights,
              biases,
              tasks.constants(offsets, in, out, padded, transposed, bias),
              columns,
              format);
      return twin;
    }
    int capacity = tasks.capacity(op.x().rows());
    int rowLongs = HalfOperands.rowLongs(capacity, in, format);
    LongArray x = tasks.scratchLongs(GATHERED, rowLongs);
    tasks
        .graph()
        .task(
            tasks.id("halfOperands", Lowering.loop(rowLongs + weightLongs)),
            HalfOperands::rowsAndWeights,
            x,
            weights,
            tasks.floats(op.x()),
            floatWeights,
            biases,
            tasks.counts(),
            tasks.slot(op.x().rows()),
            offsets,
            in,
            out,
            padded,
            capacity,
            columns,
            transposed,
            bias,
            format);
    return x;
  }

  static void weightGradient(Lowering tasks, ConvolutionWeightGradient op) {
    Value dy = op.dy();
    int offsets = RelationTasks.offsets(op.relation());
    int in = op.x().channels();
    int out = dy.channels();
    int format = format(tasks, in);
    int chunks = WeightGradientBlocks.chunks(offsets, in, out) * HalfOperands.terms(format);
    FloatArray partials = tasks.scratch(0, WeightGradientBlocks.partials(offsets, in, out, format));
    IntArray starts = tasks.prepared(new StartsKey(offsets), _ -> {}, offsets + 1)[0];
    boolean ordered = RelationTasks.isOrdered(op.relation());
    IntArray order = RelationTasks.order(tasks, op.table(), ordered);
    IntArray blocks = RelationTasks.blockLists(tasks, op.table(), dy, ordered);
    int capacity = tasks.capacity(op.x().rows());
    LongArray[] operands = operands(tasks, op, order, format);
    LongArray x = operands[0];
    LongArray columns = operands[1];
    tasks
        .graph()
        .task(
            tasks.id(
                op.name(),
                Lowering.groups(
                    WeightGradientBlocks.threads(in, out),
                    chunks,
                    WeightGradientBlocks.parts(in, out),
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
            capacity,
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
            tasks.constants(offsets, in, out),
            format);
  }

  /// The rows of x and the columns of dy, converted unless they have twins.
  private static LongArray[] operands(
      Lowering tasks, ConvolutionWeightGradient op, IntArray order, int format) {
    Value dy = op.dy();
    int in = op.x().channels();
    int out = dy.channels();
    int capacity = tasks.capacity(op.x().rows());
    int capacityDy = tasks.capacity(dy.rows());
    int rowLongs = HalfOperands.rowLongs(capacity, in, format);
    int columnLongs = HalfOperands.columnLongs(capacityDy, out, format);
    int ordered = RelationTasks.isOrdered(op.relation()) ? 1 : 0;
    LongArray rows = twin(tasks, Twin.rows(op.x()), format);
    LongArray columns = twin(tasks, columns(op), format);
    LongArray x = rows == null ? tasks.scratchLongs(GATHERED, rowLongs) : rows;
    LongArray gradient = columns == null ? tasks.scratchLongs(OTHER, columnLongs) : columns;
    if (rows == null && columns == null) {
      tasks
          .graph()
          .task(
              tasks.id("halfOperands", Lowering.loop(rowLongs + columnLongs)),
              HalfOperands::rowsAndColumns,
              x,
              gradient,
              tasks.floats(op.x()),
              tasks.floats(dy),
              order,
              tasks.counts(),
              tasks.slot(op.x().rows()),
              tasks.slot(dy.rows()),
              in,
              out,
              HalfOperands.padded(in),
              HalfOperands.padded(out),
              capacity,
              HalfOperands.blocks(capacityDy),
              ordered,
              format);
    } else if (rows == null) {
      tasks
          .graph()
          .task(
              tasks.id("halfRows", Lowering.loop(rowLongs)),
              HalfOperands::rows,
              x,
              tasks.floats(op.x()),
              tasks.counts(),
              tasks.slot(op.x().rows()),
              in,
              HalfOperands.padded(in),
              capacity,
              format);
    } else if (columns == null) {
      tasks
          .graph()
          .task(
              tasks.id("halfColumns", Lowering.loop(columnLongs)),
              HalfOperands::columns,
              gradient,
              tasks.floats(dy),
              order,
              tasks.counts(),
              tasks.slot(dy.rows()),
              out,
              HalfOperands.padded(out),
              HalfOperands.blocks(capacityDy),
              ordered,
              format);
    }
    return new LongArray[] {x, gradient};
  }

  /// Where the chunks of a weight gradient's offsets begin; undefined between ops.
  private record StartsKey(int offsets) {}
}
