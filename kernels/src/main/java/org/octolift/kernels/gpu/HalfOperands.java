package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// 16-bit copies of operands in the layouts that the tensor-core kernels copy to local memory:
/// four numbers to a `long`, the widest number that TornadoVM loads at once from an array.
///
/// A long holds two pairs of numbers that lie eight numbers apart, (0, 1, 8, 9), (2, 3, 10, 11),
/// (4, 5, 12, 13), (6, 7, 14, 15) of sixteen. So neighbouring work-items, which store the pairs one
/// after the other, write to neighbouring places of local memory.
///
/// A conversion costs one pass at the speed of memory; it halves what a convolution gathers, where
/// each row is read some ten times. Numbers are rounded to nearest; ties to even in FP16 and, on
/// the GPU, in BF16.
public final class HalfOperands {
  /// IEEE half: 11 significant bits, 6e-5..65504 without loss.
  public static final int FP16 = 0;

  /// Brain float: 8 significant bits, the range of `float`.
  public static final int BF16 = 1;

  /// Two brain floats, the number rounded and what that lost: 16 significant bits. Products leave
  /// out low·low, so that they are good to about 2⁻¹⁷, against 2⁻¹² of TF32.
  public static final int SPLIT = 2;

  /// Longs behind the last row that the weight gradient reads in vain where its blocks of channels
  /// are wider than a row.
  private static final int SLACK = 32;

  private HalfOperands() {}

  /// Numbers that stand for one: 2 if split, else 1.
  public static int parts(int format) {
    return format == SPLIT ? 2 : 1;
  }

  /// Terms of a product: 3 if split, else 1.
  public static int terms(int format) {
    return format == SPLIT ? 3 : 1;
  }

  /// Channels of a row of a half copy: 16, or else a multiple of 32.
  public static int padded(int channels) {
    return channels <= 16 ? 16 : (channels + 31) / 32 * 32;
  }

  /// Longs of a half copy of {@code capacity} rows: two more rows, and a slack.
  public static int rowLongs(int capacity, int channels, int format) {
    int row = padded(channels) * parts(format) / 4;
    return Math.addExact(Math.multiplyExact(row, Math.addExact(capacity, 2)), SLACK);
  }

  /// Rows of x with channels padded with zeros, (capacity + 2, parts, padded); behind the
  /// {@code capacity} rows one of zeros, which stands for a missing neighbour, and one that begins
  /// 1, 1, 1, which multiplies the bias.
  ///
  /// @param half written, [#rowLongs]; rows from the count to the capacity become zeros
  /// @param x not modified, (capacity, channels)
  public static void rows(
      LongArray half,
      FloatArray x,
      IntArray counts,
      int slot,
      int channels,
      int padded,
      int capacity,
      int format) {
    int parts = format == SPLIT ? 2 : 1;
    for (@Parallel int i = 0; i < (capacity + 2) * parts * padded / 4; i++) {
      half.set(i, rowsAt(x, i, counts.get(slot), channels, padded, capacity, format));
    }
  }

  private static long rowsAt(
      FloatArray x, int i, int rows, int channels, int padded, int capacity, int format) {
    int parts = format == SPLIT ? 2 : 1;
    int row = i / (padded / 4) / parts;
    int low = i / (padded / 4) % parts;
    int channel = i % (padded / 4) / 4 * 16 + 2 * (i % 4);
    long four = 0;
    for (int j = 3; j > -1; j--) {
      int own = channel + (j & 1) + 4 * (j & 2);
      float value = row > capacity && own < 3 ? 1f : 0f;
      if (row < rows && own < channels) {
        value = x.get(row * channels + own);
      }
      four = joined(four, value, low, format);
    }
    return four;
  }

  /// A long in BF16 of the rows behind the last, of zeros and of what multiplies the bias.
  ///
  /// @param row 0 or 1
  /// @param channel the first of the long
  static long behind(int row, int channel) {
    long four = 0;
    for (int j = 3; j > -1; j--) {
      float value = row == 1 && channel + (j & 1) + 4 * (j & 2) < 3 ? 1f : 0f;
      four = joined(four, value, 0, BF16);
    }
    return four;
  }

  /// Whether a number in BF16 is positive.
  ///
  /// @param four a long of [#rows]
  /// @param j which of its numbers
  static boolean isPositive(long four, int j) {
    return (four << (48 - 16 * j)) >> 48 > 0;
  }

  /// Where a row of [#rows] has a channel: the long, times four, and the place there.
  static int placeOf(int channel) {
    return channel / 16 * 16 + channel % 8 / 2 * 4 + channel % 2 + channel % 16 / 8 * 2;
  }

  /// Blocks of 16 rows of [#columns] for {@code capacity} rows.
  public static int blocks(int capacity) {
    return Math.ceilDiv(capacity, TileLists.BLOCK);
  }

