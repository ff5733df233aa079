package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/// Multi-head attention on tensor cores in one pass over the keys: `y = softmax(Q · Kᵀ) · V`, heads
/// of [HalfHeads#SIZE] channels, operands in BF16, sums in FP32.
///
/// A group takes [#QUERIES] queries of one image and head and 32 keys at a time; a warp has 32
/// queries, whose operands stay in its registers. Scores become shares of eight keys after eight,
/// and shares become operands by way of local memory. A column of ones more among the values adds
/// the shares up. Sums in fragments cannot be multiplied by a number, so there is no running
/// maximum: exponentials are taken of the scores themselves, which BF16 and FP32 hold as well as
/// smaller ones while the total of a query is within [#LEAST] and [#LARGEST]; where it is not,
/// [FloatAttention] computes it once more.
public final class HalfAttention {
  /// Queries of a group, and its work-items.
  public static final int QUERIES = 128;

  /// Totals above it, and others, are not to be trusted; so are those below [#LEAST].
  static final float LARGEST = 1e26f;

  static final float LEAST = 1e-26f;

  private static final int KEYS = HalfHeads.KEYS;
  private static final int SIZE = HalfHeads.SIZE;

  /// Ints of 16 channels of the queries, and of 16 keys of their shares.
  private static final int PLANE = 8 * QUERIES;

  /// Ints of a tile of keys or values.
  private static final int TILE = KEYS * SIZE / 2;

  /// Ints of eight columns of ones, one for each key of a tile.
  private static final int ONES = 4 * KEYS;

  /// Two ones in BF16.
  private static final int ONE = 0x3F803F80;

  private HalfAttention() {}

