package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Pooling of the rows of siblings. Siblings are consecutive, so the rows of group g are 8g to
/// 8g + 7 (O-CNN, "Octree-based Convolutional Neural Networks", 2017, §3.2).
public final class Pooling {
  /// Children of a node.
  public static final int SIBLINGS = 8;

  private Pooling() {}

  /// `y[row, c] = max` of the eight siblings; the first maximum wins.
  ///
  /// @param y written, (capacity, channels)
  /// @param mask written, (capacity, channels): the row of x that the maximum comes from
  /// @param x not modified, (8 · capacity, channels)
  public static void maxPool(
      FloatArray y,
      IntArray mask,
      FloatArray x,
      IntArray counts,
      int slot,
      int channels,
      int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        maxPoolAt(y, mask, x, row, channel, channels);
      }
    }
  }

  /// One element of [#maxPool].
  public static void maxPoolAt(
      FloatArray y, IntArray mask, FloatArray x, int row, int channel, int channels) {
    int first = row * SIBLINGS;
    int best = first;
    float maximum = x.get(first * channels + channel);
    for (int child = first + 1; child < first + SIBLINGS; child++) {
      float value = x.get(child * channels + channel);
      if (value > maximum) {
        maximum = value;
        best = child;
      }
    }
    y.set(row * channels + channel, maximum);
    mask.set(row * channels + channel, best);
  }

  /// `y[mask[r, c], c] = x[r, c]`, zero elsewhere: the gradient of [#maxPool]. Written as a gather,
  /// as the mask of row r points to one of its own siblings.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified, (capacity / 8, channels)
  /// @param mask not modified, (capacity / 8, channels)
  public static void maxUnpool(
      FloatArray y,
      FloatArray x,
      IntArray mask,
      IntArray counts,
      int slot,
      int channels,
      int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        maxUnpoolAt(y, x, mask, row, channel, channels);
      }
    }
  }

  /// One element of [#maxUnpool].
  public static void maxUnpoolAt(
      FloatArray y, FloatArray x, IntArray mask, int row, int channel, int channels) {
    int from = row / SIBLINGS * channels + channel;
    y.set(row * channels + channel, mask.get(from) == row ? x.get(from) : 0);
  }

  /// `y[row, c] = x[mask[row, c], c]`: the gradient of [#maxUnpool].
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified, (8 · capacity, channels)
  /// @param mask not modified, (capacity, channels)
  public static void maskPool(
      FloatArray y,
      FloatArray x,
      IntArray mask,
      IntArray counts,
      int slot,
      int channels,
      int capacity) {
    for (@Parallel int i = 0; i < capacity * channels; i++) {
      int row = i / channels;
      if (row < counts.get(slot)) {
        int channel = i % channels;
        maskPoolAt(y, x, mask, row, channel, channels);
      }
    }
  }

  /// One element of [#maskPool].
  public static void maskPoolAt(
      FloatArray y, FloatArray x, IntArray mask, int row, int channel, int channels) {
    int at = row * channels + channel;
    y.set(at, x.get(mask.get(at) * channels + channel));
  }

  /// `y[row] = scale · Σ x[times · row + i]` for i in 0..times: the mean of siblings, or the
  /// gradient of rows that were repeated.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified, (times · capacity, channels)
  public static void sumGroups(
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
        sumGroupAt(y, x, row, channel, channels, times, scale);
      }
    }
  }

  /// One element of [#sumGroups].
  public static void sumGroupAt(
      FloatArray y, FloatArray x, int row, int channel, int channels, int times, float scale) {
    float sum = 0;
    for (int i = 0; i < times; i++) {
      sum += x.get((row * times + i) * channels + channel);
    }
    y.set(row * channels + channel, scale * sum);
  }
}
