package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.cpu.DenseOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.PreparedOp;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.cpu.RowKernels;

/// `y = activation(x · W + bias)`, or with `Wᵀ`: a dense layer, and the gradient to its input; or
/// `y = x · W + bias + residual`.
///
/// Cost: 2·rows·in·out floating-point operations.
///
/// @param y written, (rows, out)
/// @param x not modified, (rows, in)
/// @param weights not modified, (in, out), or (out, in) if {@code transposed}
/// @param bias not modified, (1, out), or null
/// @param residual not modified, (rows, out), another value than x; or null
/// @param activation applied last; none with a residual
/// @param transposed whether the weights are used transposed
public record MatrixProduct(
    Value y,
    Value x,
    Value weights,
    Value bias,
    Value residual,
    Activation activation,
    boolean transposed)
    implements DenseOp, PreparedOp {
  private static final String NAME = "matrixProduct";

  /// Checks types and shapes.
  public MatrixProduct {
    Checks.floats(NAME, x);
    int in = x.channels();
    Checks.floats(NAME, y, x.rows(), y.channels());
    Checks.floats(
        NAME, weights, Rows.fixed(transposed ? y.channels() : in), transposed ? in : y.channels());
    if (bias != null) {
      Checks.vectors(NAME, y.channels(), bias);
    }
    if (residual != null) {
      Checks.like(NAME, residual, y);
      if (activation != Activation.NONE || residual.equals(x)) {
        throw new IllegalArgumentException(
            "%s: a residual is not x, and no activation follows it; got %s, %s"
                .formatted(NAME, residual, activation));
      }
    }
    Checks.distinct(NAME, List.of(y), Checks.present(x, weights, bias, residual));
  }

  /// A product without a residual.
  public MatrixProduct(
      Value y, Value x, Value weights, Value bias, Activation activation, boolean transposed) {
    this(y, x, weights, bias, null, activation, transposed);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(x, weights, bias, residual);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    int in = x.channels();
    int out = y.channels();
    MemorySegment matrix = cpu.floats(weights).getSegment();
    DenseProduct product = new DenseProduct(cpu.rows(x), in, out);
    float[] packed =
        product.pack(
            cpu,
            transposed
                ? DenseProduct.transposedRight(matrix, in, out)
                : DenseProduct.rowMajorRight(cpu.denseKernels(), matrix, out));
    DenseProduct.Left left = DenseProduct.rowMajor(cpu.floats(x).getSegment(), in);
    product.run(cpu, y, bias, activation, left, packed);
    if (residual != null) {
      RowKernels kernels = cpu.rowKernels();
      MemorySegment sum = cpu.floats(y).getSegment();
      MemorySegment added = cpu.floats(residual).getSegment();
      CpuLoops.elements(cpu, y, (from, to) -> kernels.add(sum, sum, added, from, to));
    }
  }

  @Override
  public void prepare(Lowering tasks) {
    DenseTasks.of(this).prepare(tasks);
  }

  @Override
  public List<Twin> twinsRead(Set<Value> rounded, boolean library) {
    return DenseTasks.of(this).twinsRead(library);
  }

  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return DenseTasks.of(this).twinsWritten(wanted);
  }

  @Override
  public void lower(Lowering tasks) {
    DenseTasks.of(this).lower(tasks);
  }
}
