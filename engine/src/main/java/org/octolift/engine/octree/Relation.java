package org.octolift.engine.octree;

import org.octolift.engine.Rows;

/// Which input rows an output row of an octree convolution reads, per kernel offset. The table of a
/// relation has one row for each output row and one column for each offset: the input row, or -1.
///
/// A forward relation gathers: stride 1 from the neighbours at the same depth, stride 2 from depth
/// {@code depth} to {@code depth - 1} (output rows are sibling groups). The transposed relation
/// runs the other way: entry (i, k) of the transpose is o exactly when entry (o, k) of the
/// relation is i. It serves the gradient to the input and, with stride 2, the deconvolution.
///
/// @param shape the kernel
/// @param stride 1 or 2
/// @param depth the finer of the two depths
/// @param nonEmpty whether rows are the non-empty nodes (true) or all nodes
/// @param transposed whether this is the transposed relation
public record Relation(
    KernelShape shape, int stride, int depth, boolean nonEmpty, boolean transposed) {
  /// Checks stride and depth.
  public Relation {
    if (stride != 1 && stride != 2) {
      throw new IllegalArgumentException("stride must be 1 or 2, is " + stride);
    }
    if (depth < stride || depth > 16) {
      throw new IllegalArgumentException("depth must be %d..16, is %d".formatted(stride, depth));
    }
  }

  /// The forward relation of a convolution.
  public static Relation of(KernelShape shape, int stride, int depth, boolean nonEmpty) {
    return new Relation(shape, stride, depth, nonEmpty, false);
  }

  /// The relation in the other direction.
  public Relation transpose() {
    return new Relation(shape, stride, depth, nonEmpty, !transposed);
  }

  /// Rows that are read.
  public Rows inputRows() {
    return transposed ? coarse() : fine();
  }

  /// Rows that are written.
  public Rows outputRows() {
    return transposed ? fine() : coarse();
  }

  /// The relation whose table holds this one's columns. With stride 1 all shapes and both
  /// directions share the 27 neighbours; with stride 2 every relation has a table of its own.
  public Relation table() {
    return stride == 1 ? of(KernelShape.K333, 1, depth, nonEmpty) : this;
  }

  /// The column of [#table()] that holds offset {@code k}: with stride 1 the transpose reads the
  /// mirrored neighbour.
  public int column(int k) {
    if (stride == 2) {
      return k;
    }
    return transposed ? 26 - shape.offset(k) : shape.offset(k);
  }

  private Rows fine() {
    return nonEmpty ? Rows.nonEmpty(depth) : Rows.nodes(depth);
  }

  /// Stride 2 writes one row a sibling group, and groups at a depth are the non-empty nodes above
  /// it.
  private Rows coarse() {
    return stride == 1 ? fine() : Rows.nonEmpty(depth - 1);
  }
}