  /// Computes y. A grid of (tiles of queries, products) groups of [#QUERIES] work-items.
  ///
  /// @param y written if {@code floats} is 1, (images · tokens, heads · [HalfHeads#SIZE])
  /// @param half written if {@code panelRows} is not 0, in BF16, as [PlainRows#rows] if {@code
  ///     plain} is 1, else as [HalfPanels#rows]
  /// @param totals written, (products, padded): the sum of each query's exponentials
  /// @param queries not modified, from [HalfHeads#pack], as keys and values
  /// @param padded [HalfHeads#padded]
  /// @param panelRows [HalfPanels#panelRows] of all tokens, or 0
  public static void attend(
      KernelContext context,
      FloatArray y,
      LongArray half,
      FloatArray totals,
      LongArray queries,
      LongArray keys,
      LongArray values,
      int images,
      int tokens,
      int padded,
      int heads,
      int panelRows,
      int plain,
      int floats) {
    // The queries', later the shares' of two planes.
    int[] shares = context.allocateIntLocalArray(4 * PLANE);
    int[] tileK = context.allocateIntLocalArray(2 * TILE);
    int[] tileV = context.allocateIntLocalArray(2 * TILE);
    int[] ones = context.allocateIntLocalArray(2 * ONES);
    // Of 16 numbers 4 to 7 are those of the first rows of two fragments, 12 to 15 of the others.
    // TornadoVM takes constants alone for places in private memory, and does not know that mmaStore
    // writes it: no place may be read twice without a barrier in between.
    VectorFloat4 scores = new VectorFloat4(16);
    FloatArray own = scores.getArray();
    VectorFloat4 results = new VectorFloat4(36);
    FloatArray ownResults = results.getArray();
    long[] nextK = new long[4];
    long[] nextV = new long[4];
    int id = context.localIdx;
    int lane = id & 31;
    int quad = lane >> 2;
    int warpRow = id & -32;
    int row = -quad;
    int column = -2 * (lane & 3);
    int product = context.groupIdy;
    int steps = (tokens + KEYS - 1) / KEYS;
    int fromQ = product * padded * (SIZE / 4) + 4 * QUERIES * context.groupIdx + id;
    int swap = id >> 2 & 4;
    int toQ = 8 * (id >> 2) + (id & 3) + swap;
    for (int plane = 0; plane < 4; plane++) {
      for (int i = 0; i < 4; i++) {
        nextK[i] = queries.get(fromQ + 4 * padded * plane + QUERIES * i);
      }
      for (int i = 0; i < 4; i++) {
        int to = plane * PLANE + toQ + 2 * QUERIES * i;
        shares[to] = (int) nextK[i];
        shares[to + 4 - 2 * swap] = (int) (nextK[i] >> 32);
      }
    }
    int fromB = product * padded * (SIZE / 4) + id;
    int toB = 64 * (id >> 5) + lane;
    for (int i = 0; i < 4; i++) {
      nextK[i] = keys.get(fromB + QUERIES * i);
    }
    for (int i = 0; i < 4; i++) {
      tileK[toB + 2 * QUERIES * i] = (int) nextK[i];
      tileK[toB + 2 * QUERIES * i + 32] = (int) (nextK[i] >> 32);
    }
    ones[id] = ONE;
    ones[ONES + id] = (id >> 2) < tokens - KEYS * (steps - 1) ? ONE : 0;
    context.localBarrier();
    int fromA = 32 * warpRow + (lane & 4) * (lane < 16 ? 4 : -4);
    // Where a row has the shares of the first eight of sixteen keys, and of the others.
    int half0 = 8 * (warpRow + quad) + (lane & 3) + (quad & 4);
    int half1 = half0 + 4 - 2 * (quad & 4);
    HalfFloat[] q00 = context.mmaLoadA(shares, 16, fromA + 0);
    HalfFloat[] q01 = context.mmaLoadA(shares, 16, fromA + 512);
    HalfFloat[] q10 = context.mmaLoadA(shares, 16, fromA + 4096);
    HalfFloat[] q11 = context.mmaLoadA(shares, 16, fromA + 4608);
    HalfFloat[] q20 = context.mmaLoadA(shares, 16, fromA + 8192);
    HalfFloat[] q21 = context.mmaLoadA(shares, 16, fromA + 8704);
    HalfFloat[] q30 = context.mmaLoadA(shares, 16, fromA + 12288);
    HalfFloat[] q31 = context.mmaLoadA(shares, 16, fromA + 12800);
    float[] o00 = context.mmaFragment(0f);
    float[] o01 = context.mmaFragment(0f);
    float[] o02 = context.mmaFragment(0f);
    float[] o03 = context.mmaFragment(0f);
    float[] o04 = context.mmaFragment(0f);
    float[] o05 = context.mmaFragment(0f);
    float[] o06 = context.mmaFragment(0f);
    float[] o07 = context.mmaFragment(0f);
    float[] o10 = context.mmaFragment(0f);
    float[] o11 = context.mmaFragment(0f);
    float[] o12 = context.mmaFragment(0f);
    float[] o13 = context.mmaFragment(0f);
    float[] o14 = context.mmaFragment(0f);
    float[] o15 = context.mmaFragment(0f);
    float[] o16 = context.mmaFragment(0f);
    float[] o17 = context.mmaFragment(0f);
    float[] total0 = context.mmaFragment(0f);
    float[] total1 = context.mmaFragment(0f);
    for (int step = 0; step < steps; step++) {
      int now = TILE * (step & 1);
      int then = TILE - now;
      int atV = fromB + TILE / 2 * step;
      int atK = fromB + TILE / 2 * TornadoMath.min(step + 1, steps - 1);
      int last = 4 * ONES * TornadoMath.max(step - steps + 2, 0);
      for (int i = 0; i < 4; i++) {
        nextV[i] = values.get(atV + QUERIES * i);
        nextK[i] = keys.get(atK + QUERIES * i);
      }
      int fromK = 4 * now;
      float[] s00 = context.mmaFragment(0f);
      float[] s01 = context.mmaFragment(0f);
      HalfFloat[] k00 = context.mmaLoadB(tileK, 16, fromK + 0);
      s00 = context.mmaBF16(q00, k00, s00, MMAShape.M16N8K16);
      s01 = context.mmaBF16(q01, k00, s01, MMAShape.M16N8K16);
      HalfFloat[] k10 = context.mmaLoadB(tileK, 16, fromK + 1024);
      s00 = context.mmaBF16(q10, k10, s00, MMAShape.M16N8K16);
      s01 = context.mmaBF16(q11, k10, s01, MMAShape.M16N8K16);
      HalfFloat[] k20 = context.mmaLoadB(tileK, 16, fromK + 2048);
      s00 = context.mmaBF16(q20, k20, s00, MMAShape.M16N8K16);
      s01 = context.mmaBF16(q21, k20, s01, MMAShape.M16N8K16);
      HalfFloat[] k30 = context.mmaLoadB(tileK, 16, fromK + 3072);
      s00 = context.mmaBF16(q30, k30, s00, MMAShape.M16N8K16);
      s01 = context.mmaBF16(q31, k30, s01, MMAShape.M16N8K16);
      context.mmaStore(s00, own, row, column + 0, 1);
      context.mmaStore(s01, own, row, column + 2, 1);
      Float4 near0 = scores.get(1);
      Float4 far0 = scores.get(3);
      shares[half0] = exponentials(near0.getX(), near0.getY());
      shares[half0 + 64] = exponentials(far0.getX(), far0.getY());
      shares[half0 + 128] = exponentials(near0.getZ(), near0.getW());
      shares[half0 + 192] = exponentials(far0.getZ(), far0.getW());
      float[] s10 = context.mmaFragment(0f);
      float[] s11 = context.mmaFragment(0f);
      HalfFloat[] k01 = context.mmaLoadB(tileK, 16, fromK + 256);
      s10 = context.mmaBF16(q00, k01, s10, MMAShape.M16N8K16);
      s11 = context.mmaBF16(q01, k01, s11, MMAShape.M16N8K16);
      HalfFloat[] k11 = context.mmaLoadB(tileK, 16, fromK + 1280);
      s10 = context.mmaBF16(q10, k11, s10, MMAShape.M16N8K16);
      s11 = context.mmaBF16(q11, k11, s11, MMAShape.M16N8K16);
      HalfFloat[] k21 = context.mmaLoadB(tileK, 16, fromK + 2304);
      s10 = context.mmaBF16(q20, k21, s10, MMAShape.M16N8K16);
      s11 = context.mmaBF16(q21, k21, s11, MMAShape.M16N8K16);
      HalfFloat[] k31 = context.mmaLoadB(tileK, 16, fromK + 3328);
      s10 = context.mmaBF16(q30, k31, s10, MMAShape.M16N8K16);
      s11 = context.mmaBF16(q31, k31, s11, MMAShape.M16N8K16);
      context.mmaStore(s10, own, row, column + 16, 1);
      context.mmaStore(s11, own, row, column + 18, 1);
      Float4 near1 = scores.get(5);
      Float4 far1 = scores.get(7);
      shares[half1] = exponentials(near1.getX(), near1.getY());
      shares[half1 + 64] = exponentials(far1.getX(), far1.getY());
      shares[half1 + 128] = exponentials(near1.getZ(), near1.getW());
      shares[half1 + 192] = exponentials(far1.getZ(), far1.getW());
      float[] s20 = context.mmaFragment(0f);
      float[] s21 = context.mmaFragment(0f);
      HalfFloat[] k02 = context.mmaLoadB(tileK, 16, fromK + 512);
      s20 = context.mmaBF16(q00, k02, s20, MMAShape.M16N8K16);
      s21 = context.mmaBF16(q01, k02, s21, MMAShape.M16N8K16);
      HalfFloat[] k12 = context.mmaLoadB(tileK, 16, fromK + 1536);
      s20 = context.mmaBF16(q10, k12, s20, MMAShape.M16N8K16);
      s21 = context.mmaBF16(q11, k12, s21, MMAShape.M16N8K16);
      HalfFloat[] k22 = context.mmaLoadB(tileK, 16, fromK + 2560);
      s20 = context.mmaBF16(q20, k22, s20, MMAShape.M16N8K16);
      s21 = context.mmaBF16(q21, k22, s21, MMAShape.M16N8K16);
      HalfFloat[] k32 = context.mmaLoadB(tileK, 16, fromK + 3584);
      s20 = context.mmaBF16(q30, k32, s20, MMAShape.M16N8K16);
      s21 = context.mmaBF16(q31, k32, s21, MMAShape.M16N8K16);
      context.mmaStore(s20, own, row, column + 32, 1);
      context.mmaStore(s21, own, row, column + 34, 1);
      Float4 near2 = scores.get(9);
      Float4 far2 = scores.get(11);
      shares[half0 + 1024] = exponentials(near2.getX(), near2.getY());
      shares[half0 + 1088] = exponentials(far2.getX(), far2.getY());
      shares[half0 + 1152] = exponentials(near2.getZ(), near2.getW());
      shares[half0 + 1216] = exponentials(far2.getZ(), far2.getW());
      float[] s30 = context.mmaFragment(0f);
      float[] s31 = context.mmaFragment(0f);
      HalfFloat[] k03 = context.mmaLoadB(tileK, 16, fromK + 768);
      s30 = context.mmaBF16(q00, k03, s30, MMAShape.M16N8K16);
      s31 = context.mmaBF16(q01, k03, s31, MMAShape.M16N8K16);
      HalfFloat[] k13 = context.mmaLoadB(tileK, 16, fromK + 1792);
      s30 = context.mmaBF16(q10, k13, s30, MMAShape.M16N8K16);
      s31 = context.mmaBF16(q11, k13, s31, MMAShape.M16N8K16);
      HalfFloat[] k23 = context.mmaLoadB(tileK, 16, fromK + 2816);
      s30 = context.mmaBF16(q20, k23, s30, MMAShape.M16N8K16);
      s31 = context.mmaBF16(q21, k23, s31, MMAShape.M16N8K16);
      HalfFloat[] k33 = context.mmaLoadB(tileK, 16, fromK + 3840);
      s30 = context.mmaBF16(q30, k33, s30, MMAShape.M16N8K16);
      s31 = context.mmaBF16(q31, k33, s31, MMAShape.M16N8K16);
      context.mmaStore(s30, own, row, column + 48, 1);
      context.mmaStore(s31, own, row, column + 50, 1);
      Float4 near3 = scores.get(13);
      Float4 far3 = scores.get(15);
      shares[half1 + 1024] = exponentials(near3.getX(), near3.getY());
      shares[half1 + 1088] = exponentials(far3.getX(), far3.getY());
      shares[half1 + 1152] = exponentials(near3.getZ(), near3.getW());
      shares[half1 + 1216] = exponentials(far3.getZ(), far3.getW());
      for (int i = 0; i < 4; i++) {
        tileV[now + toB + 2 * QUERIES * i] = (int) nextV[i];
        tileV[now + toB + 2 * QUERIES * i + 32] = (int) (nextV[i] >> 32);
        tileK[then + toB + 2 * QUERIES * i] = (int) nextK[i];
        tileK[then + toB + 2 * QUERIES * i + 32] = (int) (nextK[i] >> 32);
      }
      context.localBarrier();
      int fromV = 4 * now;
      HalfFloat[] p00 = context.mmaLoadA(shares, 16, fromA + 0);
      HalfFloat[] p01 = context.mmaLoadA(shares, 16, fromA + 512);
      HalfFloat[] ones0 = context.mmaLoadB(ones, 16, last + 0);
      total0 = context.mmaBF16(p00, ones0, total0, MMAShape.M16N8K16);
      total1 = context.mmaBF16(p01, ones0, total1, MMAShape.M16N8K16);
      HalfFloat[] v00 = context.mmaLoadB(tileV, 16, fromV + 0);
      o00 = context.mmaBF16(p00, v00, o00, MMAShape.M16N8K16);
      o10 = context.mmaBF16(p01, v00, o10, MMAShape.M16N8K16);
      HalfFloat[] v01 = context.mmaLoadB(tileV, 16, fromV + 256);
      o01 = context.mmaBF16(p00, v01, o01, MMAShape.M16N8K16);
      o11 = context.mmaBF16(p01, v01, o11, MMAShape.M16N8K16);
      HalfFloat[] v02 = context.mmaLoadB(tileV, 16, fromV + 512);
      o02 = context.mmaBF16(p00, v02, o02, MMAShape.M16N8K16);
      o12 = context.mmaBF16(p01, v02, o12, MMAShape.M16N8K16);
      HalfFloat[] v03 = context.mmaLoadB(tileV, 16, fromV + 768);
      o03 = context.mmaBF16(p00, v03, o03, MMAShape.M16N8K16);
      o13 = context.mmaBF16(p01, v03, o13, MMAShape.M16N8K16);
      HalfFloat[] v04 = context.mmaLoadB(tileV, 16, fromV + 1024);
      o04 = context.mmaBF16(p00, v04, o04, MMAShape.M16N8K16);
      o14 = context.mmaBF16(p01, v04, o14, MMAShape.M16N8K16);
      HalfFloat[] v05 = context.mmaLoadB(tileV, 16, fromV + 1280);
      o05 = context.mmaBF16(p00, v05, o05, MMAShape.M16N8K16);
      o15 = context.mmaBF16(p01, v05, o15, MMAShape.M16N8K16);
      HalfFloat[] v06 = context.mmaLoadB(tileV, 16, fromV + 1536);
      o06 = context.mmaBF16(p00, v06, o06, MMAShape.M16N8K16);
      o16 = context.mmaBF16(p01, v06, o16, MMAShape.M16N8K16);
      HalfFloat[] v07 = context.mmaLoadB(tileV, 16, fromV + 1792);
      o07 = context.mmaBF16(p00, v07, o07, MMAShape.M16N8K16);
      o17 = context.mmaBF16(p01, v07, o17, MMAShape.M16N8K16);
      HalfFloat[] p10 = context.mmaLoadA(shares, 16, fromA + 4096);
      HalfFloat[] p11 = context.mmaLoadA(shares, 16, fromA + 4608);
      HalfFloat[] ones1 = context.mmaLoadB(ones, 16, last + 256);
      total0 = context.mmaBF16(p10, ones1, total0, MMAShape.M16N8K16);
      total1 = context.mmaBF16(p11, ones1, total1, MMAShape.M16N8K16);
      HalfFloat[] v10 = context.mmaLoadB(tileV, 16, fromV + 2048);
      o00 = context.mmaBF16(p10, v10, o00, MMAShape.M16N8K16);
      o10 = context.mmaBF16(p11, v10, o10, MMAShape.M16N8K16);
      HalfFloat[] v11 = context.mmaLoadB(tileV, 16, fromV + 2304);
      o01 = context.mmaBF16(p10, v11, o01, MMAShape.M16N8K16);
      o11 = context.mmaBF16(p11, v11, o11, MMAShape.M16N8K16);
      HalfFloat[] v12 = context.mmaLoadB(tileV, 16, fromV + 2560);
      o02 = context.mmaBF16(p10, v12, o02, MMAShape.M16N8K16);
      o12 = context.mmaBF16(p11, v12, o12, MMAShape.M16N8K16);
      HalfFloat[] v13 = context.mmaLoadB(tileV, 16, fromV + 2816);
      o03 = context.mmaBF16(p10, v13, o03, MMAShape.M16N8K16);
      o13 = context.mmaBF16(p11, v13, o13, MMAShape.M16N8K16);
      HalfFloat[] v14 = context.mmaLoadB(tileV, 16, fromV + 3072);
      o04 = context.mmaBF16(p10, v14, o04, MMAShape.M16N8K16);
      o14 = context.mmaBF16(p11, v14, o14, MMAShape.M16N8K16);
      HalfFloat[] v15 = context.mmaLoadB(tileV, 16, fromV + 3328);
      o05 = context.mmaBF16(p10, v15, o05, MMAShape.M16N8K16);
      o15 = context.mmaBF16(p11, v15, o15, MMAShape.M16N8K16);
      HalfFloat[] v16 = context.mmaLoadB(tileV, 16, fromV + 3584);
      o06 = context.mmaBF16(p10, v16, o06, MMAShape.M16N8K16);
      o16 = context.mmaBF16(p11, v16, o16, MMAShape.M16N8K16);
      HalfFloat[] v17 = context.mmaLoadB(tileV, 16, fromV + 3840);
      o07 = context.mmaBF16(p10, v17, o07, MMAShape.M16N8K16);
      o17 = context.mmaBF16(p11, v17, o17, MMAShape.M16N8K16);
    }
    context.mmaStore(o00, ownResults, row, column + 0, 1);
    context.mmaStore(o10, ownResults, row, column + 2, 1);
    context.mmaStore(o01, ownResults, row, column + 16, 1);
    context.mmaStore(o11, ownResults, row, column + 18, 1);
    context.mmaStore(o02, ownResults, row, column + 32, 1);
    context.mmaStore(o12, ownResults, row, column + 34, 1);
    context.mmaStore(o03, ownResults, row, column + 48, 1);
    context.mmaStore(o13, ownResults, row, column + 50, 1);
    context.mmaStore(o04, ownResults, row, column + 64, 1);
    context.mmaStore(o14, ownResults, row, column + 66, 1);
    context.mmaStore(o05, ownResults, row, column + 80, 1);
    context.mmaStore(o15, ownResults, row, column + 82, 1);
    context.mmaStore(o06, ownResults, row, column + 96, 1);
    context.mmaStore(o16, ownResults, row, column + 98, 1);
    context.mmaStore(o07, ownResults, row, column + 112, 1);
    context.mmaStore(o17, ownResults, row, column + 114, 1);
    context.mmaStore(total0, ownResults, row, column + 128, 1);
    context.mmaStore(total1, ownResults, row, column + 130, 1);
    Float4 near0 = results.get(1);
    Float4 far0 = results.get(3);
    Float4 near1 = results.get(5);
    Float4 far1 = results.get(7);
    Float4 near2 = results.get(9);
    Float4 far2 = results.get(11);
    Float4 near3 = results.get(13);
    Float4 far3 = results.get(15);
    Float4 near4 = results.get(17);
    Float4 far4 = results.get(19);
    Float4 near5 = results.get(21);
    Float4 far5 = results.get(23);
    Float4 near6 = results.get(25);
    Float4 far6 = results.get(27);
    Float4 near7 = results.get(29);
    Float4 far7 = results.get(31);
    Float4 near8 = results.get(33);
    Float4 far8 = results.get(35);
    float[] total = new float[4];
    total[0] = near8.getX();
    total[1] = far8.getX();
    total[2] = near8.getZ();
    total[3] = far8.getZ();
    float[] sums = new float[64];
    sums[0] = near0.getX();
    sums[1] = near0.getY();
    sums[16] = far0.getX();
    sums[17] = far0.getY();
    sums[32] = near0.getZ();
    sums[33] = near0.getW();
    sums[48] = far0.getZ();
    sums[49] = far0.getW();
    sums[2] = near1.getX();
    sums[3] = near1.getY();
    sums[18] = far1.getX();
    sums[19] = far1.getY();
    sums[34] = near1.getZ();
    sums[35] = near1.getW();
    sums[50] = far1.getZ();
    sums[51] = far1.getW();
    sums[4] = near2.getX();
    sums[5] = near2.getY();
    sums[20] = far2.getX();
    sums[21] = far2.getY();
    sums[36] = near2.getZ();
    sums[37] = near2.getW();
    sums[52] = far2.getZ();
    sums[53] = far2.getW();
    sums[6] = near3.getX();
    sums[7] = near3.getY();
    sums[22] = far3.getX();
    sums[23] = far3.getY();
    sums[38] = near3.getZ();
    sums[39] = near3.getW();
    sums[54] = far3.getZ();
    sums[55] = far3.getW();
    sums[8] = near4.getX();
    sums[9] = near4.getY();
    sums[24] = far4.getX();
    sums[25] = far4.getY();
    sums[40] = near4.getZ();
    sums[41] = near4.getW();
    sums[56] = far4.getZ();
    sums[57] = far4.getW();
    sums[10] = near5.getX();
    sums[11] = near5.getY();
    sums[26] = far5.getX();
    sums[27] = far5.getY();
    sums[42] = near5.getZ();
    sums[43] = near5.getW();
    sums[58] = far5.getZ();
    sums[59] = far5.getW();
    sums[12] = near6.getX();
    sums[13] = near6.getY();
    sums[28] = far6.getX();
    sums[29] = far6.getY();
    sums[44] = near6.getZ();
    sums[45] = near6.getW();
    sums[60] = far6.getZ();
    sums[61] = far6.getW();
    sums[14] = near7.getX();
    sums[15] = near7.getY();
    sums[30] = far7.getX();
    sums[31] = far7.getY();
    sums[46] = near7.getZ();
    sums[47] = near7.getW();
    sums[62] = far7.getZ();
    sums[63] = far7.getW();
    int image = product / heads;
    int four = (product - image * heads) * (SIZE / 4) + (lane & 3);
    for (int i = 0; i < 4; i++) {
      int token = QUERIES * context.groupIdx + warpRow + quad + 8 * i;
      int to = image * tokens + token;
      float scale = 1 / total[i];
      if ((lane & 3) == 0) {
        totals.set(product * padded + token, total[i]);
      }
      for (int block = 0; block < 4; block++) {
        long packed = 0;
        for (int n = 3; n > -1; n--) {
          float value = scale * sums[16 * i + 4 * block + n];
          packed = HalfOperands.joined(packed, value, 0, HalfOperands.BF16);
          if (floats == 1 && token < tokens) {
            y.set(to * heads * SIZE + PlainRows.channel(four + 4 * block, n, plain), value);
          }
        }
        if (panelRows > 0 && token < tokens) {
          half.set(PlainRows.place(to, four + 4 * block, heads * SIZE, panelRows, plain), packed);
        }
      }
    }
    // The rows of zeros behind the last, one for each warp.
    int behind = images * tokens + warpRow / 32;
    int mine = image == images - 1 && context.groupIdx == 0 && quad < 4 ? quad : 4;
    if (mine < 4 && behind < panelRows) {
      half.set(PlainRows.place(behind, four + 4 * mine, heads * SIZE, panelRows, plain), 0);
    }
  }

  /// The exponentials of the scores of two neighbouring keys in BF16.
  private static int exponentials(float first, float second) {
    // Of long, as TornadoVM shifts the bits of a short by 16 as a short.
    long lower = BFloat16.bf16FromFloat(TornadoMath.exp(first));
    long upper = BFloat16.bf16FromFloat(TornadoMath.exp(second));
    return (int) ((upper << 16) | (lower & 0xFFFFL));
  }
}
