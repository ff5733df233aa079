package org.octolift.engine.ops;

import org.octolift.engine.Value;
import org.octolift.engine.cublas.Matmul;
import org.octolift.engine.cublas.Matmul.Epilogue;
import org.octolift.engine.cublas.Matmul.Numbers;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.gpu.HalfPanels;
import org.octolift.kernels.gpu.PlainRows;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// Dense products by cuBLAS. In BF16 operands are rounded as for our own kernels, and so are result
/// and bias if nobody wants the result as floats: then the library also computes GELU, within 5e-4.
final class LibraryDenseTasks {
  /// Depth and columns of a product at least.
  private static final int FEWEST = 16;

  /// What floats of a row must be a multiple of, for rows to begin at 16 bytes.
  private static final int FLOATS = 4;

  /// What floats of a row of the result must be a multiple of where the weights, which are packed,
  /// lie in rows of the depth.
  private static final int PAIR = 2;

  private static final int ROWS = 2;
  private static final int WEIGHTS = 3;
  private static final int WORKSPACE = 4;
  private static final int BIAS = 5;

  private LibraryDenseTasks() {}

  /// Whether a product is left to the library.
  static boolean suit(Lowering tasks, DenseTasks op) {
    return tasks.hasLibrary() && suits(op, tasks.precision());
  }

  /// Whether a product is one for a library.
  static boolean suits(DenseTasks op, Precision precision) {
    int out = op.y().channels();
    boolean half = precision == Precision.BF16;
    return op.window() == null
        && op.depth() >= FEWEST
        && out >= FEWEST
        && op.depth() % (half ? PlainRows.MULTIPLE : FLOATS) == 0
        && out % (half ? PAIR : FLOATS) == 0;
  }

  static void prepare(Lowering tasks, DenseTasks op) {
    if (tasks.precision() == Precision.BF16) {
      if (tasks.isConstant(op.weights())) {
        weights(tasks, op);
      }
      if (isRounded(tasks, op) && op.bias() != null && tasks.isConstant(op.bias())) {
        bias(tasks, op);
      }
    }
  }

  static void lower(Lowering tasks, DenseTasks op) {
    if (tasks.precision() == Precision.BF16) {
      lowerToHalf(tasks, op);
    } else {
      multiply(
          tasks,
          op,
          op.transposed(),
          Numbers.FP32,
          tasks.floats(op.y()),
          tasks.floats(op.x()),
          tasks.floats(op.weights()));
      finish(tasks, op);
    }
  }

  private static void lowerToHalf(Lowering tasks, DenseTasks op) {
    LongArray twin = tasks.twin(Twin.plain(op.y()));
    boolean rounded = isRounded(tasks, op);
    TornadoNativeArray y = rounded ? twin : tasks.floats(op.y());
    multiply(tasks, op, true, Numbers.BF16, y, rows(tasks, op), weights(tasks, op));
    if (!rounded) {
      finish(tasks, op);
      if (twin != null) {
        Twin.plain(op.y()).convert(tasks);
      }
    }
  }

  /// Whether the product writes nothing but BF16.
  private static boolean isRounded(Lowering tasks, DenseTasks op) {
    return !tasks.isStored(op.y());
  }

  /// @param transposed whether the weights given are (out, depth)
  private static void multiply(
      Lowering tasks,
      DenseTasks op,
      boolean transposed,
      Numbers operands,
      TornadoNativeArray y,
      TornadoNativeArray x,
      TornadoNativeArray weights) {
    boolean rounded = isRounded(tasks, op);
    Matmul matmul =
        Matmul.ofRows(
            tasks.capacity(op.y().rows()),
            op.depth(),
            op.y().channels(),
            transposed,
            operands,
            rounded ? Numbers.BF16 : Numbers.FP32,
            op.residual() != null,
            epilogue(op, rounded));
    TornadoNativeArray bias =
        op.bias() == null ? tasks.unused() : rounded ? bias(tasks, op) : tasks.floats(op.bias());
    tasks
        .graph()
        .libraryTask(
            tasks.id("matmul", null),
            matmul::task,
            y,
            x,
            weights,
            bias,
            op.residual() == null ? tasks.unused(1) : tasks.floats(op.residual()),
            tasks.scratchLongs(WORKSPACE, Matmul.WORKSPACE / Long.BYTES));
  }

  private static Epilogue epilogue(DenseTasks op, boolean rounded) {
    boolean biased = op.bias() != null;
    return switch (op.activation()) {
      case NONE -> biased ? Epilogue.BIAS : Epilogue.NONE;
      case RELU -> biased ? Epilogue.RELU_BIAS : Epilogue.RELU;
      case GELU ->
          rounded
              ? biased ? Epilogue.GELU_BIAS : Epilogue.GELU
              : biased ? Epilogue.BIAS : Epilogue.NONE;
    };
  }

  /// What no epilogue has done to floats.
  private static void finish(Lowering tasks, DenseTasks op) {
    if (op.activation() == Activation.GELU) {
      op.finish(tasks, false);
    }
  }

  /// The rows of x, converted unless they have a twin.
  private static LongArray rows(Lowering tasks, DenseTasks op) {
    LongArray twin = tasks.twin(Twin.plain(op.x()));
    if (twin != null) {
      return twin;
    }
    int capacity = tasks.capacity(op.x().rows());
    int panelRows = HalfPanels.panelRows(capacity);
    LongArray half = tasks.scratchLongs(ROWS, PlainRows.longs(capacity, op.depth()));
    tasks
        .graph()
        .task(
            tasks.id("plainRows", Lowering.loop(panelRows * op.depth() / 4)),
            PlainRows::rows,
            half,
            tasks.floats(op.x()),
            tasks.counts(),
            tasks.slot(op.x().rows()),
            op.depth(),
            panelRows);
    return half;
  }

  /// The weights as (out, depth), found if they were packed before.
  private static LongArray weights(Lowering tasks, DenseTasks op) {
    return packed(tasks, op.weights(), WEIGHTS, op.depth(), op.y().channels(), op.transposed());
  }

  /// The bias in BF16, found if it was packed before.
  private static LongArray bias(Lowering tasks, DenseTasks op) {
    return packed(tasks, op.bias(), BIAS, op.y().channels(), 1, true);
  }

  private static LongArray packed(
      Lowering tasks, Value values, int slot, int depth, int out, boolean transposed) {
    int longs = Math.multiplyExact(depth / 4, out);
    if (tasks.isConstant(values)) {
      return tasks.onceLongs(
          new PackedKey(values),
          longs,
          half -> pack(tasks, half, tasks.floats(values), depth, out, transposed));
    }
    LongArray half = tasks.scratchLongs(slot, longs);
    pack(tasks, half, tasks.floats(values), depth, out, transposed);
    return half;
  }

  private static void pack(
      Lowering tasks, LongArray half, FloatArray values, int depth, int out, boolean transposed) {
    tasks
        .graph()
        .task(
            tasks.id("plainWeights", Lowering.loop(out * depth / 4)),
            PlainRows::weights,
            half,
            values,
            depth,
            out,
            transposed ? 1 : 0);
  }

  private record PackedKey(Value values) {}
}
