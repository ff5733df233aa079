package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Trilinear interpolation at points by tables of corners and weights.
public final class Interpolation {
  /// Corners of a cell.
  public static final int CORNERS = 8;

  private Interpolation() {}

  /// `y[row] = Σ_j weights[row, j] · x[corners[row, j]]` over the corners that exist (≥ 0).
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified, (voxels, channels)
  /// @param corners not modified, (capacity, 8)
  /// @param weights not modified, (capacity, 8)
  public static void interpolate(
      FloatArray y,
      FloatArray x,
      IntArray corners,
      FloatArray weights,
      IntArray counts,
      int slot,
      int channels,
      int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        interpolateAt(y, x, corners, weights, row, channel, channels);
      }
    }
  }

  /// One element of [#interpolate].
  public static void interpolateAt(
      FloatArray y,
      FloatArray x,
      IntArray corners,
      FloatArray weights,
      int row,
      int channel,
      int channels) {
    float sum = 0;
    for (int at = row * CORNERS; at < row * CORNERS + CORNERS; at++) {
      int voxel = corners.get(at);
      if (voxel >= 0) {
        sum += weights.get(at) * x.get(voxel * channels + channel);
      }
    }
    y.set(row * channels + channel, sum);
  }

  /// `dx[row] = Σ weights[entry] · dy[entry / 8]` over
  /// `entries[starts[row]] … entries[starts[row + 1] - 1]`: the adjoint of [#interpolate] with its
  /// corners inverted.
  ///
  /// @param dx written, (capacity, channels)
  /// @param dy not modified, (points, channels)
  /// @param weights not modified, (points, 8)
  /// @param starts not modified, (capacity + 1)
  /// @param entries not modified: places in the table of corners, ascending for each row
  public static void interpolateGradient(
      FloatArray dx,
      FloatArray dy,
      FloatArray weights,
      IntArray starts,
      IntArray entries,
      IntArray counts,
      int slot,
      int channels,
      int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        interpolateGradientAt(dx, dy, weights, starts, entries, row, channel, channels);
      }
    }
  }

  /// One element of [#interpolateGradient].
  public static void interpolateGradientAt(
      FloatArray dx,
      FloatArray dy,
      FloatArray weights,
      IntArray starts,
      IntArray entries,
      int row,
      int channel,
      int channels) {
    float sum = 0;
    int end = starts.get(row + 1);
    for (int i = starts.get(row); i < end; i++) {
      int entry = entries.get(i);
      sum += weights.get(entry) * dy.get(entry / CORNERS * channels + channel);
    }
    dx.set(row * channels + channel, sum);
  }
}
