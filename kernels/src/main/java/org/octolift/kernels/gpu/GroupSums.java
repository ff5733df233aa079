package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Sums of images in BF16, of which GroupNorm makes its statistics.
public final class GroupSums {
  /// Pixels that are loaded before the first is added.
  private static final int AHEAD = 4;

  private GroupSums() {}

  /// [org.octolift.kernels.GroupNormalisation#partialSums]. A work-item takes four channels.
  ///
  /// @param sums written, (images, parts, channels, 2): of the values, of their squares
  /// @param x not modified, [PlainRows] of (images · pixels, channels)
  public static void partialSums(
      FloatArray sums, LongArray x, int images, int pixels, int channels, int groups, int parts) {
    int fours = channels / 4;
    for (@Parallel int i = 0; i < images * parts * fours; i++) {
      int four = i % fours;
      int part = i / fours % parts;
      int from = i / fours / parts * pixels * fours;
      int size = channels / groups;
      float[] pivots = new float[4];
      float[] sum = new float[4];
      float[] squares = new float[4];
      for (int c = 0; c < 4; c++) {
        pivots[c] = PlainRows.number(x, 4 * from + (4 * four + c) / size * size);
        sum[c] = 0;
        squares[c] = 0;
      }
      long[] longs = new long[AHEAD];
      for (int pixel = part; pixel < pixels; pixel += AHEAD * parts) {
        for (int j = 0; j < AHEAD; j++) {
          int own = pixel + j * parts;
          longs[j] = x.get(from + (own < pixels ? own : pixel) * fours + four);
        }
        for (int j = 0; j < AHEAD; j++) {
          if (pixel + j * parts < pixels) {
            for (int c = 0; c < 4; c++) {
              float value = PlainRows.number(longs[j], c) - pivots[c];
              sum[c] = sum[c] + value;
              squares[c] = squares[c] + value * value;
            }
          }
        }
      }
      for (int c = 0; c < 4; c++) {
        sums.set(8 * i + 2 * c, sum[c]);
        sums.set(8 * i + 2 * c + 1, squares[c]);
      }
    }
  }
}
