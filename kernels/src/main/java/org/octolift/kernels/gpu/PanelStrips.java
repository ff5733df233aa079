package org.octolift.kernels.gpu;

import org.octolift.kernels.Resampling;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Passes over images whose results products read, as [HalfPanels] or [PlainRows] in BF16:
/// rounded once, from the numbers that [ImageStrips] and [org.octolift.kernels.Elementwise]
/// compute. A work-item takes a long of four rows.
public final class PanelStrips {
  private static final int EACH = 4;

  private PanelStrips() {}

  /// Work-items of [#relu] for {@code capacity} rows.
  public static int size(int capacity, int channels) {
    return Math.multiplyExact(
        HalfPanels.panelRows(capacity) / EACH, HalfOperands.padded(channels) / 4);
  }

  /// Work-items of [#groupNorm].
  public static int size(int images, int pixels, int channels) {
    return Math.multiplyExact(
        Math.multiplyExact(images, Math.ceilDiv(pixels, EACH)), HalfOperands.padded(channels) / 4);
  }

  /// [ImageStrips#groupNorm].
  ///
  /// @param y written if {@code floats} is 1
  /// @param half written, all of it
  /// @param xHalf x as [PlainRows], read instead if {@code rounded} has bit 0
  /// @param residualHalf the residual, read instead if {@code rounded} has bit 1
  /// @param panelRows [HalfPanels#panelRows] of all pixels
  /// @param plain 1 for [PlainRows], 0 for [HalfPanels]
  public static void groupNorm(
      FloatArray y,
      LongArray half,
      FloatArray x,
      LongArray xHalf,
      FloatArray statistics,
      FloatArray gamma,
      FloatArray beta,
      FloatArray residual,
      LongArray residualHalf,
      int images,
      int pixels,
      int channels,
      int groups,
      int panelRows,
      int plain,
      int rounded,
      float epsilon,
      int floats,
      int added,
      int relu) {
    int fours = PlainRows.fours(channels, plain);
    int strips = (pixels + 3) / 4;
    for (@Parallel int i = 0; i < images * strips * fours; i++) {
      int four = i % fours;
      int image = i / fours / strips;
      int first = (i / fours - image * strips) * EACH;
      float[] values = new float[16];
      float[] others = new float[16];
      for (int j = 0; j < 16; j++) {
        int even = PlainRows.channel(four, j & 2, plain);
        int own = even + (j & 1);
        int row = first + j / 4 < pixels ? first + j / 4 : first;
        int from = (image * pixels + row) * channels;
        int at = from + (own < channels ? own : 0);
        // Of an even number of channels: pairs are read from the same long.
        int halfAt = from + (plain == 1 || even < channels ? even : 0) + (j & 1);
        values[j] = (rounded & 1) == 1 ? PlainRows.number(xHalf, halfAt) : x.get(at);
        others[j] = 0;
        if (added == 1) {
          others[j] = rounded > 1 ? PlainRows.number(residualHalf, halfAt) : residual.get(at);
        }
      }
      long[] packed = new long[EACH];
      for (int c = EACH - 1; c > -1; c--) {
        int own = PlainRows.channel(four, c, plain);
        int known = own < channels ? own : 0;
        int group = image * groups + known / (channels / groups);
        float mean = statistics.get(2 * group);
        float scale = gamma.get(known) / TornadoMath.sqrt(statistics.get(2 * group + 1) + epsilon);
        float shift = beta.get(known);
        for (int r = 0; r < EACH; r++) {
          float value = (values[4 * r + c] - mean) * scale + shift;
          if (added == 1) {
            value += others[4 * r + c];
          }
          if (relu == 1 && value < 0) {
            value = 0;
          }
          if (own >= channels) {
            value = 0;
          }
          packed[r] = HalfOperands.joined(packed[r], value, 0, HalfOperands.BF16);
          if (floats == 1 && own < channels && first + r < pixels) {
            y.set((image * pixels + first + r) * channels + own, value);
          }
        }
      }
      for (int r = 0; r < EACH; r++) {
        if (first + r < pixels) {
          half.set(
              PlainRows.place(image * pixels + first + r, four, channels, panelRows, plain),
              packed[r]);
        }
        // The last strip of the last image also writes the rows of zeros.
        int behind = images * pixels + r;
        if (image == images - 1 && first + EACH >= pixels && behind < panelRows) {
          half.set(PlainRows.place(behind, four, channels, panelRows, plain), 0);
        }
      }
    }
  }

