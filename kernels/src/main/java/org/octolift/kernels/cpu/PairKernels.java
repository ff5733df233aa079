package org.octolift.kernels.cpu;

import java.lang.foreign.MemorySegment;

/// The inner loops that decide CPU speed: products of gathered rows. A *pair* p joins an output row
/// {@code out[p]} to an input row; the input rows of a list of pairs are [gathered][#gather] first.
///
/// Every call sums from zero with fused multiply-adds in ascending order and adds the sum to the
/// output last, so long sums are added in short stretches (their rounding errors grow less) and all
/// implementations give the same bits. Nothing is checked here: the callers in `engine` do that.
/// Offsets and strides count floats; w stands for [#panelWidth()].
public interface PairKernels {
  /// Numbers of pairs given to [#multiply] are multiples of this.
  int PAIR_MULTIPLE = 4;

  /// Columns w of a weight panel.
  int panelWidth();

  /// Floats of scratch memory that products need.
  int tileSize();

  /// `y[out[from + p], 0..w) += Σ_c x[p, c] · panel[c, 0..w)` for p in 0..pairs.
  ///
  /// @param y accumulated; row r starts at {@code yOffset + r * yStride}
  /// @param x not modified; row p starts at {@code p * xStride}
  /// @param panel not modified; (channels, w) row-major from {@code panelOffset} on
  /// @param tile scratch, [#tileSize()] floats
  void multiply(
      float[] y,
      int yOffset,
      int yStride,
      int[] out,
      int from,
      float[] x,
      int xStride,
      int pairs,
      float[] panel,
      int panelOffset,
      int channels,
      float[] tile);

  /// `dw[c, 0..w) += Σ_p x[p, c] · dy[p, 0..w)` for c in 0..channels, p in 0..pairs, of gathered
  /// blocks of w columns.
  ///
  /// @param dw accumulated; (channels, w) row-major from {@code dwOffset} on
  /// @param x not modified; (pairs, w) row-major from {@code xOffset} on
  /// @param dy not modified; (pairs, w) row-major from {@code dyOffset} on
  /// @param channels at most w
  /// @param tile scratch, [#tileSize()] floats
  void outerProduct(
      float[] dw,
      int dwOffset,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int pairs,
      int channels,
      float[] tile);

  /// `to[row + p - begin, 0..channels) = from[rows[p], 0..channels)` for p in begin..end.
  ///
  /// @param to written; in blocks of {@code width} columns: column c of row r at
  /// {@code c / width * blockSize + r * width + c % width}
  /// @param from not modified; row r starts at {@code offset + r * channels}
  /// @param width {@code channels}, or a multiple of a vector's floats
  void gather(
      float[] to,
      int row,
      int width,
      int blockSize,
      MemorySegment from,
      long offset,
      int[] rows,
      int begin,
      int end,
      int channels);
}
