package org.octolift.kernels.cpu;

import java.lang.foreign.MemorySegment;

/// The inner loops of dense products, attention, layer normalisation and image interpolation.
///
/// All implementations add in the same order and fuse the same multiply-adds, so their results are
/// equal to the bit. Where a row is summed, element i goes to partial sum i mod [#PARTIALS], and
/// the partial sums are added in order. Nothing is checked here: the callers in `engine` do that.
/// Offsets and strides count floats; w stands for [#panelWidth()].
public interface DenseKernels {
  /// Columns of a block of the left matrix at most, and the distance between its rows, which as a
  /// constant leaves one address register. Rows of a register tile (16 KiB) stay in a first-level
  /// cache, weight panels come from the second; half of it would add sums to memory twice as often.
  int DEPTH = 512;

  /// Numbers of rows given to [#multiply] are multiples of [#tileRows()], which divides this.
  int ROW_MULTIPLE = 8;

  /// Partial sums of a row.
  int PARTIALS = 16;

  /// Rows of a register tile.
  int tileRows();

  /// Columns w of a panel; divides [#DEPTH].
  int panelWidth();

  /// Floats of scratch memory that a product needs.
  int tileSize();

  /// `c[r, 0..w) += Σ_k a[r, k] · panel[k, 0..w)` for r in 0..rows, k in 0..depth; each sum starts
  /// from zero and is added last.
  ///
  /// @param c accumulated; row r starts at {@code cOffset + r * cStride}
  /// @param a not modified; row r starts at {@code r * DEPTH}
  /// @param panel not modified; (depth, w) row-major from {@code panelOffset} on
  /// @param tile scratch, [#tileSize()] floats
  void multiply(
      float[] c,
      int cOffset,
      int cStride,
      float[] a,
      int aOffset,
      float[] panel,
      int panelOffset,
      int rows,
      int depth,
      float[] tile);

  /// `to[offset + i · w + j] = from[at + i · stride + j]` for i in 0..rows, j in 0..w.
  ///
  /// @param to written
  /// @param from not modified
  void copyPanel(float[] to, int offset, MemorySegment from, long at, int stride, int rows);

  /// `x = gelu(x)` for elements from..to: `x · Φ(x)` of the normal distribution's Φ, the form with
  /// the error function; within 1e-7 for |x| of order 1.
  void gelu(float[] x, int from, int to);

  /// The greatest of elements from..to, at least one.
  float maximum(float[] x, int from, int to);

  /// `x = exp(x - maximum)` for elements from..to, and `sums[(i - from) % PARTIALS] += x[i]`.
  void exponentials(float[] x, int from, int to, float maximum, float[] sums);

  /// `y = (x - mean x) / √(variance x + epsilon) · gamma + beta` for rows from..to.
  ///
  /// @param affine (2, channels): gamma, beta
  /// @param sums scratch, [#PARTIALS] floats
  void normaliseRows(
      MemorySegment y,
      MemorySegment x,
      float[] affine,
      float epsilon,
      int channels,
      int from,
      int to,
      float[] sums);

  /// `y[row] = Σ_t weights[t] · x[rows[t]]` for t in 0..taps, at least one.
  ///
  /// @param y written in one row
  /// @param x not modified
  void blendRows(
      MemorySegment y,
      int row,
      MemorySegment x,
      int[] rows,
      float[] weights,
      int taps,
      int channels);
}
