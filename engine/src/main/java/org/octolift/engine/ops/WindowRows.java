package org.octolift.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.octolift.kernels.cpu.DenseKernels;

/// The matrix whose row for an output pixel holds the pixels of its window, never formed as a
/// whole: column `(ky · size + kx) · channels + c`.
///
/// @param window which pixels each output pixel sees
/// @param x the input, (pixels, channels)
/// @param channels of the input
record WindowRows(Window window, MemorySegment x, int channels) {
  /// Copies columns first..first+depth of rows from..end, as a [DenseProduct.Left] does.
  void pack(float[] to, int offset, int from, int end, int first, int depth) {
    int width = window.out().width();
    int height = window.out().height();
    for (int row = from; row < end; row++) {
      int image = row / (width * height);
      int top = row / width % height * window.stride() - window.top();
      int left = row % width * window.stride() - window.left();
      packRow(to, offset + (row - from) * DenseKernels.DEPTH, image, top, left, first, depth);
    }
  }

  /// Copies some columns of the window that begins at (top, left). The pixels of a line of it lie
  /// side by side.
  private void packRow(float[] to, int offset, int image, int top, int left, int first, int depth) {
    int line = window.size() * channels;
    int inside = Math.clamp(-left, 0, window.size()) * channels;
    int outside = Math.clamp(window.in().width() - left, 0, window.size()) * channels;
    for (int ky = first / line; ky * line < first + depth; ky++) {
      int begin = Math.max(first, ky * line);
      int end = Math.min(first + depth, (ky + 1) * line);
      int y = top + ky;
      boolean visible = y >= 0 && y < window.in().height();
      int low = visible ? Math.clamp(ky * line + inside, begin, end) : end;
      int high = visible ? Math.clamp(ky * line + outside, low, end) : end;
      Arrays.fill(to, offset + begin - first, offset + low - first, 0f);
      if (high > low) {
        long pixel = ((long) image * window.in().height() + y) * window.in().width() + left;
        long source = CpuLoops.bytes(pixel * channels + low % line);
        MemorySegment.copy(x, JAVA_FLOAT, source, to, offset + low - first, high - low);
      }
      Arrays.fill(to, offset + high - first, offset + end - first, 0f);
    }
  }

  /// Copies the channels of pixel {@code k} of the windows of rows from..end as columns:
  /// channel c of row r goes to {@code offset + c * DEPTH + r - from}.
  ///
  /// @param pixel scratch for the channels of a pixel
  void packTransposed(float[] to, int offset, int k, int from, int end, float[] pixel) {
    int width = window.out().width();
    int height = window.out().height();
    for (int row = from; row < end; row++) {
      int image = row / (width * height);
      int iy = row / width % height * window.stride() - window.top() + k / window.size();
      int ix = row % width * window.stride() - window.left() + k % window.size();
      int at = offset + row - from;
      if (iy < 0 || iy >= window.in().height() || ix < 0 || ix >= window.in().width()) {
        for (int c = 0; c < channels; c++) {
          to[at + c * DenseKernels.DEPTH] = 0;
        }
        continue;
      }
      long source = ((long) image * window.in().height() + iy) * window.in().width() + ix;
      MemorySegment.copy(x, JAVA_FLOAT, CpuLoops.bytes(source * channels), pixel, 0, channels);
      for (int c = 0; c < channels; c++) {
        to[at + c * DenseKernels.DEPTH] = pixel[c];
      }
    }
  }
}
