package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.DenseProducts;
import org.octolift.kernels.ImageConvolutions;
import org.octolift.kernels.gpu.ImageStrips;
import org.octolift.kernels.gpu.RowStrips;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A dense product as tasks of TornadoVM: `y = activation(A · W + bias)`, where A are the rows of x
/// or, for a convolution of images, the pixels of each window side by side.
///
/// @param y written
/// @param x not modified
/// @param weights not modified, (depth, out), or (out, depth) if {@code transposed}
/// @param bias not modified, (1, out), or null
/// @param residual not modified, (rows of y, out), added last, or null
/// @param window null for the rows of x
/// @param activation applied last
/// @param transposed whether the weights are used transposed; only without a window
record DenseTasks(
    Value y,
    Value x,
    Value weights,
    Value bias,
    Value residual,
    Window window,
    Activation activation,
    boolean transposed) {
  /// Windows of fewer channels are gathered, as kernels by groups take channels by eight or more.
  private static final int FEW_CHANNELS = 16;

  /// Offsets that kernels by groups can take.
  private static final int MOST_OFFSETS = 27;

  static DenseTasks of(MatrixProduct op) {
    return new DenseTasks(
        op.y(),
        op.x(),
        op.weights(),
        op.bias(),
        op.residual(),
        null,
        op.activation(),
        op.transposed());
  }

  static DenseTasks of(ImageConvolution op) {
    Window window = op.window();
    boolean each = window.area() == 1 && window.stride() == 1 && window.in().equals(window.out());
    return new DenseTasks(
        op.y(),
        op.x(),
        op.weights(),
        op.bias(),
        null,
        each ? null : window,
        op.activation(),
        false);
  }

  /// A convolution without a relation.
  static DenseTasks of(Convolution op) {
    return new DenseTasks(
        op.y(), op.x(), op.weights(), op.bias(), null, null, Activation.NONE, op.transposed());
  }

  /// Rows of the weights.
  int depth() {
    return window == null ? x.channels() : window.area() * x.channels();
  }

  /// Whether the windows' pixels are copied to a matrix first.
  boolean isGathered() {
    return window != null && (x.channels() < FEW_CHANNELS || window.area() > MOST_OFFSETS);
  }

  /// The copies in 16 bits that it multiplies.
  ///
  /// @param library whether there is one
  List<Twin> twinsRead(boolean library) {
    return library && LibraryDenseTasks.suits(this, Precision.BF16)
        ? List.of(Twin.plain(x))
        : HalfDenseTasks.twins(this);
  }

  /// The copies that it writes: those that a library reads, by a library.
  List<Twin> twinsWritten(List<Twin> wanted) {
    return wanted.contains(Twin.plain(y))
            && residual == null
            && LibraryDenseTasks.suits(this, Precision.BF16)
        ? List.of(Twin.plain(y))
        : List.of();
  }

  /// Appends what is done once.
  void prepare(Lowering tasks) {
    if (tasks.prefersGroups()) {
      if (LibraryDenseTasks.suit(tasks, this)) {
        LibraryDenseTasks.prepare(tasks, this);
      } else if (HalfDenseTasks.suit(tasks, this)) {
        HalfDenseTasks.prepare(tasks, this);
      } else {
        FloatDenseTasks.prepare(tasks, this);
      }
    }
  }

  /// Appends the product.
  void lower(Lowering tasks) {
    if (tasks.prefersGroups() && LibraryDenseTasks.suit(tasks, this)) {
      LibraryDenseTasks.lower(tasks, this);
      return;
    }
    if (!tasks.prefersGroups()) {
      lowerToLoops(tasks);
    } else if (HalfDenseTasks.suit(tasks, this)) {
      HalfDenseTasks.lower(tasks, this);
    } else {
      FloatDenseTasks.lower(tasks, this);
    }
    if (residual != null) {
      AddInPlace.lower(tasks, y, residual);
    }
  }

  private void lowerToLoops(Lowering tasks) {
    int out = y.channels();
    int capacity = tasks.capacity(y.rows());
    if (window != null) {
      tasks
          .graph()
          .task(
              tasks.id("imageConvolution", Lowering.loop(capacity * out)),
              ImageConvolutions::convolution,
              tasks.floats(y),
              tasks.floats(x),
              tasks.floats(weights),
              window.in().images(),
              window.in().height(),
              window.in().width(),
              x.channels(),
              window.out().height(),
              window.out().width(),
              out,
              window.size(),
              window.stride(),
              window.top(),
              window.left());
    } else if (transposed) {
      tasks
          .graph()
          .task(
              tasks.id("matrixProduct", Lowering.loop(capacity * out)),
              DenseProducts::transposedProduct,
              tasks.floats(y),
              tasks.floats(x),
              tasks.floats(weights),
              tasks.counts(),
              tasks.slot(y.rows()),
              x.channels(),
              out,
              capacity);
    } else {
      tasks
          .graph()
          .task(
              tasks.id("matrixProduct", Lowering.loop(capacity * out)),
              DenseProducts::product,
              tasks.floats(y),
              tasks.floats(x),
              tasks.floats(weights),
              tasks.counts(),
              tasks.slot(y.rows()),
              x.channels(),
              out,
              capacity);
    }
    finish(tasks, bias != null);
  }

  /// Appends what follows the product: bias and activation, in place.
  ///
  /// @param biased whether the bias is still to be added
  void finish(Lowering tasks, boolean biased) {
    if (!biased && activation == Activation.NONE) {
      return;
    }
    int capacity = tasks.capacity(y.rows());
    if (tasks.prefersGroups()) {
      tasks
          .graph()
          .task(
              tasks.id("finish", Lowering.loop(RowStrips.size(capacity, y.channels()))),
              ImageStrips::finish,
              tasks.floats(y),
              biased ? tasks.floats(bias) : tasks.unused(),
              tasks.counts(),
              tasks.slot(y.rows()),
              y.channels(),
              RowStrips.strips(capacity),
              biased ? 1 : 0,
              activation.code());
      return;
    }
    tasks
        .graph()
        .task(
            tasks.id("finish", Lowering.loop(capacity * y.channels())),
            DenseProducts::finish,
            tasks.floats(y),
            biased ? tasks.floats(bias) : tasks.unused(),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            capacity,
            biased ? 1 : 0,
            activation.code());
  }

  /// As [#finish] where the product is in parts, which lie one behind the other.
  void finish(Lowering tasks, FloatArray partial, int parts, boolean biased) {
    int capacity = tasks.capacity(y.rows());
    tasks
        .graph()
        .task(
            tasks.id("finish", Lowering.loop(capacity * y.channels())),
            DenseProducts::finishParts,
            tasks.floats(y),
            partial,
            biased ? tasks.floats(bias) : tasks.unused(),
            tasks.counts(),
            tasks.slot(y.rows()),
            y.channels(),
            capacity,
            parts,
            biased ? 1 : 0,
            activation.code());
  }

  /// Appends the copy of the windows' pixels to a matrix, (rows of y, depth), which it returns.
  FloatArray gather(Lowering tasks, int slot) {
    int size = Math.multiplyExact(tasks.capacity(y.rows()), depth());
    FloatArray matrix = tasks.scratch(slot, size);
    tasks
        .graph()
        .task(
            tasks.id("gather", Lowering.loop(size)),
            ImageConvolutions::gather,
            matrix,
            tasks.floats(x),
            window.in().images(),
            window.in().height(),
            window.in().width(),
            x.channels(),
            window.out().height(),
            window.out().width(),
            window.size(),
            window.stride(),
            window.top(),
            window.left());
    return matrix;
  }

  /// For each row of y the pixels of its window; made once.
  IntArray table(Lowering tasks) {
    int size = Math.multiplyExact(tasks.capacity(y.rows()), window.area());
    return tasks.onceInts(
        window,
        size,
        table ->
            tasks
                .graph()
                .task(
                    tasks.id("windows", Lowering.loop(size)),
                    ImageConvolutions::windows,
                    table,
                    window.in().images(),
                    window.in().height(),
                    window.in().width(),
                    window.out().height(),
                    window.out().width(),
                    window.size(),
                    window.stride(),
                    window.top(),
                    window.left()));
  }
}
