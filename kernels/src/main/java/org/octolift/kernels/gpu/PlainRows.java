package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// BF16 copies as libraries take them: row by row, the numbers of a row one after the other, four
/// to a `long`. Channels are a multiple of eight, so that every row begins at 16 bytes.
public final class PlainRows {
  /// What the channels must be a multiple of.
  public static final int MULTIPLE = 8;

  private PlainRows() {}

  /// Longs of the copy of {@code capacity} rows, which has as many rows as [HalfPanels].
  public static int longs(int capacity, int channels) {
    return Math.multiplyExact(channels / 4, HalfPanels.panelRows(capacity));
  }

  /// Longs of a row.
  static int fours(int channels, int plain) {
    return plain == 1 ? channels / 4 : (channels <= 16 ? 4 : (channels + 31) / 32 * 8);
  }

  /// The channel of a number.
  ///
  /// @param four the long in its row
  /// @param j the place in the long, modulo four
  /// @param plain 1 for the order here, 0 for that of [HalfOperands]
  static int channel(int four, int j, int plain) {
    return plain == 1 ? 4 * four + (j & 3) : four / 4 * 16 + 2 * (four % 4) + (j & 1) + 4 * (j & 2);
  }

  /// A number of a copy.
  ///
  /// @param at row · channels + channel
  static float number(LongArray half, int at) {
    return number(half.get(at >> 2), at & 3);
  }

  /// A number of a long.
  ///
  /// @param j its place there
  static float number(long four, int j) {
    return BFloat16.bf16ToFloat((short) (four >> (16 * j)));
  }

  /// Where a row has its long {@code four}.
  ///
  /// @param plain 1 for the layout here, 0 for [HalfPanels]
  static int place(int row, int four, int channels, int panelRows, int plain) {
    return plain == 1 ? row * (channels / 4) + four : HalfPanels.place(row, four, panelRows);
  }

  /// The rows of x.
  ///
  /// @param half written, [#longs]; rows from the count on become zeros
  /// @param x not modified, (capacity, channels)
  /// @param panelRows [HalfPanels#panelRows]
  public static void rows(
      LongArray half, FloatArray x, IntArray counts, int slot, int channels, int panelRows) {
    for (@Parallel int i = 0; i < panelRows * channels / 4; i++) {
      long four = 0;
      for (int j = 3; j > -1; j--) {
        float value = 0;
        if (4 * i / channels < counts.get(slot)) {
          value = x.get(4 * i + j);
        }
        four = HalfOperands.joined(four, value, 0, HalfOperands.BF16);
      }
      half.set(i, four);
    }
  }

  /// The columns of a matrix of weights as rows.
  ///
  /// @param half written, (out, depth) numbers
  /// @param weights not modified, (depth, out), or (out, depth) if {@code transposed} is 1
  /// @param depth a multiple of four
  public static void weights(
      LongArray half, FloatArray weights, int depth, int out, int transposed) {
    for (@Parallel int i = 0; i < out * depth / 4; i++) {
      int column = 4 * i / depth;
      int first = 4 * i - column * depth;
      long four = 0;
      for (int j = 3; j > -1; j--) {
        int at = transposed == 1 ? 4 * i + j : (first + j) * out + column;
        four = HalfOperands.joined(four, weights.get(at), 0, HalfOperands.BF16);
      }
      half.set(i, four);
    }
  }
}
