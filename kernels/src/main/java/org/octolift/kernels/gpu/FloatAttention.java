package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Multi-head attention in FP32 with heads of [#SIZE] channels: `y = softmax(Q · Kᵀ / 8) · V`, in
/// one pass over the keys that never stores scores (Dao et al., "FlashAttention", 2022; the running
/// maximum of Milakov and Gimelshein, 2018).
///
/// A group computes [#QUERIES] queries of a head and takes [#KEYS] keys at a time. Each work-item
/// has 8 queries; with 15 others, which have the same queries, it shares their scores, 2 keys each,
/// and their results, 4 channels each. 47 KiB of local memory.
public final class FloatAttention {
  /// Channels of a head.
  public static final int SIZE = 64;

  /// Queries of a group.
  public static final int QUERIES = 64;

  /// Work-items of a group.
  public static final int THREADS = 128;

  private static final int KEYS = 32;

  /// Four more than the queries or keys: a warp then stores to different banks.
  private static final int QUERY_PITCH = QUERIES + 4;

  private static final int KEY_PITCH = KEYS + 4;
  private static final int SHARES = 17;

  private FloatAttention() {}

  /// Computes y. A grid of (blocks of [#QUERIES] tokens, heads, images) groups.
  ///
  /// @param y written if {@code floats} is 1, (images · tokens, channels): heads side by side
  /// @param half written if {@code panelRows} is not 0, as in [HalfAttention#attend], but for the
  ///     rows of zeros
  /// @param qkv not modified, (images · tokens, 3 · channels): Q, K and V side by side
  /// @param qkvHalf read instead if {@code rounded} is 1: qkv as [PlainRows]
  /// @param totals not modified, (images · heads, padded), from [HalfAttention#attend]
  /// @param channels heads · [#SIZE]
  /// @param again 1: only groups with a total that [HalfAttention] does not trust write
  public static void attend(
      KernelContext context,
      FloatArray y,
      LongArray half,
      FloatArray qkv,
      LongArray qkvHalf,
      FloatArray totals,
      int tokens,
      int channels,
      int padded,
      int panelRows,
      int plain,
      int floats,
      int rounded,
      int again) {
    float[] queries = context.allocateFloatLocalArray(SIZE * QUERY_PITCH);
    float[] keys = context.allocateFloatLocalArray(SIZE * KEY_PITCH);
    float[] values = context.allocateFloatLocalArray(KEYS * SIZE);
    float[] shares = context.allocateFloatLocalArray(KEYS * QUERY_PITCH);
    float[] maxima = context.allocateFloatLocalArray(QUERIES * SHARES);
    float[] result = new float[32];
    float[] scores = new float[16];
    float[] greatest = new float[8];
    float[] sums = new float[8];
    float[] factors = new float[8];
    int id = context.localIdx;
    int row = 8 * (id >> 4);
    int lane = id & 15;
    int first = QUERIES * context.groupIdx;
    int head = SIZE * context.groupIdy;
    int image = tokens * context.groupIdz;
    int channel = id & 63;
    int last = tokens;
    if (again == 1) {
      if (id < QUERIES) {
        int product = context.groupIdz * (channels / SIZE) + context.groupIdy;
        float total = totals.get(product * padded + first + id);
        maxima[id] = total > HalfAttention.LEAST && total < HalfAttention.LARGEST ? 0f : 1f;
      }
      context.localBarrier();
      last = 0;
      for (int i = id & 0; i < QUERIES; i++) {
        last = maxima[i] > 0 ? tokens : last;
      }
      context.localBarrier();
    }
    for (int i = id >> 6; i < (last > 0 ? QUERIES : 0); i += THREADS / SIZE) {
      float value = 0f;
      if (first + i < tokens) {
        int from = (image + first + i) * 3 * channels + head + channel;
        value = 0.125f * (rounded == 1 ? PlainRows.number(qkvHalf, from) : qkv.get(from));
      }
      queries[channel * QUERY_PITCH + i] = value;
    }
    for (int i = 0; i < 8; i++) {
      greatest[i] = -1e30f;
      sums[i] = 0f;
      for (int j = 0; j < 4; j++) {
        result[4 * i + j] = 0f;
      }
    }
    for (int key = 0; key < last; key += KEYS) {
      // Bounds that are no constants: TornadoVM would unroll these loops too, and compile for
      // seconds.
      int depth = key < tokens ? SIZE : 0;
      int count = key < tokens ? KEYS : 0;
      context.localBarrier();
      for (int i = id >> 6; i < count; i += THREADS / SIZE) {
        float keyValue = 0f;
        float value = 0f;
        if (key + i < tokens) {
          int from = ((image + key + i) * 3 + 1) * channels + head + channel;
          int to = from + channels;
          keyValue = rounded == 1 ? PlainRows.number(qkvHalf, from) : qkv.get(from);
          value = rounded == 1 ? PlainRows.number(qkvHalf, to) : qkv.get(to);
        }
        keys[channel * KEY_PITCH + i] = keyValue;
        values[i * SIZE + channel] = value;
      }
      context.localBarrier();
      for (int i = 0; i < 16; i++) {
        scores[i] = 0f;
      }
      for (int c = 0; c < depth; c++) {
        float key0 = keys[c * KEY_PITCH + 2 * lane];
        float key1 = keys[c * KEY_PITCH + 2 * lane + 1];
        for (int i = 0; i < 8; i++) {
          float query = queries[c * QUERY_PITCH + row + i];
          scores[2 * i] += query * key0;
          scores[2 * i + 1] += query * key1;
        }
      }
      int own = key + 2 * lane;
      for (int i = 0; i < 8; i++) {
        float score0 = own < tokens ? scores[2 * i] : -1e30f;
        float score1 = own + 1 < tokens ? scores[2 * i + 1] : -1e30f;
        scores[2 * i] = score0;
        scores[2 * i + 1] = score1;
        maxima[(row + i) * SHARES + lane] = TornadoMath.max(score0, score1);
      }
      context.localBarrier();
      if (id < QUERIES) {
        float most = maxima[id * SHARES];
        for (int i = 1; i < 16; i++) {
          most = TornadoMath.max(most, maxima[id * SHARES + i]);
        }
        maxima[id * SHARES + 16] = most;
      }
      context.localBarrier();
      for (int i = 0; i < 8; i++) {
        float most = TornadoMath.max(greatest[i], maxima[(row + i) * SHARES + 16]);
        float factor = TornadoMath.exp(greatest[i] - most);
        float share0 = TornadoMath.exp(scores[2 * i] - most);
        float share1 = TornadoMath.exp(scores[2 * i + 1] - most);
        greatest[i] = most;
        factors[i] = factor;
        sums[i] = sums[i] * factor + share0 + share1;
        shares[2 * lane * QUERY_PITCH + row + i] = share0;
        shares[(2 * lane + 1) * QUERY_PITCH + row + i] = share1;
      }
      for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 4; j++) {
          result[4 * i + j] = result[4 * i + j] * factors[i];
        }
      }
      context.localBarrier();
      for (int k = 0; k < count; k++) {
        float value0 = values[k * SIZE + PlainRows.channel(lane, 0, plain)];
        float value1 = values[k * SIZE + PlainRows.channel(lane, 1, plain)];
        float value2 = values[k * SIZE + PlainRows.channel(lane, 2, plain)];
        float value3 = values[k * SIZE + PlainRows.channel(lane, 3, plain)];
        for (int i = 0; i < 8; i++) {
          float share = shares[k * QUERY_PITCH + row + i];
          result[4 * i] += share * value0;
          result[4 * i + 1] += share * value1;
          result[4 * i + 2] += share * value2;
          result[4 * i + 3] += share * value3;
        }
      }
    }
    context.localBarrier();
    for (int i = 0; i < 8; i++) {
      maxima[(row + i) * SHARES + lane] = sums[i];
    }
    context.localBarrier();
    for (int i = 0; i < 8; i++) {
      float total = 0f;
      for (int j = 0; j < 16; j++) {
        total += maxima[(row + i) * SHARES + j];
      }
      int token = first + row + i;
      if (token < tokens && last > 0) {
        long packed = 0;
        int to = (image + token) * channels + head;
        for (int j = 3; j > -1; j--) {
          float value = result[4 * i + j] / total;
          packed = HalfOperands.joined(packed, value, 0, HalfOperands.BF16);
          if (floats == 1) {
            y.set(to + PlainRows.channel(lane, j, plain), value);
          }
        }
        if (panelRows > 0) {
          half.set(
              PlainRows.place(image + token, head / 4 + lane, channels, panelRows, plain), packed);
        }
      }
    }
  }
}
