package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Multi-head attention on tensor cores in one pass over the keys: `y = softmax(Q · Kᵀ) · V`, heads
/// of [HalfHeads#SIZE] channels, operands in BF16, sums in FP32.
///
/// A group takes [#QUERIES] queries of one image and head and [#KEYS] keys at a time; a warp has 32
/// queries. Work-items cannot read fragments of scores, so each stores its own to a scratch that
/// stays in the caches and reads them back: no scores go to memory. Fragments of sums cannot be
/// multiplied by a number either, so there is no running maximum: exponentials are taken of the
/// scores themselves, which BF16 and FP32 can hold for scores up to ±[#RANGE]. Maxima are stored,
/// and a second launch repeats, with scores less their maxima, the groups in which one is
/// outside.
public final class HalfAttention {
  /// Queries of a group.
  public static final int QUERIES = 128;

  /// Keys at a time.
  private static final int KEYS = HalfHeads.KEYS;

  /// Floats of scratch for a group: scores of a tile, and four sums and four maxima a query.
  public static final int SCRATCH = QUERIES * (KEYS + 8);

  /// Exponentials of numbers in ±RANGE, and 10¹² times them, are normal numbers in BF16.
  static final float RANGE = 60;

  private static final int SIZE = HalfHeads.SIZE;

  /// Ints of 16 channels of the queries, and of 16 keys of their shares.
  private static final int PLANE = 8 * QUERIES;

  /// Ints of 16 rows of a tile of keys or values.
  private static final int PLANE_B = 8 * KEYS;

  /// Longs of a tile of keys or values.
  private static final int TILE = KEYS * HalfHeads.SIZE / 4;

  private HalfAttention() {}

