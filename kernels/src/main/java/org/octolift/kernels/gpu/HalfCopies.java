package org.octolift.kernels.gpu;

import org.octolift.kernels.Shape;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Copies of rows in the layout of [HalfOperands#rows] in BF16: of channels
/// ([org.octolift.kernels.RowCopies#copyChannels]), and by an index
/// ([org.octolift.kernels.RowCopies#gatherRows] with zeros where there is no source). A work-item
/// takes a long of four rows, and reads all before it writes the first, as in [RowStrips].
public final class HalfCopies {
  private static final int EACH = 4;

  private HalfCopies() {}

  /// Work-items for {@code capacity} rows.
  ///
  /// @param fours longs of a row that are copied
  public static int size(int capacity, int fours) {
    return Math.multiplyExact(Math.ceilDiv(Math.addExact(capacity, 2), EACH), fours);
  }

  /// Copies some channels of all rows, or of the rows that an index names, to some channels of y.
  ///
  /// @param y written in part, (capacity + 2, {@code width}): rows from the count to the capacity
  ///     are left out
  /// @param halfX not modified, padded rows and one of zeros; anything if
  ///     {@code rounds} is 1
  /// @param x not modified, (any rows, channels), to be rounded; anything if {@code rounds} is 0
  /// @param index not modified, (capacity), negative for none; anything if {@code indexed} is 0
  /// @param sizes not modified: the [Shape] of what is copied, y's rows of x's channels; the row of
  ///     halfX that holds zeros; {@code width}, the channels of a row of y; the first channel in y:
  ///     0, or a multiple of 16 if x has no padding
  /// @param indexed whether rows are named by the index
  /// @param rounds whether x is read rather than halfX
  public static void rows(
      LongArray y,
      LongArray halfX,
      FloatArray x,
      IntArray index,
      IntArray counts,
      IntArray sizes,
      int indexed,
      int rounds) {
    int slot = sizes.get(Shape.SLOT);
    int channels = sizes.get(Shape.CHANNELS);
    int capacity = sizes.get(Shape.CAPACITY);
    int zeroRow = sizes.get(Shape.LENGTH);
    int width = sizes.get(Shape.LENGTH + 1);
    int toChannel = sizes.get(Shape.LENGTH + 2);
    int fours = channels <= 16 ? 4 : (channels + 31) / 32 * 8;
    for (@Parallel int i = 0; i < (capacity + 5) / 4 * fours; i++) {
      int four = i % fours;
      int first = i / fours * EACH;
      int channel = four / 4 * 16 + 2 * (four % 4);
      int rows = counts.get(slot) - first;
      if (rows > 0) {
        long[] values = new long[EACH];
        for (int r = 0; r < EACH; r++) {
          int row = first + (r < rows ? r : 0);
          int source = indexed == 1 ? index.get(row) : row;
          if (rounds == 1) {
            values[r] = rounded(x, source, channel, channels);
          } else {
            values[r] = halfX.get((source < 0 ? zeroRow : source) * fours + four);
          }
        }
        for (int r = 0; r < EACH; r++) {
          if (r < rows) {
            y.set((first + r) * (width / 4) + toChannel / 4 + four, values[r]);
          }
        }
      }
      for (int r = 0; r < EACH; r++) {
        int behind = first + r - capacity;
        if (behind > -1 && behind < 2) {
          y.set(
              (first + r) * (width / 4) + toChannel / 4 + four,
              HalfOperands.behind(behind, toChannel + channel));
        }
      }
    }
  }

  private static long rounded(FloatArray x, int row, int channel, int channels) {
    long four = 0;
    for (int j = 3; j > -1; j--) {
      int own = channel + (j & 1) + 4 * (j & 2);
      float value = 0;
      if (row > -1 && own < channels) {
        value = x.get(row * channels + own);
      }
      four = HalfOperands.joined(four, value, 0, HalfOperands.BF16);
    }
    return four;
  }
}
