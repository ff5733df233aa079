package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Normalisations whose statistics a group of work-items computes together: of rows (LayerNorm, Ba
/// et al., 2016), and of the groups of channels of images (GroupNorm, Wu and He, 2018). Sums are
/// trees of a fixed shape.
public final class RowStatistics {
  /// Work-items of a group.
  public static final int THREADS = 128;

  private RowStatistics() {}

  /// `y = (x - mean x) / √(variance x + epsilon) · gamma + beta` in each row. A group for each row
  /// of the capacity, or of a panel.
  ///
  /// @param y written if {@code floats} is 1, (rows, channels), rows behind the count not touched
  /// @param half written if {@code panelRows} is not 0, in BF16, as [PlainRows#rows] if {@code
  ///     plain} is 1, else as [HalfPanels#rows]
  /// @param x not modified
  /// @param gamma not modified, (1, channels)
  /// @param beta not modified, (1, channels)
  public static void layerNorm(
      KernelContext context,
      FloatArray y,
      LongArray half,
      FloatArray x,
      FloatArray gamma,
      FloatArray beta,
      IntArray counts,
      int slot,
      int channels,
      int panelRows,
      int plain,
      int floats,
      float epsilon) {
    float[] parts = context.allocateFloatLocalArray(THREADS);
    int id = context.localIdx;
    int row = context.groupIdx;
    int from = row * channels;
    int end = row < counts.get(slot) ? channels : 0;
    float sum = 0;
    for (int c = id; c < end; c += THREADS) {
      sum += x.get(from + c);
    }
    parts[id] = sum;
    context.localBarrier();
    for (int stride = THREADS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        parts[id] = parts[id] + parts[id + stride];
      }
      context.localBarrier();
    }
    float mean = parts[0] / channels;
    context.localBarrier();
    float squares = 0;
    for (int c = id; c < end; c += THREADS) {
      float difference = x.get(from + c) - mean;
      squares += difference * difference;
    }
    parts[id] = squares;
    context.localBarrier();
    for (int stride = THREADS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        parts[id] = parts[id] + parts[id + stride];
      }
      context.localBarrier();
    }
    float scale = 1 / TornadoMath.sqrt(parts[0] / channels + epsilon);
    for (int c = id; c < (floats == 1 ? end : 0); c += THREADS) {
      y.set(from + c, (x.get(from + c) - mean) * scale * gamma.get(c) + beta.get(c));
    }
    int fours = PlainRows.fours(channels, plain);
    for (int four = id; four < (panelRows > 0 ? fours : 0); four += THREADS) {
      long packed = 0;
      for (int j = 3; j > -1; j--) {
        int c = PlainRows.channel(four, j, plain);
        float value = 0;
        if (c < end) {
          value = (x.get(from + c) - mean) * scale * gamma.get(c) + beta.get(c);
        }
        packed = HalfOperands.joined(packed, value, 0, HalfOperands.BF16);
      }
      half.set(PlainRows.place(row, four, channels, panelRows, plain), packed);
    }
  }

  /// As [org.octolift.kernels.GroupNormalisation#statistics]. A grid of (groups, images) groups.
  ///
  /// @param statistics written, (images · groups, 2): mean, biased variance
  /// @param sums not modified, from [org.octolift.kernels.GroupNormalisation#partialSums]
  ///     or [GroupSums#partialSums]
  /// @param x not modified, (images · pixels, channels)
  /// @param half read instead if {@code rounded} is 1: x as [PlainRows]
  public static void groupNorm(
      KernelContext context,
      FloatArray statistics,
      FloatArray sums,
      FloatArray x,
      LongArray half,
      int pixels,
      int channels,
      int groups,
      int parts,
      int rounded) {
    float[] values = context.allocateFloatLocalArray(THREADS);
    float[] squares = context.allocateFloatLocalArray(THREADS);
    int id = context.localIdx;
    int image = context.groupIdy;
    int index = image * groups + context.groupIdx;
    int size = channels / groups;
    int first = context.groupIdx * size;
    float sum = 0;
    float square = 0;
    for (int i = id; i < parts * size; i += THREADS) {
      int at = 2 * ((image * parts + i / size) * channels + first + i % size);
      sum += sums.get(at);
      square += sums.get(at + 1);
    }
    values[id] = sum;
    squares[id] = square;
    context.localBarrier();
    for (int stride = THREADS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        values[id] = values[id] + values[id + stride];
        squares[id] = squares[id] + squares[id + stride];
      }
      context.localBarrier();
    }
    if (id == 0) {
      float mean = values[0] / (pixels * size);
      float variance = TornadoMath.max(squares[0] / (pixels * size) - mean * mean, 0f);
      int at = image * pixels * channels + first;
      float pivot = rounded == 1 ? PlainRows.number(half, at) : x.get(at);
      statistics.set(2 * index, mean + pivot);
      statistics.set(2 * index + 1, variance);
    }
  }
}
