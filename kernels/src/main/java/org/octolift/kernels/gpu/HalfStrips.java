package org.octolift.kernels.gpu;

import org.octolift.kernels.Shape;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Batch normalisation and its gradient as [RowStrips] compute them, with results in BF16, in the
/// layouts of [HalfOperands] that products read: rounded once, from the same numbers in FP32. A
/// work-item takes the four channels that a long holds of four rows. {@code shape} is a [Shape].
public final class HalfStrips {
  /// Bits of what [#gradient] does: dx is written as floats.
  public static final int FLOATS = 1;

  /// The columns of dx are written.
  public static final int COLUMNS = 2;

  /// Rows are taken by an order.
  public static final int ORDERED = 4;

  /// The gradient of the residual is written.
  public static final int RESIDUAL = 8;

  /// ReLU followed; its output is there as floats.
  public static final int MASKED = 16;

  /// ReLU followed; its output is there as rows in BF16.
  public static final int HALF_MASKED = 32;

  /// The rows of dx are written.
  public static final int ROWS = 64;

  /// dx, as floats, holds dy before.
  public static final int OVER_FLOATS = 128;

  /// dResidual holds dy before.
  public static final int OVER_RESIDUAL = 256;

  /// Rows that a work-item takes, and channels.
  private static final int EACH = 4;

  private HalfStrips() {}

  /// Work-items of [#normalise] for {@code capacity} rows.
  public static int size(int capacity, int channels) {
    return Math.multiplyExact(
        Math.ceilDiv(Math.addExact(capacity, 2), EACH), HalfOperands.padded(channels) / EACH);
  }

  /// [RowStrips#normalise] with y as [HalfPanels#rows], as [PlainRows#rows], or as
  /// [HalfOperands#rows], of which rows from the count to the capacity are left out.
  ///
  /// @param y written if {@code floats} is 1
  /// @param half written
  /// @param panelRows [HalfPanels#panelRows], or 0 for [HalfOperands#rows]
  /// @param plain 1 for [PlainRows], else 0
  public static void normalise(
      FloatArray y,
      LongArray half,
      FloatArray x,
      FloatArray mean,
      FloatArray variance,
      FloatArray gamma,
      FloatArray beta,
      FloatArray residual,
      IntArray counts,
      IntArray shape,
      int panelRows,
      int plain,
      int floats,
      int residuals,
      int relu,
      float epsilon) {
    int slot = shape.get(Shape.SLOT);
    int channels = shape.get(Shape.CHANNELS);
    int capacity = shape.get(Shape.CAPACITY);
    int fours = PlainRows.fours(channels, plain);
    for (@Parallel int i = 0; i < (capacity + 5) / 4 * fours; i++) {
      int four = i % fours;
      int first = i / fours * EACH;
      int rows = counts.get(slot) - first;
      long[] packed = new long[EACH];
      if (rows > 0) {
        float[] values = new float[16];
        float[] added = new float[16];
        for (int j = 0; j < 16; j++) {
          int own = PlainRows.channel(four, j, plain);
          int at = (first + (j / 4 < rows ? j / 4 : 0)) * channels + (own < channels ? own : 0);
          values[j] = x.get(at);
          added[j] = residuals == 1 ? residual.get(at) : 0f;
        }
        for (int c = EACH - 1; c > -1; c--) {
          int own = PlainRows.channel(four, c, plain);
          int known = own < channels ? own : 0;
          float centre = mean.get(known);
          float shift = beta.get(known);
          float scale =
              (float) (gamma.get(known) / Math.sqrt((double) variance.get(known) + epsilon));
          for (int r = 0; r < EACH; r++) {
            float value = (values[4 * r + c] - centre) * scale + shift;
            if (residuals == 1) {
              value += added[4 * r + c];
            }
            if (relu == 1 && value < 0) {
              value = 0;
            }
            if (own >= channels) {
              value = 0;
            }
            packed[r] = HalfOperands.joined(packed[r], value, 0, HalfOperands.BF16);
            if (floats == 1 && r < rows && own < channels) {
              y.set((first + r) * channels + own, value);
            }
          }
        }
      }
      for (int r = 0; r < EACH; r++) {
        int row = first + r;
        if (panelRows > 0 && row < panelRows) {
          int place = PlainRows.place(row, four, channels, panelRows, plain);
          half.set(place, r < rows ? packed[r] : 0);
        }
        if (panelRows == 0 && r < rows) {
          half.set(row * fours + four, packed[r]);
        }
        if (panelRows == 0 && row >= capacity && row < capacity + 2) {
          half.set(
              row * fours + four,
              HalfOperands.behind(row - capacity, PlainRows.channel(four, 0, 0)));
        }
      }
    }
  }

  /// Work-items of [#gradient] for {@code capacity} rows.
  public static int gradientSize(int capacity, int channels) {
    return Math.multiplyExact(
        Math.ceilDiv(Math.addExact(capacity, 2), TileLists.BLOCK), HalfOperands.padded(channels));
  }