  /// [org.octolift.kernels.Elementwise#relu].
  ///
  /// @param y written if {@code floats} is 1
  /// @param half written, all of it
  /// @param panelRows [HalfPanels#panelRows]
  /// @param plain 1 for [PlainRows], 0 for [HalfPanels]
  public static void relu(
      FloatArray y,
      LongArray half,
      FloatArray x,
      IntArray counts,
      int slot,
      int channels,
      int panelRows,
      int plain,
      int floats) {
    int fours = PlainRows.fours(channels, plain);
    for (@Parallel int i = 0; i < panelRows / 4 * fours; i++) {
      int four = i % fours;
      int first = i / fours * EACH;
      int rows = counts.get(slot) - first;
      float[] values = new float[16];
      for (int j = 0; j < 16; j++) {
        int own = PlainRows.channel(four, j, plain);
        values[j] = 0;
        if (j / 4 < rows && own < channels) {
          values[j] = x.get((first + j / 4) * channels + own);
        }
      }
      for (int r = 0; r < EACH; r++) {
        long packed = 0;
        for (int c = EACH - 1; c > -1; c--) {
          int own = PlainRows.channel(four, c, plain);
          float value = values[4 * r + c] < 0 ? 0 : values[4 * r + c];
          packed = HalfOperands.joined(packed, value, 0, HalfOperands.BF16);
          if (floats == 1 && r < rows && own < channels) {
            y.set((first + r) * channels + own, value);
          }
        }
        half.set(PlainRows.place(first + r, four, channels, panelRows, plain), packed);
      }
    }
  }

  /// Work-items of [#doubleTaps].
  public static int size(int images, int outHeight, int outWidth, int channels) {
    return size(Math.multiplyExact(images, outHeight), outWidth, channels);
  }

  /// [ImageStrips#doubleTaps].
  ///
  /// @param y written if {@code floats} is 1
  /// @param half written, all of it
  /// @param panelRows [HalfPanels#panelRows] of all pixels of y
  /// @param plain 1 for [PlainRows], 0 for [HalfPanels]
  public static void doubleTaps(
      FloatArray y,
      LongArray half,
      FloatArray x,
      int images,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int channels,
      int panelRows,
      int plain,
      int floats,
      int aligned) {
    int fours = PlainRows.fours(channels, plain);
    int strips = (outWidth + 3) / 4;
    for (@Parallel int i = 0; i < images * outHeight * strips * fours; i++) {
      int four = i % fours;
      int line = i / fours / strips;
      int first = (i / fours - line * strips) * EACH;
      int image = line / outHeight;
      float down =
          Resampling.coordinate(line - image * outHeight, height, outHeight, 2, aligned == 1);
      int above = (image * height + Resampling.index(down, 0, height, 2)) * width;
      int below = (image * height + Resampling.index(down, 1, height, 2)) * width;
      float share = Resampling.weight(down, 1, 2);
      for (int r = 0; r < EACH; r++) {
        float right = Resampling.coordinate(first + r, width, outWidth, 2, aligned == 1);
        int one = Resampling.index(right, 0, width, 2);
        int next = Resampling.index(right, 1, width, 2);
        float part = Resampling.weight(right, 1, 2);
        float[] corners = new float[16];
        for (int c = 0; c < 4; c++) {
          int own = PlainRows.channel(four, c, plain);
          int known = own < channels ? own : 0;
          corners[4 * c] = x.get((above + one) * channels + known);
          corners[4 * c + 1] = x.get((above + next) * channels + known);
          corners[4 * c + 2] = x.get((below + one) * channels + known);
          corners[4 * c + 3] = x.get((below + next) * channels + known);
        }
        long packed = 0;
        int row = line * outWidth + first + r;
        for (int c = EACH - 1; c > -1; c--) {
          int own = PlainRows.channel(four, c, plain);
          float top = (1 - part) * corners[4 * c] + part * corners[4 * c + 1];
          float bottom = (1 - part) * corners[4 * c + 2] + part * corners[4 * c + 3];
          float value = own < channels ? (1 - share) * top + share * bottom : 0f;
          packed = HalfOperands.joined(packed, value, 0, HalfOperands.BF16);
          if (floats == 1 && own < channels && first + r < outWidth) {
            y.set(row * channels + own, value);
          }
        }
        if (first + r < outWidth) {
          half.set(PlainRows.place(row, four, channels, panelRows, plain), packed);
        }
        // The last strip also writes the rows of zeros.
        int behind = images * outHeight * outWidth + r;
        if (line == images * outHeight - 1 && first + EACH >= outWidth && behind < panelRows) {
          half.set(PlainRows.place(behind, four, channels, panelRows, plain), 0);
        }
      }
    }
  }
}
