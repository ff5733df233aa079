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

  /// Rows of a group of [#layerNorm], work-items of a row, and numbers that one reads at once.
  private static final int ROWS = 4;

  private static final int LANES = THREADS / ROWS;
  private static final int EACH = 8;

  private RowStatistics() {}

  /// Groups of [#layerNorm] for {@code rows} rows of the capacity, or of a panel.
  public static int layerNormGroups(int rows) {
    return Math.ceilDiv(rows, ROWS);
  }

  /// `y = (x - mean x) / √(variance x + epsilon) · gamma + beta` in each row. A grid of
  /// [#layerNormGroups] groups.
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
    float[] values = new float[EACH];
    int id = context.localIdx;
    int lane = id % LANES;
    int row = ROWS * context.groupIdx + id / LANES;
    int from = row * channels;
    int end = row < counts.get(slot) ? channels : 0;
    float sum = 0;
    for (int first = lane; first < end; first += EACH * LANES) {
      for (int j = 0; j < EACH; j++) {
        values[j] = x.get(from + (first + LANES * j < end ? first + LANES * j : first));
      }
      for (int j = 0; j < EACH; j++) {
        sum += first + LANES * j < end ? values[j] : 0f;
      }
    }
    parts[id] = sum;
    context.localBarrier();
    float total = 0;
    for (int i = 0; i < LANES; i++) {
      total += parts[id - lane + i];
    }
    float mean = total / channels;
    context.localBarrier();
    float squares = 0;
    for (int first = lane; first < end; first += EACH * LANES) {
      for (int j = 0; j < EACH; j++) {
        values[j] = x.get(from + (first + LANES * j < end ? first + LANES * j : first)) - mean;
      }
      for (int j = 0; j < EACH; j++) {
        squares += first + LANES * j < end ? values[j] * values[j] : 0f;
      }
    }
    parts[id] = squares;
    context.localBarrier();
    float variance = 0;
    for (int i = 0; i < LANES; i++) {
      variance += parts[id - lane + i];
    }
    float scale = 1 / TornadoMath.sqrt(variance / channels + epsilon);
    for (int c = lane; c < (floats == 1 ? end : 0); c += LANES) {
      y.set(from + c, (x.get(from + c) - mean) * scale * gamma.get(c) + beta.get(c));
    }
    int fours = PlainRows.fours(channels, plain);
    for (int four = lane; four < (row < panelRows ? fours : 0); four += LANES) {
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
