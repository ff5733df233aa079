package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// BF16 copies of rows in the order in which [HalfProduct] reads them: panels of 16 channels of all
/// rows, so that what a stage takes of 128 neighbouring rows, or pixels, is 4 KiB of whole cache
/// lines. Within a panel's row numbers lie as in [HalfOperands].
public final class HalfPanels {
  private HalfPanels() {}

  /// Rows of a panel for {@code capacity} rows: at least one more, of zeros, and whole cache lines.
  public static int panelRows(int capacity) {
    return Math.addExact(capacity, 4) / 4 * 4;
  }

  /// Longs of the panels of {@code capacity} rows.
  public static int longs(int capacity, int channels) {
    return Math.multiplyExact(HalfOperands.padded(channels) / 4, panelRows(capacity));
  }

  /// Where a row has its long {@code four}.
  static int place(int row, int four, int panelRows) {
    return 4 * (four / 4 * panelRows + row) + four % 4;
  }

  /// The panels of x, channels padded with zeros.
  ///
  /// @param half written, [#longs]; rows from the count on become zeros
  /// @param x not modified, (capacity, channels)
  /// @param padded [HalfOperands#padded]
  /// @param panelRows [#panelRows]
  public static void rows(
      LongArray half,
      FloatArray x,
      IntArray counts,
      int slot,
      int channels,
      int padded,
      int panelRows) {
    for (@Parallel int i = 0; i < panelRows * padded / 4; i++) {
      int row = i / (padded / 4);
      int block = i / 4 % (padded / 16);
      int channel = 16 * block + 2 * (i % 4);
      long four = 0;
      for (int j = 3; j > -1; j--) {
        int own = channel + (j & 1) + 4 * (j & 2);
        float value = 0;
        if (row < counts.get(slot) && own < channels) {
          value = x.get(row * channels + own);
        }
        four = HalfOperands.joined(four, value, 0, HalfOperands.BF16);
      }
      half.set(4 * (block * panelRows + row) + i % 4, four);
    }
  }

  /// The panels of the matrix of [org.octolift.kernels.ImageConvolutions#gather].
  ///
  /// @param half written, [#longs] of (images · outHeight · outWidth, size² · in); zeros in other
  /// rows
  /// @param x not modified, (images · height · width, in)
  /// @param panelRows [#panelRows]
  public static void windows(
      LongArray half,
      FloatArray x,
      int images,
      int height,
      int width,
      int in,
      int outHeight,
      int outWidth,
      int size,
      int stride,
      int top,
      int left,
      int panelRows) {
    int depth = size * size * in;
    int fours = depth <= 16 ? 4 : (depth + 31) / 32 * 8;
    for (@Parallel int i = 0; i < panelRows * fours; i++) {
      int row = i / 4 % panelRows;
      int channel = i / 4 / panelRows * 16 + 2 * (i % 4);
      int image = row / (outHeight * outWidth);
      int corner = (image < images ? image : 0) * height;
      int firstY = row / outWidth % outHeight * stride - top;
      int firstX = row % outWidth * stride - left;
      // Loaded from inside the image in any case: no load waits for a branch.
      float[] values = new float[4];
      for (int j = 0; j < 4; j++) {
        int own = channel + (j & 1) + 4 * (j & 2);
        int iy = firstY + own / in / size;
        int ix = firstX + own / in % size;
        int y = iy < 0 ? 0 : (iy < height ? iy : height - 1);
        int known = ix < 0 ? 0 : (ix < width ? ix : width - 1);
        values[j] = x.get(((corner + y) * width + known) * in + own % in);
      }
      long four = 0;
      for (int j = 3; j > -1; j--) {
        int own = channel + (j & 1) + 4 * (j & 2);
        int iy = firstY + own / in / size;
        int ix = firstX + own / in % size;
        float value = values[j];
        if (iy < 0 || iy >= height || ix < 0 || ix >= width || own >= depth || image >= images) {
          value = 0;
        }
        four = HalfOperands.joined(four, value, 0, HalfOperands.BF16);
      }
      half.set(i, four);
    }
  }
}