  /// [RowStrips#gradient] with dx as [HalfOperands#rows] and [HalfOperands#columns]: rows from the
  /// count to the capacity are left out, as are blocks of columns that have none. Four
  /// neighbouring work-items take a block of 16 rows, so that they write 32 bytes of each column;
  /// the next ones the next channels, so that four write 32 bytes of each row.
  ///
  /// @param dx written if {@code what} has [#FLOATS]
  /// @param rows written if {@code what} has [#ROWS]
  /// @param columns written if {@code what} has [#COLUMNS]
  /// @param dResidual written if {@code what} has [#RESIDUAL]
  /// @param dy not modified; anything if {@code what} has [#OVER_FLOATS] or [#OVER_RESIDUAL]
  /// @param y not modified; anything if {@code what} lacks [#MASKED]
  /// @param halfY not modified, from [HalfOperands#rows]; anything if {@code what} lacks
  ///     [#HALF_MASKED]
  /// @param order not modified, as in [TileLists#lists]; anything if {@code what} lacks [#ORDERED]
  public static void gradient(
      FloatArray dx,
      LongArray rows,
      LongArray columns,
      FloatArray dResidual,
      FloatArray dy,
      FloatArray y,
      LongArray halfY,
      FloatArray x,
      FloatArray mean,
      FloatArray variance,
      FloatArray gamma,
      FloatArray dGamma,
      FloatArray dBeta,
      IntArray order,
      IntArray counts,
      IntArray shape,
      int what,
      float epsilon) {
    int slot = shape.get(Shape.SLOT);
    int channels = shape.get(Shape.CHANNELS);
    int capacity = shape.get(Shape.CAPACITY);
    int fours = channels <= 16 ? 4 : (channels + 31) / 32 * 8;
    for (@Parallel int i = 0; i < (capacity + 17) / 16 * 4 * fours; i++) {
      int quad = i % 4;
      int four = i / 4 % fours;
      int block = i / (4 * fours);
      int place = TileLists.BLOCK * block + 2 * quad;
      int channel = four / 4 * 16 + 2 * (four % 4);
      int all = counts.get(slot);
      if (TileLists.BLOCK * block < all) {
        int[] row = new int[EACH];
        for (int r = 0; r < EACH; r++) {
          int own = place + (r & 1) + 4 * (r & 2);
          int present = own < all ? own : TileLists.BLOCK * block;
          row[r] = (what & ORDERED) != 0 ? order.get(present) : present;
        }
        float[] slopes = new float[16];
        float[] values = new float[16];
        float[] outputs = new float[16];
        long[] masks = new long[EACH];
        for (int r = 0; r < EACH; r++) {
          masks[r] = (what & HALF_MASKED) != 0 ? halfY.get(row[r] * fours + four) : 0;
        }
        for (int j = 0; j < 16; j++) {
          int own = channel + (j & 1) + 4 * (j & 2);
          int at = row[j / 4] * channels + (own < channels ? own : 0);
          slopes[j] = above(dx, dResidual, dy, at, what);
          values[j] = x.get(at);
          outputs[j] = (what & MASKED) != 0 ? y.get(at) : 1f;
        }
        double share = 1.0 / all;
        long[] packedRows = new long[EACH];
        for (int c = EACH - 1; c > -1; c--) {
          int own = channel + (c & 1) + 4 * (c & 2);
          int known = own < channels ? own : 0;
          float centre = mean.get(known);
          double rstd = 1 / Math.sqrt((double) variance.get(known) + epsilon);
          double a = gamma.get(known) * rstd;
          float factor = (float) a;
          float slope = (float) (-a * rstd * dGamma.get(known) * share);
          float shift = (float) (-a * dBeta.get(known) * share);
          long packed = 0;
          for (int r = EACH - 1; r > -1; r--) {
            int j = 4 * r + c;
            boolean passes = outputs[j] > 0;
            if ((what & HALF_MASKED) != 0) {
              passes = HalfOperands.isPositive(masks[r], c);
            }
            float dz = passes ? slopes[j] : 0f;
            float value = factor * dz + (slope * (values[j] - centre) + shift);
            boolean exists = place + (r & 1) + 4 * (r & 2) < all && own < channels;
            if (!exists) {
              value = 0;
            }
            packed = HalfOperands.joined(packed, value, 0, HalfOperands.BF16);
            packedRows[r] = HalfOperands.joined(packedRows[r], value, 0, HalfOperands.BF16);
            if (exists) {
              int at = row[r] * channels + own;
              if ((what & FLOATS) != 0) {
                dx.set(at, value);
              }
              if ((what & RESIDUAL) != 0) {
                dResidual.set(at, dz);
              }
            }
          }
          if ((what & COLUMNS) != 0) {
            columns.set((block * 4 * fours + own) * 4 + quad, packed);
          }
        }
        for (int r = 0; r < EACH; r++) {
          if ((what & ROWS) != 0 && place + (r & 1) + 4 * (r & 2) < all) {
            rows.set(row[r] * fours + four, packedRows[r]);
          }
        }
      }
      for (int r = 0; r < EACH; r++) {
        int own = place + (r & 1) + 4 * (r & 2);
        int behind = own - capacity;
        if ((what & ROWS) != 0 && behind > -1 && behind < 2) {
          rows.set(own * fours + four, HalfOperands.behind(behind, channel));
        }
      }
    }
  }

  private static float above(FloatArray dx, FloatArray dResidual, FloatArray dy, int at, int what) {
    float above;
    if ((what & OVER_FLOATS) != 0) {
      above = dx.get(at);
    } else if ((what & OVER_RESIDUAL) != 0) {
      above = dResidual.get(at);
    } else {
      above = dy.get(at);
    }
    return above;
  }
}
