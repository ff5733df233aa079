package org.octolift.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// The inner loops that decide CPU speed: products of rows in pairs. A *pair* p joins an output row
/// {@code out[p]} to an input row {@code in[p]}, both counted within a block; the distinct input
/// rows of a block are [copied][#load] to the heap once, before its products.
///
/// Sums are fused multiply-adds in ascending order, and all implementations give the same bits.
/// Nothing is checked here: the callers in `engine` do that. Offsets and strides count floats; w
/// stands for [#panelWidth()].
public interface PairKernels {
  /// Numbers of pairs given to [#multiply] are multiples of this.
  int PAIR_MULTIPLE = 3;

  /// Columns w of a weight panel.
  int panelWidth();

  /// Floats of scratch memory that [#multiply] needs.
  int tileSize();

  /// `y[out[p], j] += Σ_c x[in[p], c] · W[c, j]` for p in begin..end, j in 0..panels·w.
  /// Each sum starts from zero and is added last: rounding errors of short stretches grow less, and
  /// they decide which ReLUs are on in the layers that follow.
  ///
  /// @param y accumulated; row r starts at {@code yOffset + r * yStride}
  /// @param x not modified; row r starts at {@code r * xStride}
  /// @param weights not modified; panels of w columns one after the other, (panels, channels, w)
  /// row-major from {@code offset} on
  /// @param tile scratch, [#tileSize()] floats
  void multiply(
      float[] y,
      int yOffset,
      int yStride,
      int[] out,
      float[] x,
      int xStride,
      int[] in,
      int begin,
      int end,
      float[] weights,
      int offset,
      int channels,
      int panels,
      float[] tile);

  /// `dw[c, 0..w) += Σ_p x[p, c] · dy[p, 0..w)` for c in 0..channels, p in 0..pairs, of gathered
  /// blocks of w columns. Products are added to dw one by one.
  ///
  /// @param dw accumulated; (channels, w) row-major from {@code dwOffset} on
  /// @param x not modified; (pairs, w) row-major from {@code xOffset} on
  /// @param dy not modified; (pairs, w) row-major from {@code dyOffset} on
  /// @param channels at most w
  void outerProduct(
      float[] dw,
      int dwOffset,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int pairs,
      int channels);

  /// `to[i, 0..channels) = from[rows[i], 0..channels)` for i in 0..count. Consecutive rows are
  /// copied at once: most of a block's are.
  ///
  /// @param to written, (count, channels) row-major from {@code toOffset} on
  /// @param from not modified, row-major
  default void load(
      float[] to, int toOffset, MemorySegment from, int[] rows, int count, int channels) {
    int first = 0;
    while (first < count) {
      int end = first + 1;
      while (end < count && rows[end] == rows[end - 1] + 1) {
        end++;
      }
      int size = (end - first) * channels;
      MemorySegment.copy(
          from, JAVA_FLOAT, 4L * rows[first] * channels, to, toOffset + first * channels, size);
      first = end;
    }
  }

  /// `to[row + p - begin, 0..channels) = from[rows[p], 0..channels)` for p in begin..end.
  ///
  /// @param to written; in blocks of w columns: column c of row r at
  /// {@code toOffset + c / w * blockSize + r * w + c % w}
  /// @param from not modified; row r starts at {@code fromOffset + r * channels}
  void gather(
      float[] to,
      int toOffset,
      int row,
      int blockSize,
      float[] from,
      int fromOffset,
      int[] rows,
      int begin,
      int end,
      int channels);
}