  /// Computes y. A grid of (tiles of queries, products) groups of [#QUERIES] work-items.
  ///
  /// @param y written, (images · tokens, heads · [HalfHeads#SIZE])
  /// @param scratch [#SCRATCH] for each group; the second launch gets that of the first
  /// @param queries not modified, from [HalfHeads#pack], as keys and values
  /// @param padded [HalfHeads#padded]
  /// @param again 0, then 1
  public static void attend(
      KernelContext context,
      FloatArray y,
      FloatArray scratch,
      LongArray queries,
      LongArray keys,
      LongArray values,
      int tokens,
      int padded,
      int heads,
      int again) {
    int[] tileQ = context.allocateIntLocalArray(4 * PLANE);
    int[] shares = context.allocateIntLocalArray(4 * PLANE);
    int[] tileK = context.allocateIntLocalArray(4 * PLANE_B);
    int[] tileV = context.allocateIntLocalArray(4 * PLANE_B);
    long[] next = new long[8];
    float[] shift = new float[4];
    float[] most = new float[4];
    int[] packed = new int[16];
    float[] total = new float[4];
    int id = context.localIdx;
    int lane = id & 31;
    int quad = lane >> 2;
    int own = 2 * (lane & 3);
    int warpRow = id & -32;
    int product = context.groupIdy;
    int tiles = (tokens + QUERIES - 1) / QUERIES;
    int tile = SCRATCH * (product * tiles + context.groupIdx);
    int sums = tile + QUERIES * KEYS;
    int maxima = sums + 4 * QUERIES;
    int wanted = 1;
    if (again == 1) {
      int outside = 0;
      for (int i = 0; i < 4; i++) {
        float one = scratch.get(maxima + 4 * id + i);
        outside += one > RANGE ? 1 : 0;
        // All four are below: the maximum is.
        outside += one < -RANGE ? 16 : 0;
      }
      shares[id] = (outside & 15) > 0 || outside == 64 ? 1 : 0;
      context.localBarrier();
      wanted = 0;
      for (int i = 0; i < QUERIES; i++) {
        wanted = shares[i] > 0 ? 1 : wanted;
      }
      context.localBarrier();
    }
    if (wanted == 1) {
      for (int i = 0; i < 4; i++) {
        int row = warpRow + quad + 8 * i;
        float largest = -1e30f;
        if (again == 1) {
          for (int j = 0; j < 4; j++) {
            largest = TornadoMath.max(largest, scratch.get(maxima + 4 * row + j));
          }
        }
        shift[i] = again == 1 ? largest : 0f;
        most[i] = -1e30f;
        total[i] = 0;
      }
      context.localBarrier();
      int steps = (tokens + KEYS - 1) / KEYS;
      int fromQ = product * padded * (SIZE / 4) + 4 * QUERIES * context.groupIdx + id;
      int swap = id >> 2 & 4;
      int toQ = 8 * (id >> 2) + (id & 3) + swap;
      for (int plane = 0; plane < 4; plane++) {
        for (int i = 0; i < 4; i++) {
          next[i] = queries.get(fromQ + 4 * padded * plane + QUERIES * i);
        }
        for (int i = 0; i < 4; i++) {
          int to = plane * PLANE + toQ + 2 * QUERIES * i;
          tileQ[to] = (int) next[i];
          tileQ[to + 4 - 2 * swap] = (int) (next[i] >> 32);
        }
      }
      int fromB = product * padded * (SIZE / 4) + id;
      int toB = 64 * (id >> 5) + lane;
      for (int i = 0; i < 8; i++) {
        next[i] = keys.get(fromB + QUERIES * i);
      }
      for (int i = 0; i < 8; i++) {
        tileK[toB + 2 * QUERIES * i] = (int) next[i];
        tileK[toB + 2 * QUERIES * i + 32] = (int) (next[i] >> 32);
      }
      int swizzle = (lane & 4) * (lane < 16 ? 4 : -4);
      int fromA = 32 * warpRow + swizzle;
      int toShares = 8 * (warpRow + quad) + (lane & 3);
      int read = tile + 32 * KEYS * (id >> 5);
      int store = Fragments.ORIGIN + read;
      int mine = read + 8 * quad + own;
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
      for (int step = 0; step < steps; step++) {
        int atV = fromB + TILE * step;
        int atK = fromB + TILE * TornadoMath.min(step + 1, steps - 1);
        int left = tokens - KEYS * step - own;
        context.localBarrier();
        for (int i = 0; i < 8; i++) {
          next[i] = values.get(atV + QUERIES * i);
        }
        float[] s00 = context.mmaFragment(0f);
        float[] s01 = context.mmaFragment(0f);
        float[] s02 = context.mmaFragment(0f);
        float[] s03 = context.mmaFragment(0f);
        float[] s04 = context.mmaFragment(0f);
        float[] s05 = context.mmaFragment(0f);
        float[] s06 = context.mmaFragment(0f);
        float[] s07 = context.mmaFragment(0f);
        float[] s10 = context.mmaFragment(0f);
        float[] s11 = context.mmaFragment(0f);
        float[] s12 = context.mmaFragment(0f);
        float[] s13 = context.mmaFragment(0f);
        float[] s14 = context.mmaFragment(0f);
        float[] s15 = context.mmaFragment(0f);
        float[] s16 = context.mmaFragment(0f);
        float[] s17 = context.mmaFragment(0f);
        HalfFloat[] q00 = context.mmaLoadA(tileQ, 16, fromA + 0);
        HalfFloat[] q01 = context.mmaLoadA(tileQ, 16, fromA + 512);
        HalfFloat[] k00 = context.mmaLoadB(tileK, 16, 0);
        s00 = context.mmaBF16(q00, k00, s00, MMAShape.M16N8K16);
        s10 = context.mmaBF16(q01, k00, s10, MMAShape.M16N8K16);
        HalfFloat[] k01 = context.mmaLoadB(tileK, 16, 256);
        s01 = context.mmaBF16(q00, k01, s01, MMAShape.M16N8K16);
        s11 = context.mmaBF16(q01, k01, s11, MMAShape.M16N8K16);
        HalfFloat[] k02 = context.mmaLoadB(tileK, 16, 512);
        s02 = context.mmaBF16(q00, k02, s02, MMAShape.M16N8K16);
        s12 = context.mmaBF16(q01, k02, s12, MMAShape.M16N8K16);
        HalfFloat[] k03 = context.mmaLoadB(tileK, 16, 768);
        s03 = context.mmaBF16(q00, k03, s03, MMAShape.M16N8K16);
        s13 = context.mmaBF16(q01, k03, s13, MMAShape.M16N8K16);
        HalfFloat[] k04 = context.mmaLoadB(tileK, 16, 1024);
        s04 = context.mmaBF16(q00, k04, s04, MMAShape.M16N8K16);
        s14 = context.mmaBF16(q01, k04, s14, MMAShape.M16N8K16);
        HalfFloat[] k05 = context.mmaLoadB(tileK, 16, 1280);
        s05 = context.mmaBF16(q00, k05, s05, MMAShape.M16N8K16);
        s15 = context.mmaBF16(q01, k05, s15, MMAShape.M16N8K16);
        HalfFloat[] k06 = context.mmaLoadB(tileK, 16, 1536);
        s06 = context.mmaBF16(q00, k06, s06, MMAShape.M16N8K16);
        s16 = context.mmaBF16(q01, k06, s16, MMAShape.M16N8K16);
        HalfFloat[] k07 = context.mmaLoadB(tileK, 16, 1792);
        s07 = context.mmaBF16(q00, k07, s07, MMAShape.M16N8K16);
        s17 = context.mmaBF16(q01, k07, s17, MMAShape.M16N8K16);
        HalfFloat[] q10 = context.mmaLoadA(tileQ, 16, fromA + 4096);
        HalfFloat[] q11 = context.mmaLoadA(tileQ, 16, fromA + 4608);
        HalfFloat[] k10 = context.mmaLoadB(tileK, 16, 2048);
        s00 = context.mmaBF16(q10, k10, s00, MMAShape.M16N8K16);
        s10 = context.mmaBF16(q11, k10, s10, MMAShape.M16N8K16);
        HalfFloat[] k11 = context.mmaLoadB(tileK, 16, 2304);
        s01 = context.mmaBF16(q10, k11, s01, MMAShape.M16N8K16);
        s11 = context.mmaBF16(q11, k11, s11, MMAShape.M16N8K16);
        HalfFloat[] k12 = context.mmaLoadB(tileK, 16, 2560);
        s02 = context.mmaBF16(q10, k12, s02, MMAShape.M16N8K16);
        s12 = context.mmaBF16(q11, k12, s12, MMAShape.M16N8K16);
        HalfFloat[] k13 = context.mmaLoadB(tileK, 16, 2816);
        s03 = context.mmaBF16(q10, k13, s03, MMAShape.M16N8K16);
        s13 = context.mmaBF16(q11, k13, s13, MMAShape.M16N8K16);
        HalfFloat[] k14 = context.mmaLoadB(tileK, 16, 3072);
        s04 = context.mmaBF16(q10, k14, s04, MMAShape.M16N8K16);
        s14 = context.mmaBF16(q11, k14, s14, MMAShape.M16N8K16);
        HalfFloat[] k15 = context.mmaLoadB(tileK, 16, 3328);
        s05 = context.mmaBF16(q10, k15, s05, MMAShape.M16N8K16);
        s15 = context.mmaBF16(q11, k15, s15, MMAShape.M16N8K16);
        HalfFloat[] k16 = context.mmaLoadB(tileK, 16, 3584);
        s06 = context.mmaBF16(q10, k16, s06, MMAShape.M16N8K16);
        s16 = context.mmaBF16(q11, k16, s16, MMAShape.M16N8K16);
        HalfFloat[] k17 = context.mmaLoadB(tileK, 16, 3840);
        s07 = context.mmaBF16(q10, k17, s07, MMAShape.M16N8K16);
        s17 = context.mmaBF16(q11, k17, s17, MMAShape.M16N8K16);
        HalfFloat[] q20 = context.mmaLoadA(tileQ, 16, fromA + 8192);
        HalfFloat[] q21 = context.mmaLoadA(tileQ, 16, fromA + 8704);
        HalfFloat[] k20 = context.mmaLoadB(tileK, 16, 4096);
        s00 = context.mmaBF16(q20, k20, s00, MMAShape.M16N8K16);
        s10 = context.mmaBF16(q21, k20, s10, MMAShape.M16N8K16);
        HalfFloat[] k21 = context.mmaLoadB(tileK, 16, 4352);
        s01 = context.mmaBF16(q20, k21, s01, MMAShape.M16N8K16);
        s11 = context.mmaBF16(q21, k21, s11, MMAShape.M16N8K16);
        HalfFloat[] k22 = context.mmaLoadB(tileK, 16, 4608);
        s02 = context.mmaBF16(q20, k22, s02, MMAShape.M16N8K16);
        s12 = context.mmaBF16(q21, k22, s12, MMAShape.M16N8K16);
        HalfFloat[] k23 = context.mmaLoadB(tileK, 16, 4864);
        s03 = context.mmaBF16(q20, k23, s03, MMAShape.M16N8K16);
        s13 = context.mmaBF16(q21, k23, s13, MMAShape.M16N8K16);
        HalfFloat[] k24 = context.mmaLoadB(tileK, 16, 5120);
        s04 = context.mmaBF16(q20, k24, s04, MMAShape.M16N8K16);
        s14 = context.mmaBF16(q21, k24, s14, MMAShape.M16N8K16);
        HalfFloat[] k25 = context.mmaLoadB(tileK, 16, 5376);
        s05 = context.mmaBF16(q20, k25, s05, MMAShape.M16N8K16);
        s15 = context.mmaBF16(q21, k25, s15, MMAShape.M16N8K16);
        HalfFloat[] k26 = context.mmaLoadB(tileK, 16, 5632);
        s06 = context.mmaBF16(q20, k26, s06, MMAShape.M16N8K16);
        s16 = context.mmaBF16(q21, k26, s16, MMAShape.M16N8K16);
        HalfFloat[] k27 = context.mmaLoadB(tileK, 16, 5888);
        s07 = context.mmaBF16(q20, k27, s07, MMAShape.M16N8K16);
        s17 = context.mmaBF16(q21, k27, s17, MMAShape.M16N8K16);
        HalfFloat[] q30 = context.mmaLoadA(tileQ, 16, fromA + 12288);
        HalfFloat[] q31 = context.mmaLoadA(tileQ, 16, fromA + 12800);
        HalfFloat[] k30 = context.mmaLoadB(tileK, 16, 6144);
        s00 = context.mmaBF16(q30, k30, s00, MMAShape.M16N8K16);
        s10 = context.mmaBF16(q31, k30, s10, MMAShape.M16N8K16);
        HalfFloat[] k31 = context.mmaLoadB(tileK, 16, 6400);
        s01 = context.mmaBF16(q30, k31, s01, MMAShape.M16N8K16);
        s11 = context.mmaBF16(q31, k31, s11, MMAShape.M16N8K16);
        HalfFloat[] k32 = context.mmaLoadB(tileK, 16, 6656);
        s02 = context.mmaBF16(q30, k32, s02, MMAShape.M16N8K16);
        s12 = context.mmaBF16(q31, k32, s12, MMAShape.M16N8K16);
        HalfFloat[] k33 = context.mmaLoadB(tileK, 16, 6912);
        s03 = context.mmaBF16(q30, k33, s03, MMAShape.M16N8K16);
        s13 = context.mmaBF16(q31, k33, s13, MMAShape.M16N8K16);
        HalfFloat[] k34 = context.mmaLoadB(tileK, 16, 7168);
        s04 = context.mmaBF16(q30, k34, s04, MMAShape.M16N8K16);
        s14 = context.mmaBF16(q31, k34, s14, MMAShape.M16N8K16);
        HalfFloat[] k35 = context.mmaLoadB(tileK, 16, 7424);
        s05 = context.mmaBF16(q30, k35, s05, MMAShape.M16N8K16);
        s15 = context.mmaBF16(q31, k35, s15, MMAShape.M16N8K16);
        HalfFloat[] k36 = context.mmaLoadB(tileK, 16, 7680);
        s06 = context.mmaBF16(q30, k36, s06, MMAShape.M16N8K16);
        s16 = context.mmaBF16(q31, k36, s16, MMAShape.M16N8K16);
        HalfFloat[] k37 = context.mmaLoadB(tileK, 16, 7936);
        s07 = context.mmaBF16(q30, k37, s07, MMAShape.M16N8K16);
        s17 = context.mmaBF16(q31, k37, s17, MMAShape.M16N8K16);
        context.mmaStore(s00, scratch, 0, store + 0, 8);
        context.mmaStore(s01, scratch, 0, store + 128, 8);
        context.mmaStore(s02, scratch, 0, store + 256, 8);
        context.mmaStore(s03, scratch, 0, store + 384, 8);
        context.mmaStore(s04, scratch, 0, store + 512, 8);
        context.mmaStore(s05, scratch, 0, store + 640, 8);
        context.mmaStore(s06, scratch, 0, store + 768, 8);
        context.mmaStore(s07, scratch, 0, store + 896, 8);
        context.mmaStore(s10, scratch, 0, store + 1024, 8);
        context.mmaStore(s11, scratch, 0, store + 1152, 8);
        context.mmaStore(s12, scratch, 0, store + 1280, 8);
        context.mmaStore(s13, scratch, 0, store + 1408, 8);
        context.mmaStore(s14, scratch, 0, store + 1536, 8);
        context.mmaStore(s15, scratch, 0, store + 1664, 8);
        context.mmaStore(s16, scratch, 0, store + 1792, 8);
        context.mmaStore(s17, scratch, 0, store + 1920, 8);
        for (int i = 0; i < 8; i++) {
          tileV[toB + 2 * QUERIES * i] = (int) next[i];
          tileV[toB + 2 * QUERIES * i + 32] = (int) (next[i] >> 32);
          next[i] = keys.get(atK + QUERIES * i);
        }
        exponentials(packed, scratch, mine, left, most, total, shift, 0);
        for (int i = 0; i < 16; i++) {
          shares[PLANE * (i >> 2) + toShares + 64 * (i & 1) + ((2 * (i & 2)) ^ (quad & 4))] =
              packed[i];
        }
        exponentials(packed, scratch, mine + 1024, left, most, total, shift, 2);
        for (int i = 0; i < 16; i++) {
          shares[PLANE * (i >> 2) + toShares + 128 + 64 * (i & 1) + ((2 * (i & 2)) ^ (quad & 4))] =
              packed[i];
        }
        context.localBarrier();
        for (int i = 0; i < 8; i++) {
          tileK[toB + 2 * QUERIES * i] = (int) next[i];
          tileK[toB + 2 * QUERIES * i + 32] = (int) (next[i] >> 32);
        }
        HalfFloat[] p00 = context.mmaLoadA(shares, 16, fromA + 0);
        HalfFloat[] p01 = context.mmaLoadA(shares, 16, fromA + 512);
        HalfFloat[] v00 = context.mmaLoadB(tileV, 16, 0);
        o00 = context.mmaBF16(p00, v00, o00, MMAShape.M16N8K16);
        o10 = context.mmaBF16(p01, v00, o10, MMAShape.M16N8K16);
        HalfFloat[] v01 = context.mmaLoadB(tileV, 16, 256);
        o01 = context.mmaBF16(p00, v01, o01, MMAShape.M16N8K16);
        o11 = context.mmaBF16(p01, v01, o11, MMAShape.M16N8K16);
        HalfFloat[] v02 = context.mmaLoadB(tileV, 16, 512);
        o02 = context.mmaBF16(p00, v02, o02, MMAShape.M16N8K16);
        o12 = context.mmaBF16(p01, v02, o12, MMAShape.M16N8K16);
        HalfFloat[] v03 = context.mmaLoadB(tileV, 16, 768);
        o03 = context.mmaBF16(p00, v03, o03, MMAShape.M16N8K16);
        o13 = context.mmaBF16(p01, v03, o13, MMAShape.M16N8K16);
        HalfFloat[] v04 = context.mmaLoadB(tileV, 16, 1024);
        o04 = context.mmaBF16(p00, v04, o04, MMAShape.M16N8K16);
        o14 = context.mmaBF16(p01, v04, o14, MMAShape.M16N8K16);
        HalfFloat[] v05 = context.mmaLoadB(tileV, 16, 1280);
        o05 = context.mmaBF16(p00, v05, o05, MMAShape.M16N8K16);
        o15 = context.mmaBF16(p01, v05, o15, MMAShape.M16N8K16);
        HalfFloat[] v06 = context.mmaLoadB(tileV, 16, 1536);
        o06 = context.mmaBF16(p00, v06, o06, MMAShape.M16N8K16);
        o16 = context.mmaBF16(p01, v06, o16, MMAShape.M16N8K16);
        HalfFloat[] v07 = context.mmaLoadB(tileV, 16, 1792);
        o07 = context.mmaBF16(p00, v07, o07, MMAShape.M16N8K16);
        o17 = context.mmaBF16(p01, v07, o17, MMAShape.M16N8K16);
        HalfFloat[] p10 = context.mmaLoadA(shares, 16, fromA + 4096);
        HalfFloat[] p11 = context.mmaLoadA(shares, 16, fromA + 4608);
        HalfFloat[] v10 = context.mmaLoadB(tileV, 16, 2048);
        o00 = context.mmaBF16(p10, v10, o00, MMAShape.M16N8K16);
        o10 = context.mmaBF16(p11, v10, o10, MMAShape.M16N8K16);
        HalfFloat[] v11 = context.mmaLoadB(tileV, 16, 2304);
        o01 = context.mmaBF16(p10, v11, o01, MMAShape.M16N8K16);
        o11 = context.mmaBF16(p11, v11, o11, MMAShape.M16N8K16);
        HalfFloat[] v12 = context.mmaLoadB(tileV, 16, 2560);
        o02 = context.mmaBF16(p10, v12, o02, MMAShape.M16N8K16);
        o12 = context.mmaBF16(p11, v12, o12, MMAShape.M16N8K16);
        HalfFloat[] v13 = context.mmaLoadB(tileV, 16, 2816);
        o03 = context.mmaBF16(p10, v13, o03, MMAShape.M16N8K16);
        o13 = context.mmaBF16(p11, v13, o13, MMAShape.M16N8K16);
        HalfFloat[] v14 = context.mmaLoadB(tileV, 16, 3072);
        o04 = context.mmaBF16(p10, v14, o04, MMAShape.M16N8K16);
        o14 = context.mmaBF16(p11, v14, o14, MMAShape.M16N8K16);
        HalfFloat[] v15 = context.mmaLoadB(tileV, 16, 3328);
        o05 = context.mmaBF16(p10, v15, o05, MMAShape.M16N8K16);
        o15 = context.mmaBF16(p11, v15, o15, MMAShape.M16N8K16);
        HalfFloat[] v16 = context.mmaLoadB(tileV, 16, 3584);
        o06 = context.mmaBF16(p10, v16, o06, MMAShape.M16N8K16);
        o16 = context.mmaBF16(p11, v16, o16, MMAShape.M16N8K16);
        HalfFloat[] v17 = context.mmaLoadB(tileV, 16, 3840);
        o07 = context.mmaBF16(p10, v17, o07, MMAShape.M16N8K16);
        o17 = context.mmaBF16(p11, v17, o17, MMAShape.M16N8K16);
        HalfFloat[] p20 = context.mmaLoadA(shares, 16, fromA + 8192);
        HalfFloat[] p21 = context.mmaLoadA(shares, 16, fromA + 8704);
        HalfFloat[] v20 = context.mmaLoadB(tileV, 16, 4096);
        o00 = context.mmaBF16(p20, v20, o00, MMAShape.M16N8K16);
        o10 = context.mmaBF16(p21, v20, o10, MMAShape.M16N8K16);
        HalfFloat[] v21 = context.mmaLoadB(tileV, 16, 4352);
        o01 = context.mmaBF16(p20, v21, o01, MMAShape.M16N8K16);
        o11 = context.mmaBF16(p21, v21, o11, MMAShape.M16N8K16);
        HalfFloat[] v22 = context.mmaLoadB(tileV, 16, 4608);
        o02 = context.mmaBF16(p20, v22, o02, MMAShape.M16N8K16);
        o12 = context.mmaBF16(p21, v22, o12, MMAShape.M16N8K16);
        HalfFloat[] v23 = context.mmaLoadB(tileV, 16, 4864);
        o03 = context.mmaBF16(p20, v23, o03, MMAShape.M16N8K16);
        o13 = context.mmaBF16(p21, v23, o13, MMAShape.M16N8K16);
        HalfFloat[] v24 = context.mmaLoadB(tileV, 16, 5120);
        o04 = context.mmaBF16(p20, v24, o04, MMAShape.M16N8K16);
        o14 = context.mmaBF16(p21, v24, o14, MMAShape.M16N8K16);
        HalfFloat[] v25 = context.mmaLoadB(tileV, 16, 5376);
        o05 = context.mmaBF16(p20, v25, o05, MMAShape.M16N8K16);
        o15 = context.mmaBF16(p21, v25, o15, MMAShape.M16N8K16);
        HalfFloat[] v26 = context.mmaLoadB(tileV, 16, 5632);
        o06 = context.mmaBF16(p20, v26, o06, MMAShape.M16N8K16);
        o16 = context.mmaBF16(p21, v26, o16, MMAShape.M16N8K16);
        HalfFloat[] v27 = context.mmaLoadB(tileV, 16, 5888);
        o07 = context.mmaBF16(p20, v27, o07, MMAShape.M16N8K16);
        o17 = context.mmaBF16(p21, v27, o17, MMAShape.M16N8K16);
        HalfFloat[] p30 = context.mmaLoadA(shares, 16, fromA + 12288);
        HalfFloat[] p31 = context.mmaLoadA(shares, 16, fromA + 12800);
        HalfFloat[] v30 = context.mmaLoadB(tileV, 16, 6144);
        o00 = context.mmaBF16(p30, v30, o00, MMAShape.M16N8K16);
        o10 = context.mmaBF16(p31, v30, o10, MMAShape.M16N8K16);
        HalfFloat[] v31 = context.mmaLoadB(tileV, 16, 6400);
        o01 = context.mmaBF16(p30, v31, o01, MMAShape.M16N8K16);
        o11 = context.mmaBF16(p31, v31, o11, MMAShape.M16N8K16);
        HalfFloat[] v32 = context.mmaLoadB(tileV, 16, 6656);
        o02 = context.mmaBF16(p30, v32, o02, MMAShape.M16N8K16);
        o12 = context.mmaBF16(p31, v32, o12, MMAShape.M16N8K16);
        HalfFloat[] v33 = context.mmaLoadB(tileV, 16, 6912);
        o03 = context.mmaBF16(p30, v33, o03, MMAShape.M16N8K16);
        o13 = context.mmaBF16(p31, v33, o13, MMAShape.M16N8K16);
        HalfFloat[] v34 = context.mmaLoadB(tileV, 16, 7168);
        o04 = context.mmaBF16(p30, v34, o04, MMAShape.M16N8K16);
        o14 = context.mmaBF16(p31, v34, o14, MMAShape.M16N8K16);
        HalfFloat[] v35 = context.mmaLoadB(tileV, 16, 7424);
        o05 = context.mmaBF16(p30, v35, o05, MMAShape.M16N8K16);
        o15 = context.mmaBF16(p31, v35, o15, MMAShape.M16N8K16);
        HalfFloat[] v36 = context.mmaLoadB(tileV, 16, 7680);
        o06 = context.mmaBF16(p30, v36, o06, MMAShape.M16N8K16);
        o16 = context.mmaBF16(p31, v36, o16, MMAShape.M16N8K16);
        HalfFloat[] v37 = context.mmaLoadB(tileV, 16, 7936);
        o07 = context.mmaBF16(p30, v37, o07, MMAShape.M16N8K16);
        o17 = context.mmaBF16(p31, v37, o17, MMAShape.M16N8K16);
      }
      context.mmaStore(o00, scratch, 0, store + 0, 8);
      context.mmaStore(o01, scratch, 0, store + 128, 8);
      context.mmaStore(o02, scratch, 0, store + 256, 8);
      context.mmaStore(o03, scratch, 0, store + 384, 8);
      context.mmaStore(o04, scratch, 0, store + 512, 8);
      context.mmaStore(o05, scratch, 0, store + 640, 8);
      context.mmaStore(o06, scratch, 0, store + 768, 8);
      context.mmaStore(o07, scratch, 0, store + 896, 8);
      context.mmaStore(o10, scratch, 0, store + 1024, 8);
      context.mmaStore(o11, scratch, 0, store + 1152, 8);
      context.mmaStore(o12, scratch, 0, store + 1280, 8);
      context.mmaStore(o13, scratch, 0, store + 1408, 8);
      context.mmaStore(o14, scratch, 0, store + 1536, 8);
      context.mmaStore(o15, scratch, 0, store + 1664, 8);
      context.mmaStore(o16, scratch, 0, store + 1792, 8);
      context.mmaStore(o17, scratch, 0, store + 1920, 8);
      for (int i = 0; i < 4; i++) {
        int at = 4 * (warpRow + quad + 8 * i) + (lane & 3);
        scratch.set(sums + at, total[i]);
        scratch.set(maxima + at, most[i]);
      }
      context.localBarrier();
      int image = product / heads;
      int column = (product - image * heads) * SIZE + own;
      for (int i = 0; i < 4; i++) {
        int row = warpRow + quad + 8 * i;
        int token = QUERIES * context.groupIdx + row;
        if (token < tokens) {
          float sum = 0;
          for (int j = 0; j < 4; j++) {
            sum += scratch.get(sums + 4 * row + j);
          }
          float scale = 1 / sum;
          int to = (image * tokens + token) * heads * SIZE + column;
          for (int n = 0; n < 8; n++) {
            int from = mine + 1024 * (i / 2) + 64 * (i & 1) + 128 * n;
            y.set(to + 8 * n, scale * scratch.get(from));
            y.set(to + 8 * n + 1, scale * scratch.get(from + 1));
          }
        }
      }
    }
  }

