package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// What multi-head attention on tensor cores has beside two products of [HalfProduct] for each
/// image and head, of queries and keys, and of their softmax and the values. Heads have [#SIZE]
/// channels; operands are in BF16.
///
/// Scores are stored, as fragments of tensor cores cannot be read by work-items: 18 bytes of memory
/// traffic for a score, against its 256 operations.
public final class HalfAttention {
  /// Channels of a head.
  public static final int SIZE = 64;

  /// Work-items of a group.
  public static final int THREADS = 128;

  /// Columns of a tile of scores.
  public static final int KEYS = 128;

  private HalfAttention() {}

  /// Tokens of an image and head as the operands have them.
  public static int padded(int tokens) {
    return Math.ceilDiv(tokens, KEYS) * KEYS;
  }

  /// Scores of a query: tokens, a multiple of the depth of a product.
  public static int scores(int tokens) {
    return Math.ceilDiv(tokens, 16) * 16;
  }

  /// The operands of all images and heads, each of {@code padded} tokens, zeros behind the last.
  ///
  /// @param queries written, [HalfPanels] of {@code padded} rows, times 1/8
  /// @param keys written, packed as weights of [#SIZE] rows and [#scores] columns
  /// @param values written, packed as weights of {@code padded} rows and [#SIZE] columns
  /// @param qkv not modified, (images · tokens, 3 · heads · [#SIZE]): Q, K and V side by side
  public static void pack(
      LongArray queries,
      LongArray keys,
      LongArray values,
      FloatArray qkv,
      int images,
      int tokens,
      int heads,
      int padded) {
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
      // Behind the scores the last pair of keys again: HalfProduct stores it to the same place.
      int lastPair = (tokens + 15) / 16 * 16 - 2;
      int keyToken = keyPair < lastPair ? keyPair : lastPair;
      int valueToken = own / (SIZE * 4) * 16 + own / 4 % 8;
      int valueChannel = own / 32 % (SIZE / 8) * 8 + 2 * (own % 4);
      long query = 0;
      long key = 0;
      long value = 0;
      for (int j = 3; j > -1; j--) {
        int low = j & 1;
        int high = 4 * (j & 2);
        float number = 0;
        if (queryToken < tokens) {
          number = 0.125f * qkv.get(first + queryToken * pitch + queryChannel + low + high);
        }
        query = HalfOperands.joined(query, number, 0, HalfOperands.BF16);
        number = 0;
        if (keyToken + low < tokens) {
          int at = first + (keyToken + low) * pitch + heads * SIZE;
          number = qkv.get(at + keyChannel + high);
        }
        key = HalfOperands.joined(key, number, 0, HalfOperands.BF16);
        number = 0;
        if (valueToken + high < tokens) {
          int at = first + (valueToken + high) * pitch + 2 * heads * SIZE;
          number = qkv.get(at + valueChannel + low);
        }
        value = HalfOperands.joined(value, number, 0, HalfOperands.BF16);
      }
      queries.set(i, query);
      keys.set(i, key);
      values.set(i, value);
    }
  }

  /// The softmax of each row of scores. A grid of (tokens, products) groups.
  ///
  /// @param shares written, [HalfPanels] of {@code tokens} rows for each product, zeros behind the
  ///     last token
  /// @param scores not modified, (products · tokens, padded)
  /// @param padded [#scores]
  public static void softmax(
      KernelContext context, LongArray shares, FloatArray scores, int tokens, int padded) {
    float[] parts = context.allocateFloatLocalArray(THREADS);
    int id = context.localIdx;
    int from = (context.groupIdy * tokens + context.groupIdx) * padded;
    float most = -1e30f;
    for (int k = id; k < tokens; k += THREADS) {
      most = TornadoMath.max(most, scores.get(from + k));
    }
    parts[id] = most;
    context.localBarrier();
    for (int stride = THREADS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        parts[id] = TornadoMath.max(parts[id], parts[id + stride]);
      }
      context.localBarrier();
    }
    most = parts[0];
    context.localBarrier();
    float total = 0;
    for (int k = id; k < tokens; k += THREADS) {
      total += TornadoMath.exp(scores.get(from + k) - most);
    }
    parts[id] = total;
    context.localBarrier();
    for (int stride = THREADS / 2; stride > 0; stride = stride / 2) {
      if (id < stride) {
        parts[id] = parts[id] + parts[id + stride];
      }
      context.localBarrier();
    }
    float scale = 1 / parts[0];
    for (int i = id; i < padded / 4; i += THREADS) {
      int first = i / 4 * 16 + 2 * (i % 4);
      long four = 0;
      for (int j = 3; j > -1; j--) {
        int k = first + (j & 1) + 4 * (j & 2);
        float share = 0;
        if (k < tokens) {
          share = TornadoMath.exp(scores.get(from + k) - most) * scale;
        }
        four = HalfOperands.joined(four, share, 0, HalfOperands.BF16);
      }
      int panel = (context.groupIdy * (padded / 16) + i / 4) * tokens;
      shares.set(4 * (panel + context.groupIdx) + i % 4, four);
    }
  }
}
