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

/// The gradient of [ImageConvolution] to its weights: `dW[k] = Σ_(i, j) x[pixel k]ᵀ · dy[i, j]`.
///
/// Blocks of output pixels are dealt to chunks, each with a partial sum of its own; the partial
/// sums are added in order. The number of chunks depends on shapes alone, so the result does not
/// depend on the number of threads.
///
/// @param dWeights written, (size²·in, out)
/// @param x not modified, (pixels of the window's input, in)
/// @param dy not modified, (pixels of the window's output, out)
/// @param window that of the convolution
public record ImageConvolutionWeightGradient(Value dWeights, Value x, Value dy, Window window)
    implements Op {
  private static final String NAME = "imageConvolutionWeightGradient";
  private static final int PARTIALS = 0;
  private static final int LEFT = 0;
  private static final int RIGHT = 1;
  private static final int TILE = 2;
  private static final int PIXEL = 3;
  private static final int SUMS = 4;
  private static final int DEPTH = DenseKernels.DEPTH;

  /// Tasks in all, a few for each thread of a large CPU.
  private static final int TASKS = 32;

  /// Checks types and shapes.
  public ImageConvolutionWeightGradient {
    Checks.floats(NAME, x, window.in().rows(), x.channels());
    Checks.floats(NAME, dy, window.out().rows(), dy.channels());
    Checks.floats(NAME, dWeights, Rows.fixed(window.area() * x.channels()), dy.channels());
    Checks.distinct(NAME, List.of(dWeights), List.of(x, dy));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x, dy);
  }

  @Override
  public List<Value> writes() {
    return List.of(dWeights);
  }

  @Override
  public void run(CpuRun cpu) {
    int blocks = Math.ceilDiv(window.out().size(), DEPTH);
    int chunks = Math.clamp(Math.ceilDiv(TASKS, window.area()), 1, blocks);
    int matrix = x.channels() * dy.channels();
    int size = window.area() * matrix;
    float[] partials = cpu.sharedScratch(PARTIALS, Math.multiplyExact(chunks, size));
    cpu.workers()
        .parallelByThread(
            chunks * window.area(),
            1,
            (thread, from, to) -> {
              for (int task = from; task < to; task++) {
                int chunk = task / window.area();
                int k = task % window.area();
                int first = (int) ((long) blocks * chunk / chunks);
                int last = (int) ((long) blocks * (chunk + 1) / chunks);
                sum(cpu, thread, k, first, last, partials, task * matrix);
              }
            });
    MemorySegment target = cpu.floats(dWeights).getSegment();
    CpuLoops.elements(
        cpu,
        dWeights,
        (from, to) -> {
          for (int chunk = 1; chunk < chunks; chunk++) {
            for (int i = from; i < to; i++) {
              partials[i] += partials[chunk * size + i];
            }
          }
          MemorySegment.copy(partials, from, target, JAVA_FLOAT, CpuLoops.bytes(from), to - from);
        });
  }

  /// The matrix of window pixel {@code k}, summed over blocks first..last of output pixels.
  private void sum(
      CpuRun cpu, int thread, int k, int first, int last, float[] partials, int offset) {
    DenseKernels kernel = cpu.denseKernels();
    int in = x.channels();
    int out = dy.channels();
    int width = kernel.panelWidth();
    int panels = Math.ceilDiv(out, width);
    int padded = Math.ceilDiv(in, kernel.tileRows()) * kernel.tileRows();
    float[] left = cpu.scratch(thread, LEFT, padded * DEPTH);
    float[] right = cpu.scratch(thread, RIGHT, DEPTH * width);
    float[] tile = cpu.scratch(thread, TILE, kernel.tileSize());
    float[] pixel = cpu.scratch(thread, PIXEL, in);
    float[] sums = cpu.scratch(thread, SUMS, padded * panels * width);
    WindowRows rows = new WindowRows(window, cpu.floats(x).getSegment(), in);
    DenseProduct.Right gradient =
        DenseProduct.rowMajorRight(kernel, cpu.floats(dy).getSegment(), out);
    Arrays.fill(sums, 0, padded * panels * width, 0f);
    Arrays.fill(right, 0, DEPTH * width, 0f);
    for (int block = first; block < last; block++) {
      int from = block * DEPTH;
      int count = Math.min(DEPTH, window.out().size() - from);
      rows.packTransposed(left, 0, k, from, from + count, pixel);
      for (int panel = 0; panel < panels; panel++) {
        int column = panel * width;
        gradient.pack(right, 0, width, from, count, column, Math.min(width, out - column));
        kernel.multiply(sums, column, panels * width, left, 0, right, 0, padded, count, tile);
      }
    }
    for (int row = 0; row < in; row++) {
      System.arraycopy(sums, row * panels * width, partials, offset + row * out, out);
    }
  }
}