  /// The exponentials of a work-item's scores of two rows, r and r + 8, and 16 keys in BF16, two
  /// keys an int, their sums and the scores' maxima. TornadoVM misreads local arrays in methods, so
  /// the caller stores them.
  ///
  /// @param packed written, (8 pairs of keys, 2 rows)
  private static void exponentials(
      int[] packed,
      FloatArray scratch,
      int from,
      int left,
      float[] most,
      float[] total,
      float[] shift,
      int query) {
    float[] score = new float[32];
    for (int i = 0; i < 8; i++) {
      score[4 * i] = scratch.get(from + 128 * i);
      score[4 * i + 1] = scratch.get(from + 128 * i + 1);
      score[4 * i + 2] = scratch.get(from + 128 * i + 64);
      score[4 * i + 3] = scratch.get(from + 128 * i + 65);
    }
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 2; j++) {
        float first = score[4 * i + 2 * j];
        float next = score[4 * i + 2 * j + 1];
        // No condition: a branch.
        first += 1e30f * TornadoMath.min(left - 8 * i - 0.5f, 0f);
        next += 1e30f * TornadoMath.min(left - 8 * i - 1.5f, 0f);
        most[query + j] = TornadoMath.max(most[query + j], TornadoMath.max(first, next));
        first = TornadoMath.exp(first - shift[query + j]);
        next = TornadoMath.exp(next - shift[query + j]);
        total[query + j] += first + next;
        // Of long, as TornadoVM shifts the bits of a short by 16 as a short.
        long upper = BFloat16.bf16FromFloat(next);
        long lower = BFloat16.bf16FromFloat(first);
        packed[2 * i + j] = (int) ((upper << 16) | (lower & 0xFFFFL));
      }
    }
  }
}
