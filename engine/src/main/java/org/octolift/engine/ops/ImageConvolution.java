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

/// Convolution of images: `y[i, j] = activation(Σ_k x[pixel k of window (i, j)] · W[k] + bias)`;
/// pixels outside the image are zeros. On the CPU a matrix product whose left matrix is gathered
/// block by block.
///
/// Cost: 2·size²·in·out floating-point operations for each output pixel.
///
/// @param y written, (pixels of the window's output, out)
/// @param x not modified, (pixels of the window's input, in)
/// @param weights not modified, (size²·in, out) with row `(ky · size + kx) · in + c`
/// @param bias not modified, (1, out), or null
/// @param window which pixels each output pixel sees
/// @param activation applied last
public record ImageConvolution(
    Value y, Value x, Value weights, Value bias, Window window, Activation activation)
    implements DenseOp, PreparedOp {
  private static final String NAME = "imageConvolution";

  /// Checks types and shapes.
  public ImageConvolution {
    Checks.floats(NAME, x, window.in().rows(), x.channels());
    Checks.floats(NAME, y, window.out().rows(), y.channels());
    Checks.floats(NAME, weights, Rows.fixed(window.area() * x.channels()), y.channels());
    if (bias != null) {
      Checks.vectors(NAME, y.channels(), bias);
    }
    Checks.distinct(NAME, List.of(y), Checks.present(x, weights, bias));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return Checks.present(x, weights, bias);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    int depth = window.area() * x.channels();
    DenseProduct product = new DenseProduct(window.out().size(), depth, y.channels());
    MemorySegment matrix = cpu.floats(weights).getSegment();
    float[] packed =
        product.pack(cpu, DenseProduct.rowMajorRight(cpu.denseKernels(), matrix, y.channels()));
    WindowRows left = new WindowRows(window, cpu.floats(x).getSegment(), x.channels());
    product.run(cpu, y, bias, activation, left::pack, packed);
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
