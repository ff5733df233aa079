package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Rows and columns moved from one matrix to another, and the adjoints of such moves.
public final class RowCopies {
  private RowCopies() {}

  /// `y[row, toChannel + c] = x[row, fromChannel + c]` for c in 0..channels: concatenates or
  /// slices channels.
  ///
  /// @param y written in part, (capacity, toWidth)
  /// @param x not modified, (capacity, fromWidth)
  public static void copyChannels(
      FloatArray y,
      FloatArray x,
      IntArray counts,
      int slot,
      int toWidth,
      int toChannel,
      int fromWidth,
      int fromChannel,
      int channels,
      int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        y.set(row * toWidth + toChannel + channel, x.get(row * fromWidth + fromChannel + channel));
      }
    }
  }

  /// `y[row] = x[index[row]]`, or {@code missing} where the index is negative.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified, (any rows, channels)
  /// @param index not modified, (capacity)
  public static void gatherRows(
      FloatArray y,
      FloatArray x,
      IntArray index,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      float missing) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        int from = index.get(row);
        y.set(i, from < 0 ? missing : x.get(from * channels + channel));
      }
    }
  }

  /// `dx[row] = Σ dy[entry]` over `entries[starts[row]] … entries[starts[row + 1] - 1]`: the
  /// adjoint of [#gatherRows] with its index inverted, so that each sum has one owner and one
  /// order.
  ///
  /// @param dx written, (capacity, channels)
  /// @param dy not modified, (any rows, channels)
  /// @param starts not modified, (capacity + 1)
  /// @param entries not modified: rows of {@code dy}, ascending for each row of {@code dx}
  public static void scatterAddRows(
      FloatArray dx,
      FloatArray dy,
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
        float sum = 0;
        for (int place = starts.get(row); place < starts.get(row + 1); place++) {
          sum += dy.get(entries.get(place) * channels + channel);
        }
        dx.set(i, sum);
      }
    }
  }

  /// `y[row] = scale · x[row / times]`: each row several times.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified, (capacity / times, channels)
  public static void repeatRows(
      FloatArray y,
      FloatArray x,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      int times,
      float scale) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        repeatAt(y, x, row, channel, channels, times, scale);
      }
    }
  }

  /// One element of [#repeatRows].
  public static void repeatAt(
      FloatArray y, FloatArray x, int row, int channel, int channels, int times, float scale) {
    y.set(row * channels + channel, scale * x.get(row / times * channels + channel));
  }
}
