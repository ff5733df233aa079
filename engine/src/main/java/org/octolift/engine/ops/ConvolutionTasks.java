package org.octolift.engine.ops;

import org.octolift.engine.Value;
import org.octolift.engine.octree.Relation;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Convolutions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The convolutions as tasks of TornadoVM: where kernels are chosen.
final class ConvolutionTasks {
  /// Partial sums of a weight gradient should not take more floats than this.
  private static final int PARTIAL_FLOATS = 1 << 22;

  private static final int MOST_CHUNKS = 64;

  private ConvolutionTasks() {}

  static void convolve(Lowering tasks, Convolution op) {
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

  private static IntArray table(Lowering tasks, Value table) {
    return table == null ? tasks.counts() : tasks.ints(table);
  }

  private static int width(Value table) {
    return table == null ? 0 : table.channels();
  }

  private static int offsets(Relation relation) {
    return relation == null ? 1 : relation.shape().size();
  }

  private static IntArray columns(Lowering tasks, Relation relation) {
    int[] columns = new int[offsets(relation)];
    for (int k = 0; relation != null && k < columns.length; k++) {
      columns[k] = relation.column(k);
    }
    return tasks.constants(columns);
  }
}
