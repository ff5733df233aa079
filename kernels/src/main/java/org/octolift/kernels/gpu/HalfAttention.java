package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

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
  /// @param queries written, rows of [#SIZE] channels, times 1/8
  /// @param keys written, packed as weights of [#SIZE] rows and [#scores] columns
  /// @param values written, packed as weights of {@code padded} rows and [#SIZE] columns
  /// @param qkv not modified, (images · tokens, 3 · heads · [#SIZE]): Q, K and V side by side
  public static void pack(
      ByteArray queries,
      ByteArray keys,
      ByteArray values,
      FloatArray qkv,
      int images,
      int tokens,
      int heads,
      int padded) {
    for (@Parallel int i = 0; i < images * heads * padded * SIZE; i++) {
      int channel = i % SIZE;
      int token = i / SIZE % padded;
      int product = i / SIZE / padded;
      int row = product / heads * tokens + token;
      int from = (row * 3 * heads + product % heads) * SIZE + channel;
      // Behind the scores the last pair of keys again: HalfProduct stores it to the same place.
      int scores = (tokens + 15) / 16 * 16;
      int column = token < scores ? token : scores - 2 + token % 2;
      float query = 0;
      float key = 0;
      float value = 0;
      if (token < tokens) {
        query = 0.125f * qkv.get(from);
        value = qkv.get(from + 2 * heads * SIZE);
      }
      if (column < tokens) {
        key = qkv.get(from + (column - token) * 3 * heads * SIZE + heads * SIZE);
      }
      int first = product * padded * SIZE;
      int block = (token / KEYS * (SIZE / 16) + channel / 16) * (KEYS / 8) + token % KEYS / 8;
      int toKey = 2 * (first + block * 128 + channel % 16 * 8 + token % 8);
      block = token / 16 * (SIZE / 8) + channel / 8;
      int toValue = 2 * (first + block * 128 + token % 16 * 8 + channel % 8);
      int bits = BFloat16.bf16FromFloat(query);
      queries.set(2 * i, (byte) bits);
      queries.set(2 * i + 1, (byte) (bits >> 8));
      bits = BFloat16.bf16FromFloat(key);
      keys.set(toKey, (byte) bits);
      keys.set(toKey + 1, (byte) (bits >> 8));
      bits = BFloat16.bf16FromFloat(value);
      values.set(toValue, (byte) bits);
      values.set(toValue + 1, (byte) (bits >> 8));
    }
  }

  /// The softmax of each row of scores. A grid of (tokens, products) groups.
  ///
  /// @param shares written, (products · tokens, padded), zeros behind the last token
  /// @param scores not modified, (products · tokens, padded)
  /// @param padded [#scores]
  public static void softmax(
      KernelContext context, ByteArray shares, FloatArray scores, int tokens, int padded) {
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
    for (int k = id; k < padded; k += THREADS) {
      float share = 0;
      if (k < tokens) {
        share = TornadoMath.exp(scores.get(from + k) - most) * scale;
      }
      int bits = BFloat16.bf16FromFloat(share);
      shares.set(2 * (from + k), (byte) bits);
      shares.set(2 * (from + k) + 1, (byte) (bits >> 8));
    }
  }
}