  /// Longs of [#columns] for {@code capacity} rows.
  public static int columnLongs(int capacity, int channels, int format) {
    int block = 4 * padded(channels) * parts(format);
    return Math.addExact(Math.multiplyExact(block, blocks(capacity)), 4 * SLACK);
  }

  /// The columns of blocks of [TileLists#BLOCK] rows, (blocks, parts, padded, 16): what the rows of
  /// a block hold of one channel lies together, which transposes a matrix as far as tensor cores
  /// need it. Rows from the count on are zeros.
  ///
  /// @param half written, [#columnLongs]
  /// @param x not modified, (capacity, channels)
  /// @param order not modified, as in [TileLists#lists]
  /// @param blocks [#blocks]
  public static void columns(
      LongArray half,
      FloatArray x,
      IntArray order,
      IntArray counts,
      int slot,
      int channels,
      int padded,
      int blocks,
      int ordered,
      int format) {
    int parts = format == SPLIT ? 2 : 1;
    for (@Parallel int i = 0; i < blocks * parts * padded * 4; i++) {
      half.set(i, columnsAt(x, i, order, counts.get(slot), channels, padded, ordered, format));
    }
  }

  private static long columnsAt(
      FloatArray x,
      int i,
      IntArray order,
      int rows,
      int channels,
      int padded,
      int ordered,
      int format) {
    int parts = format == SPLIT ? 2 : 1;
    int channel = i / 4 % padded;
    int low = i / 4 / padded % parts;
    int place = i / 4 / padded / parts * TileLists.BLOCK + 2 * (i % 4);
    long four = 0;
    for (int j = 3; j > -1; j--) {
      int own = place + (j & 1) + 4 * (j & 2);
      float value = 0;
      if (own < rows && channel < channels) {
        value = x.get((ordered == 1 ? order.get(own) : own) * channels + channel);
      }
      four = joined(four, value, low, format);
    }
    return four;
  }

  /// [#rows] and [#columns] of a weight gradient at once.
  public static void rowsAndColumns(
      LongArray halfRows,
      LongArray halfColumns,
      FloatArray x,
      FloatArray dy,
      IntArray order,
      IntArray counts,
      int slotX,
      int slotDy,
      int ci,
      int co,
      int paddedCi,
      int paddedCo,
      int capacity,
      int blocks,
      int ordered,
      int format) {
    int parts = format == SPLIT ? 2 : 1;
    int rowLongs = (capacity + 2) * parts * paddedCi / 4;
    for (@Parallel int i = 0; i < rowLongs + blocks * parts * paddedCo * 4; i++) {
      if (i < rowLongs) {
        halfRows.set(i, rowsAt(x, i, counts.get(slotX), ci, paddedCi, capacity, format));
      } else {
        int at = i - rowLongs;
        halfColumns.set(
            at, columnsAt(dy, at, order, counts.get(slotDy), co, paddedCo, ordered, format));
      }
    }
  }

  /// Longs of packed weights.
  public static int weightLongs(
      int offsets, int ci, int co, int tileColumns, int bias, int format) {
    int slabs = Math.ceilDiv(co, tileColumns);
    return Math.multiplyExact(
        terms(format) * padded(ci) * tileColumns / 4, Math.multiplyExact(offsets + bias, slabs));
  }

  /// The K weight matrices in the order in which the convolution reads them: (K, slabs of
  /// {@code tileColumns} columns, terms, ci / 16, tileColumns / 8, 8, 4, 2, 2), blocks of 16 rows
  /// and 8 columns of which a long has two columns of rows r and r + 8. The terms of split weights
  /// are high, low, high. A pair of columns that ends behind the last column repeats the last
  /// pair. If {@code bias} is 1 one more matrix follows whose first three rows add up to the bias,
  /// without loss of digits.
  ///
  /// @param half written, [#weightLongs]
  /// @param weights not modified, (offsets·ci, co), or (offsets·co, ci) if {@code transposed} is 1
  /// @param biases not modified, (1, co); anything if {@code bias} is 0
  /// @param sizes not modified: offsets, ci, co, padded ci, transposed, bias; an array, so that one
  /// kernel serves for all layers
  public static void weights(
      LongArray half,
      FloatArray weights,
      FloatArray biases,
      IntArray sizes,
      int tileColumns,
      int format) {
    int offsets = sizes.get(0);
    int ci = sizes.get(1);
    int co = sizes.get(2);
    int paddedCi = sizes.get(3);
    int transposed = sizes.get(4);
    int slabs = (co + tileColumns - 1) / tileColumns;
    int depth = (format == SPLIT ? 3 : 1) * paddedCi;
    int longs = (offsets + sizes.get(5)) * slabs * depth * tileColumns / 4;
    for (@Parallel int i = 0; i < longs; i++) {
      half.set(
          i,
          weightsAt(
              weights, i, biases, offsets, ci, co, paddedCi, tileColumns, transposed, format));
    }
  }

