package org.octolift.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.octolift.engine.Op;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.kernels.cpu.DenseKernels;

/// The gradient of [ImageConvolution] to its input, which is also the transposed convolution: each
/// input pixel gathers from the windows that saw it.
///
/// @param dx written, (pixels of the window's input, in)
/// @param dy not modified, (pixels of the window's output, out)
/// @param weights not modified, (size²·in, out)
/// @param window that of the convolution
public record ImageConvolutionInputGradient(Value dx, Value dy, Value weights, Window window)
    implements Op {
  private static final String NAME = "imageConvolutionInputGradient";

  /// Checks types and shapes.
  public ImageConvolutionInputGradient {
    Checks.floats(NAME, dx, window.in().rows(), dx.channels());
    Checks.floats(NAME, dy, window.out().rows(), dy.channels());
    Checks.floats(NAME, weights, Rows.fixed(window.area() * dx.channels()), dy.channels());
    Checks.distinct(NAME, List.of(dx), List.of(dy, weights));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(dy, weights);
  }

  @Override
  public List<Value> writes() {
    return List.of(dx);
  }

  @Override
  public void run(CpuRun cpu) {
    int in = dx.channels();
    int out = dy.channels();
    DenseProduct product = new DenseProduct(window.in().size(), window.area() * out, in);
    MemorySegment matrix = cpu.floats(weights).getSegment();
    float[] packed = product.pack(cpu, DenseProduct.transposedRight(matrix, out, in));
    MemorySegment gradient = cpu.floats(dy).getSegment();
    product.run(
        cpu,
        dx,
        null,
        Activation.NONE,
        (to, offset, from, end, first, depth) -> {
          for (int row = from; row < end; row++) {
            packRow(to, offset + (row - from) * DenseKernels.DEPTH, gradient, row, first, depth);
          }
        },
        packed);
  }

  /// Copies columns `k · out + o` of the row of an input pixel: output channel o of the window that
  /// has the pixel as its k-th, or zeros.
  private void packRow(
      float[] to, int offset, MemorySegment gradient, int row, int first, int depth) {
    int out = dy.channels();
    int width = window.in().width();
    int image = row / window.in().pixels();
    int y = row / width % window.in().height() + window.top();
    int x = row % width + window.left();
    for (int k = first / out; k * out < first + depth; k++) {
      int begin = Math.max(first, k * out);
      int end = Math.min(first + depth, (k + 1) * out);
      int oy = y - k / window.size();
      int ox = x - k % window.size();
      int at = offset + begin - first;
      if (isOutput(oy, window.out().height()) && isOutput(ox, window.out().width())) {
        long line = (long) image * window.out().height() + oy / window.stride();
        long pixel = line * window.out().width() + ox / window.stride();
        long source = CpuLoops.bytes(pixel * out + begin % out);
        MemorySegment.copy(gradient, JAVA_FLOAT, source, to, at, end - begin);
      } else {
        Arrays.fill(to, at, at + end - begin, 0f);
      }
    }
  }

  private boolean isOutput(int position, int length) {
    return position >= 0 && position % window.stride() == 0 && position / window.stride() < length;
  }
}
