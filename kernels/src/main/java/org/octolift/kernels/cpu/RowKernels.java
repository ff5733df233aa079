package org.octolift.kernels.cpu;

import java.lang.foreign.MemorySegment;

/// Inner loops over rows and elements for the CPU: the loops of `org.octolift.kernels` that run at
/// the speed of memory, for ranges. C2 does not vectorise access through off-heap arrays by itself.
///
/// Matrices are (rows, channels) row-major floats from the start of their segment; vectors of
/// channels are heap arrays. All implementations add in the same order and fuse the same
/// multiply-adds, so their results are equal to the bit. Nothing is checked here.
public interface RowKernels {
  /// `y = max(x, 0)` for elements from..to; NaN stays NaN.
  void relu(MemorySegment y, MemorySegment x, int from, int to);

  /// `dx = dy where y > 0, else 0` for elements from..to.
  void reluGradient(MemorySegment dx, MemorySegment dy, MemorySegment y, int from, int to);

  /// `y = a + b` for elements from..to; y may be a.
  void add(MemorySegment y, MemorySegment a, MemorySegment b, int from, int to);

  /// `y = value` for elements from..to.
  void fill(MemorySegment y, float value, int from, int to);

  /// `dx[row] = Σ dy[entry]` over `entries[starts[row]] … entries[starts[row + 1] - 1]` for rows
  /// from..to.
  ///
  /// @param starts of ints
  /// @param entries of ints
  void scatterAddRows(
      MemorySegment dx,
      MemorySegment dy,
      MemorySegment starts,
      MemorySegment entries,
      int channels,
      int from,
      int to);

  /// `sums[c] += Σ x[row, c]` for rows from..to.
  void columnSums(float[] sums, MemorySegment x, int channels, int from, int to);

  /// `sums[channels + c] += Σ d` and `sums[2 · channels + c] += Σ d²` with `d = x[row, c] -
  /// sums[c]` for rows from..to.
  void moments(float[] sums, MemorySegment x, int channels, int from, int to);

  /// `y = (x - mean) · scale + beta`, plus the residual, then ReLU, for rows from..to.
  ///
  /// @param affine (3, channels): mean, scale, beta
  /// @param residual null for none
  void normalise(
      MemorySegment y,
      MemorySegment x,
      float[] affine,
      MemorySegment residual,
      boolean relu,
      int channels,
      int from,
      int to);

  /// `sums[c] += Σ dz` and `sums[channels + c] += Σ dz · (x - mean)` for rows from..to, with
  /// `dz = dy where y > 0, else 0`.
  ///
  /// @param y null for `dz = dy`
  void gradientSums(
      float[] sums,
      MemorySegment dy,
      MemorySegment y,
      MemorySegment x,
      float[] mean,
      int channels,
      int from,
      int to);

  /// `dx = a · dz + (b · (x - mean) + d)` and `dResidual = dz` for rows from..to, dz as above.
  ///
  /// @param dResidual null for none
  /// @param y null for `dz = dy`
  /// @param coefficients (4, channels): a, b, d, mean
  void normalisationGradient(
      MemorySegment dx,
      MemorySegment dResidual,
      MemorySegment dy,
      MemorySegment y,
      MemorySegment x,
      float[] coefficients,
      int channels,
      int from,
      int to);

  /// `dx = scale · dz` and `dResidual = dz` for rows from..to, dz as above.
  ///
  /// @param dResidual null for none
  /// @param y null for `dz = dy`
  void scaledGradient(
      MemorySegment dx,
      MemorySegment dResidual,
      MemorySegment dy,
      MemorySegment y,
      float[] scale,
      int channels,
      int from,
      int to);

  /// A step of stochastic gradient descent for elements from..to.
  ///
  /// @param hyper learning rate, momentum, weight decay
  void sgd(
      MemorySegment parameter,
      MemorySegment velocity,
      MemorySegment gradient,
      float[] hyper,
      int from,
      int to);

  /// A step of Adam for elements from..to.
  ///
  /// @param factors 1 - beta1, beta2, 1 - beta2, negative step size, root of the bias correction,
  ///     epsilon, weight decay
  void adam(
      MemorySegment parameter,
      MemorySegment m,
      MemorySegment v,
      MemorySegment gradient,
      float[] factors,
      int from,
      int to);

  /// `target = alpha · target + (1 - alpha) · source` for elements from..to.
  void ema(MemorySegment target, MemorySegment source, float alpha, int from, int to);
}