  private static long weightsAt(
      FloatArray weights,
      int i,
      FloatArray biases,
      int offsets,
      int ci,
      int co,
      int paddedCi,
      int tileColumns,
      int transposed,
      int format) {
    int slabs = (co + tileColumns - 1) / tileColumns;
    int depth = (format == SPLIT ? 3 : 1) * paddedCi;
    int block = i / 32 % (tileColumns / 8);
    int row = i / (4 * tileColumns) % (depth / 16) * 16 + i / 4 % 8;
    int slab = i / (tileColumns * depth / 4) % slabs;
    int k = i / (tileColumns * depth / 4) / slabs;
    int pair = slab * tileColumns + 8 * block + 2 * (i % 4);
    int column = pair < co - 2 ? pair : co - 2;
    int channel = row % paddedCi;
    long four = 0;
    for (int j = 3; j > -1; j--) {
      int own = channel + 4 * (j & 2);
      int out = column + (j & 1);
      int losses = row / paddedCi % 2;
      float value = 0;
      if (k < offsets && own < ci) {
        value =
            transposed == 1
                ? weights.get((k * co + out) * ci + own)
                : weights.get((k * ci + own) * co + out);
      }
      if (k >= offsets && row + 4 * (j & 2) < 3) {
        value = biases.get(out);
        losses = row;
      }
      four = joined(four, value, losses, format);
    }
    return four;
  }

  /// [#rows] and [#weights] of a convolution at once.
  public static void rowsAndWeights(
      LongArray halfRows,
      LongArray halfWeights,
      FloatArray x,
      FloatArray weights,
      FloatArray biases,
      IntArray counts,
      int slot,
      int offsets,
      int ci,
      int co,
      int paddedCi,
      int capacity,
      int tileColumns,
      int transposed,
      int bias,
      int format) {
    int parts = format == SPLIT ? 2 : 1;
    int slabs = (co + tileColumns - 1) / tileColumns;
    int depth = (format == SPLIT ? 3 : 1) * paddedCi;
    int rowLongs = (capacity + 2) * parts * paddedCi / 4;
    int weightLongs = (offsets + bias) * slabs * depth * tileColumns / 4;
    for (@Parallel int i = 0; i < rowLongs + weightLongs; i++) {
      if (i < rowLongs) {
        halfRows.set(i, rowsAt(x, i, counts.get(slot), ci, paddedCi, capacity, format));
      } else {
        int at = i - rowLongs;
        halfWeights.set(
            at,
            weightsAt(
                weights, at, biases, offsets, ci, co, paddedCi, tileColumns, transposed, format));
      }
    }
  }

  /// A long with one more number in front: what is left of it after it was rounded {@code losses}
  /// times.
  static long joined(long numbers, float value, int losses, int format) {
    float left = value;
    for (int loss = 0; loss < losses; loss++) {
      left -= rounded(left, format);
    }
    int bits = bits(left, format);
    // A sum, as TornadoVM's CUDA backend packs masked numbers wrongly.
    return (numbers << 16) + bits + (bits < 0 ? 1 << 16 : 0);
  }

  /// The bits of a number, as a `short`'s value.
  private static int bits(float value, int format) {
    int bits;
    if (format != FP16) {
      bits = BFloat16.bf16FromFloat(value);
    } else {
      bits = halfBits(value);
    }
    return bits;
  }

  private static float rounded(float value, int format) {
    float rounded;
    if (format != FP16) {
      rounded = BFloat16.bf16ToFloat(BFloat16.bf16FromFloat(value));
    } else {
      float sign = value < 0 ? -1f : 1f;
      int bits = halfBits(sign * value);
      int exponent = bits >> 10;
      int digits = exponent == 0 ? bits : bits - (exponent << 10) + 1024;
      rounded = sign * digits * power((exponent == 0 ? 1 : exponent) - 25);
    }
    return rounded;
  }

  /// To IEEE half by arithmetic: TornadoVM's own conversion keeps the upper byte alone on CUDA.
  private static int halfBits(float value) {
    float magnitude = value < 0 ? -value : value;
    int bits = magnitude > 0 ? 0x7C00 : 0x7E00;
    if (magnitude < 65520f) {
      int exponent = (BFloat16.bf16FromFloat(magnitude) >> 7) - 127;
      exponent = exponent < -14 ? -14 : exponent;
      float scaled = magnitude * power(10 - exponent);
      if (scaled < 1024f && exponent > -14) { // BF16 was rounded up to a power of two
        exponent--;
        scaled = scaled * 2;
      }
      int digits = (int) scaled;
      float rest = scaled - digits;
      digits += rest > 0.5f || (rest == 0.5f && (digits & 1) == 1) ? 1 : 0;
      bits = ((exponent + 14) << 10) + digits;
    }
    return value < 0 ? bits - 0x8000 : bits;
  }

  /// A power of two, with an exponent from -126 to 127.
  private static float power(int exponent) {
    return BFloat16.bf16ToFloat((short) ((exponent + 127) << 7));
  }
}
