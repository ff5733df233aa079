package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Queries, keys and values of heads of [#SIZE] channels, in BF16, as [HalfAttention] reads them.
public final class HalfHeads {
  /// Channels of a head.
  public static final int SIZE = 64;

  /// Keys of a tile.
  static final int KEYS = 32;

  private HalfHeads() {}

  /// Tokens of an image and head as the operands have them.
  public static int padded(int tokens) {
    return Math.ceilDiv(tokens, TileLists.ROWS) * TileLists.ROWS;
  }

  /// The operands of all images and heads, each of {@code padded} tokens, zeros behind the last.
  ///
  /// @param queries written, [HalfPanels] of {@code padded} rows, times 1/8
  /// @param keys written, packed as weights of [#SIZE] rows and {@code padded} columns, 32 a slab
  /// @param values written, packed as weights of {@code padded} rows and [#SIZE] columns
  /// @param qkv not modified, (images · tokens, 3 · heads · [#SIZE]): Q, K and V side by side
  /// @param half read instead if {@code rounded} is 1: qkv as [PlainRows]
  /// @param plain 1 for channels of values in the order in which [HalfAttention] gets those of a
  ///     long of [PlainRows], 0 for their own
  public static void pack(
      LongArray queries,
      LongArray keys,
      LongArray values,
      FloatArray qkv,
      LongArray half,
      int images,
      int tokens,
      int heads,
      int padded,
      int plain,
      int rounded) {
    for (@Parallel int i = 0; i < images * heads * padded * SIZE / 4; i++) {
      int product = i / (padded * SIZE / 4);
      int own = i % (padded * SIZE / 4);
      int first = (product / heads * tokens * 3 * heads + product % heads) * SIZE;
      int pitch = 3 * heads * SIZE;
      // The channels and tokens of the numbers, as HalfOperands has them.
      int queryToken = own / 4 % padded;
      int queryChannel = own / (4 * padded) * 16 + 2 * (own % 4);
      int keyChannel = own / (KEYS * 4) % (SIZE / 16) * 16 + own / 4 % 8;
      int keyPair = own / (KEYS * SIZE / 4) * KEYS + own / 32 % (KEYS / 8) * 8 + 2 * (own % 4);
      int valueToken = own / (SIZE * 4) * 16 + own / 4 % 8;
      int block = own / 32 % (SIZE / 8);
      int valueChannel =
          plain == 1 ? block / 2 * 16 + 4 * (own % 4) + 2 * (block % 2) : 8 * block + 2 * (own % 4);
      long query = 0;
      long key = 0;
      long value = 0;
      for (int j = 3; j > -1; j--) {
        int low = j & 1;
        int high = 4 * (j & 2);
        float number = 0;
        if (queryToken < tokens) {
          int at = first + queryToken * pitch + queryChannel + low + high;
          number = 0.125f * (rounded == 1 ? PlainRows.number(half, at) : qkv.get(at));
        }
        query = HalfOperands.joined(query, number, 0, HalfOperands.BF16);
        number = 0;
        if (keyPair + low < tokens) {
          int at = first + (keyPair + low) * pitch + heads * SIZE + keyChannel + high;
          number = rounded == 1 ? PlainRows.number(half, at) : qkv.get(at);
        }
        key = HalfOperands.joined(key, number, 0, HalfOperands.BF16);
        number = 0;
        if (valueToken + high < tokens) {
          int at = first + (valueToken + high) * pitch + 2 * heads * SIZE + valueChannel + low;
          number = rounded == 1 ? PlainRows.number(half, at) : qkv.get(at);
        }
        value = HalfOperands.joined(value, number, 0, HalfOperands.BF16);
      }
      queries.set(i, query);
      keys.set(i, key);
      values.set(i, value);
    }
  }
}
