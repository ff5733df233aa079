package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// 16-bit copies of operands in the layouts that the tensor-core kernels copy to local memory
/// four bytes at a time. They are byte arrays because those can be copied asynchronously and can
/// hold either format.
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

  /// Bytes behind the last row that the weight gradient of few channels reads in vain.
  private static final int SLACK = 128;

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

  /// Bytes of a half copy of {@code capacity} rows: two more rows, and a slack.
  public static int rowBytes(int capacity, int channels, int format) {
    int row = 2 * padded(channels) * parts(format);
    return Math.addExact(Math.multiplyExact(row, Math.addExact(capacity, 2)), SLACK);
  }

  /// Rows of x with channels padded with zeros, (capacity + 2, parts, padded); behind the
  /// {@code capacity} rows one of zeros, which stands for a missing neighbour, and one that begins
  /// 1, 1, 1, which multiplies the bias.
  ///
  /// @param half written, [#rowBytes]; rows from the count to the capacity become zeros
  /// @param x not modified, (capacity, channels)
  public static void rows(
      ByteArray half,
      FloatArray x,
      IntArray counts,
      int slot,
      int channels,
      int padded,
      int capacity,
      int format) {
    int parts = format == SPLIT ? 2 : 1;
    for (@Parallel int i = 0; i < (capacity + 2) * parts * padded; i++) {
      int row = i / padded / parts;
      int channel = i % padded;
      float value = row > capacity && channel < 3 ? 1f : 0f;
      if (row < counts.get(slot) && channel < channels) {
        value = x.get(row * channels + channel);
      }
      if (i / padded % parts == 1) {
        value -= rounded(value, format);
      }
      int bits = bits(value, format);
      half.set(2 * i, (byte) bits);
      half.set(2 * i + 1, (byte) (bits >> 8));
    }
  }

  /// Rows of [#rowPairs] for {@code capacity} rows: whole stages of the weight gradient.
  public static int pairedRows(int capacity) {
    return Math.ceilDiv(capacity, 64) * 64;
  }

  /// Bytes of [#rowPairs] for {@code capacity} rows.
  public static int rowPairBytes(int capacity, int channels, int format) {
    int row = 2 * padded(channels) * parts(format);
    return Math.addExact(Math.multiplyExact(row, pairedRows(capacity)), SLACK);
  }

  /// Pairs of rows, (rows / 2, parts, padded, 2): rows 2p and 2p + 1 of a channel lie beside each
  /// other, which transposes a matrix as far as tensor cores need it. Rows from the count on are
  /// zeros.
  ///
  /// @param half written, [#rowPairBytes]
  /// @param x not modified, (capacity, channels)
  /// @param order not modified, as in [TileLists#lists]
  /// @param rows [#pairedRows]
  public static void rowPairs(
      ByteArray half,
      FloatArray x,
      IntArray order,
      IntArray counts,
      int slot,
      int channels,
      int padded,
      int rows,
      int ordered,
      int format) {
    int parts = format == SPLIT ? 2 : 1;
    for (@Parallel int i = 0; i < rows * parts * padded; i++) {
      int channel = i / 2 % padded;
      int place = i / 2 / padded / parts * 2 + i % 2;
      float value = 0;
      if (place < counts.get(slot) && channel < channels) {
        int row = ordered == 1 ? order.get(place) : place;
        value = x.get(row * channels + channel);
      }
      if (i / 2 / padded % parts == 1) {
        value -= rounded(value, format);
      }
      int bits = bits(value, format);
      half.set(2 * i, (byte) bits);
      half.set(2 * i + 1, (byte) (bits >> 8));
    }
  }

  /// Bytes of packed weights.
  public static int weightBytes(
      int offsets, int ci, int co, int tileColumns, int bias, int format) {
    int slabs = Math.ceilDiv(co, tileColumns);
    return Math.multiplyExact(
        2 * terms(format) * padded(ci) * tileColumns, Math.multiplyExact(offsets + bias, slabs));
  }

  /// The K weight matrices in the order in which the convolution reads them: (K, slabs of
  /// {@code tileColumns} columns, terms, ci / 16, tileColumns / 8, 16, 8), the terms of split
  /// weights high, low, high. A pair of columns that ends behind the last column repeats the last
  /// pair. If {@code bias} is 1 one more matrix follows whose first three rows add up to the bias,
  /// without loss of digits.
  ///
  /// @param half written, [#weightBytes]
  /// @param weights not modified, (offsets·ci, co), or (offsets·co, ci) if {@code transposed} is 1
  /// @param biases not modified, (1, co); anything if {@code bias} is 0
  public static void weights(
      ByteArray half,
      FloatArray weights,
      FloatArray biases,
      int offsets,
      int ci,
      int co,
      int paddedCi,
      int tileColumns,
      int transposed,
      int bias,
      int format) {
    int slabs = (co + tileColumns - 1) / tileColumns;
    int terms = format == SPLIT ? 3 : 1;
    int depth = terms * paddedCi;
    for (@Parallel int i = 0; i < (offsets + bias) * slabs * depth * tileColumns; i++) {
      int block = i / 128 % (tileColumns / 8);
      int row = i / (16 * tileColumns) % (depth / 16) * 16 + i / 8 % 16;
      int slab = i / (tileColumns * depth) % slabs;
      int k = i / (tileColumns * depth) / slabs;
      int channel = row % paddedCi;
      int term = row / paddedCi;
      int pair = slab * tileColumns + 8 * block + i % 8 / 2 * 2;
      int column = (pair < co - 2 ? pair : co - 2) + i % 2;
      float value = 0;
      int losses = 0;
      if (k < offsets && channel < ci) {
        value =
            transposed == 1
                ? weights.get((k * co + column) * ci + channel)
                : weights.get((k * ci + channel) * co + column);
        losses = term % 2;
      }
      if (k >= offsets && row < 3) {
        value = biases.get(column);
        losses = row;
      }
      for (int loss = 0; loss < losses; loss++) {
        value -= rounded(value, format);
      }
      int bits = bits(value, format);
      half.set(2 * i, (byte) bits);
      half.set(2 * i + 1, (byte) (bits >> 8));
    }
  }

  private static int bits(float value, int format) {
    int bits;
    if (format != FP16) {
      bits = BFloat16.bf16FromFloat(value);
    } else {
      bits = new HalfFloat(value).getHalfFloatValue() & 0xFFFF;
    }
    return bits;
  }

  private static float rounded(float value, int format) {
    float rounded;
    if (format != FP16) {
      rounded = BFloat16.bf16ToFloat(BFloat16.bf16FromFloat(value));
    } else {
      rounded = new HalfFloat(value).getFloat32();
    }
    return rounded;
  }
}
