package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Dense products on tensor cores: rows of x, or the pixels of windows of an image, times packed
/// weights, operands in BF16 from [HalfPanels] and [HalfOperands], sums in FP32, with the bias.
///
/// A group computes [TileLists#ROWS] rows and {@code tileColumns} columns, a warp 64 rows by 64
/// columns of them: 32 products for 12 loads of fragments of 16 channels, a stage. Between two
/// barriers are two stages; there is room for four in local memory: while the warps multiply two,
/// the next two are stored and those after them are on their way to registers, four numbers a load.
/// The fragments of the second stage are loaded while the first one is multiplied. The offsets of a
/// window are the inner loop, as neighbouring ones read nearly the same pixels. In local memory A
/// and B lie as in [HalfConvolution], which is for relations that lack most of their pairs. Groups
/// of the same rows are neighbours too.
///
/// The bias is one more stage: rows of 1, 1, 1 times the three rows of weights that add up to it.
///
/// Where a product has too few tiles to fill a GPU, several groups share one and take a part of the
/// depth each; who reads the result adds the parts in order.
///
/// Rows without a pixel read the row of zeros behind x. Rows and columns behind the last repeat the
/// computation of others and store the same bits to the same place.
public final class HalfProduct {
  /// Ints of a stage of A.
  private static final int PLANE = 8 * TileLists.ROWS;

  private HalfProduct() {}

  /// Work-items of a group.
  public static int threads(int tileColumns) {
    return tileColumns;
  }

  /// Groups of a part.
  public static int groups(int capacity, int co, int tileColumns) {
    return Math.ceilDiv(capacity, TileLists.ROWS) * Math.ceilDiv(co, tileColumns);
  }

  /// Computes y. A grid of ([#groups], 1, parts) groups of [#threads] work-items. Element (row,
  /// column) of a part goes to `part · partPitch + row · co + column`.
  ///
  /// @param y written, rows behind the count not touched
  /// @param x not modified, from [HalfPanels#rows]
  /// @param weights not modified, from [HalfOperands#weights]
  /// @param table not modified, (rows, width); anything if {@code width} is 0
  /// @param width pixels of a window, or 0 for the rows of x
  /// @param panelRows rows of a panel of x; the last one holds zeros
  /// @param ci channels of a row of x, a multiple of 16
  /// @param co columns of y, even
  /// @param tileColumns 64 or 128
  /// @param biased 1 if the weights end with the bias, which then is added; with one part only
  /// @param parts groups that share a tile
  public static void multiply(
      KernelContext context,
      FloatArray y,
      LongArray x,
      LongArray weights,
      IntArray table,
      IntArray counts,
      int slot,
      int width,
      int panelRows,
      int ci,
      int co,
      int tileColumns,
      int biased,
      int parts,
      int partPitch) {
    int rows = counts.get(slot);
    int slabs = (co + tileColumns - 1) / tileColumns;
    int slab = context.groupIdx % slabs;
    int first = TileLists.ROWS * (context.groupIdx / slabs);
    if (first < rows) {
      int valid = rows - first < TileLists.ROWS ? rows - first : TileLists.ROWS;
      int span = width > 0 ? width : 1;
      int planeB = 8 * tileColumns;
      int[] tileA = context.allocateIntLocalArray(4 * PLANE);
      int[] tileB = context.allocateIntLocalArray(4 * planeB);
      int[] source = context.allocateIntLocalArray(TileLists.ROWS * span);
      int[] from = new int[16];
      long[] nextA = new long[16];
      long[] nextB = new long[8];
      int id = context.localIdx;
      int part = context.groupIdz;
      for (int i = id; i < TileLists.ROWS * span; i += tileColumns) {
        int row = first + place(i / span, valid);
        int pixel = width > 0 ? table.get(row * width + i % span) : row;
        source[i] = 4 * (pixel < 0 ? panelRows - 1 : pixel);
      }
      context.localBarrier();

      int blocks = ci / 16;
      int total = span * blocks;
      // Stages go in pairs; a last one without another gets zeros for it.
      int pairs = (total + 1) / 2;
      int odd = total & 1;
      int stage = 2 * (pairs * part / parts);
      int end = TornadoMath.min(2 * (pairs * (part + 1) / parts), total);
      int steps = (end - stage + 1) / 2;
      int zeros = 4 * (panelRows - 1);
      // A work-item copies the same four channels of some rows of A.
      int four = id & 3;
      int rowA = id >> 2;
      int rowsA = tileColumns / 4;
      int copiesA = 4 * TileLists.ROWS / tileColumns;
      int toA = 8 * rowA + four + (rowA & 4);
      int across = 4 - 2 * (rowA & 4);
      int toB = 64 * (id >> 5) + (id & 31);
      int fromB = slab * blocks * (planeB / 2) + id;
      if (biased == 1) {
        // Where the third stage will be; of A 16 rows, which serve for all: 1, 1, 1 in BF16.
        for (int i = id; i < 128; i += tileColumns) {
          int pair = i + (i >> 3 & 4) & 7;
          tileA[2 * PLANE + i] = pair == 0 ? 0x3f803f80 : pair == 1 ? 0x3f80 : 0;
        }
        for (int i = 0; i < 4; i++) {
          nextB[i] = weights.get(fromB + span * slabs * blocks * (planeB / 2) + i * tileColumns);
        }
        for (int i = 0; i < 4; i++) {
          tileB[2 * planeB + toB + 2 * i * tileColumns] = (int) nextB[i];
          tileB[2 * planeB + toB + 2 * i * tileColumns + 32] = (int) (nextB[i] >> 32);
        }
      }
      int block = stage / span;
      int pixel = stage - block * span;
      // Two stages to local memory, two to registers, and the rows of the next.
      for (int ahead = 0; ahead < 3; ahead++) {
        int then = pixel + (stage + 1 < end ? 1 : 0);
        int past = odd == 1 && stage + 1 >= end ? 1 : 0;
        for (int i = 0; i < copiesA; i++) {
          from[i] = source[rowA * span + i * rowsA * span + pixel];
        }
        for (int i = 0; i < copiesA; i++) {
          int found = source[rowA * span + i * rowsA * span + (then == span ? 0 : then)];
          from[copiesA + i] = found + past * (zeros - found);
        }
        for (int half = 0; half < (ahead < 2 ? 2 : 0); half++) {
          int panel = 4 * panelRows * block + four;
          int atStage = fromB + (pixel * slabs * blocks + block) * (planeB / 2);
          for (int i = 0; i < copiesA; i++) {
            nextA[half * copiesA + i] = x.get(from[half * copiesA + i] + panel);
          }
          for (int i = 0; i < 4; i++) {
            nextB[4 * half + i] = weights.get(atStage + i * tileColumns);
          }
          // Behind the last stage the last one again, in vain.
          int more = stage + 1 < end ? 1 : 0;
          stage++;
          pixel += more;
          block += pixel == span ? 1 : 0;
          pixel = pixel == span ? 0 : pixel;
        }
        for (int i = 0; i < (ahead < 1 ? 2 * copiesA : 0); i++) {
          int to = i / copiesA * PLANE + toA + 8 * rowsA * (i % copiesA);
          tileA[to] = (int) nextA[i];
          tileA[to + across] = (int) (nextA[i] >> 32);
        }
        for (int i = 0; i < (ahead < 1 ? 8 : 0); i++) {
          int to = i / 4 * planeB + toB + 2 * (i % 4) * tileColumns;
          tileB[to] = (int) nextB[i];
          tileB[to + 32] = (int) (nextB[i] >> 32);
        }
      }

      int lane = id & 31;
      int warpRow = 64 * (id >> 5 & 1);
      int warpColumn = 64 * (id >> 6);
      int swizzle = (lane & 4) * (lane < 16 ? 4 : -4);
      float[] c00 = context.mmaFragment(0f);
      float[] c01 = context.mmaFragment(0f);
      float[] c02 = context.mmaFragment(0f);
      float[] c03 = context.mmaFragment(0f);
      float[] c04 = context.mmaFragment(0f);
      float[] c05 = context.mmaFragment(0f);
      float[] c06 = context.mmaFragment(0f);
      float[] c07 = context.mmaFragment(0f);
      float[] c10 = context.mmaFragment(0f);
      float[] c11 = context.mmaFragment(0f);
      float[] c12 = context.mmaFragment(0f);
      float[] c13 = context.mmaFragment(0f);
      float[] c14 = context.mmaFragment(0f);
      float[] c15 = context.mmaFragment(0f);
      float[] c16 = context.mmaFragment(0f);
      float[] c17 = context.mmaFragment(0f);
      float[] c20 = context.mmaFragment(0f);
      float[] c21 = context.mmaFragment(0f);
      float[] c22 = context.mmaFragment(0f);
      float[] c23 = context.mmaFragment(0f);
      float[] c24 = context.mmaFragment(0f);
      float[] c25 = context.mmaFragment(0f);
      float[] c26 = context.mmaFragment(0f);
      float[] c27 = context.mmaFragment(0f);
      float[] c30 = context.mmaFragment(0f);
      float[] c31 = context.mmaFragment(0f);
      float[] c32 = context.mmaFragment(0f);
      float[] c33 = context.mmaFragment(0f);
      float[] c34 = context.mmaFragment(0f);
      float[] c35 = context.mmaFragment(0f);
      float[] c36 = context.mmaFragment(0f);
      float[] c37 = context.mmaFragment(0f);
      if (biased == 1) {
        context.localBarrier();
        int atBias = 4 * (2 * planeB + 8 * warpColumn);
        HalfFloat[] ones = context.mmaLoadA(tileA, 16, 8 * PLANE + swizzle);
        HalfFloat[] f0 = context.mmaLoadB(tileB, 16, atBias);
        c00 = context.mmaBF16(ones, f0, c00, MMAShape.M16N8K16);
        c10 = context.mmaBF16(ones, f0, c10, MMAShape.M16N8K16);
        c20 = context.mmaBF16(ones, f0, c20, MMAShape.M16N8K16);
        c30 = context.mmaBF16(ones, f0, c30, MMAShape.M16N8K16);
        HalfFloat[] f1 = context.mmaLoadB(tileB, 16, atBias + 256);
        c01 = context.mmaBF16(ones, f1, c01, MMAShape.M16N8K16);
        c11 = context.mmaBF16(ones, f1, c11, MMAShape.M16N8K16);
        c21 = context.mmaBF16(ones, f1, c21, MMAShape.M16N8K16);
        c31 = context.mmaBF16(ones, f1, c31, MMAShape.M16N8K16);
        HalfFloat[] f2 = context.mmaLoadB(tileB, 16, atBias + 512);
        c02 = context.mmaBF16(ones, f2, c02, MMAShape.M16N8K16);
        c12 = context.mmaBF16(ones, f2, c12, MMAShape.M16N8K16);
        c22 = context.mmaBF16(ones, f2, c22, MMAShape.M16N8K16);
        c32 = context.mmaBF16(ones, f2, c32, MMAShape.M16N8K16);
        HalfFloat[] f3 = context.mmaLoadB(tileB, 16, atBias + 768);
        c03 = context.mmaBF16(ones, f3, c03, MMAShape.M16N8K16);
        c13 = context.mmaBF16(ones, f3, c13, MMAShape.M16N8K16);
        c23 = context.mmaBF16(ones, f3, c23, MMAShape.M16N8K16);
        c33 = context.mmaBF16(ones, f3, c33, MMAShape.M16N8K16);
        HalfFloat[] f4 = context.mmaLoadB(tileB, 16, atBias + 1024);
        c04 = context.mmaBF16(ones, f4, c04, MMAShape.M16N8K16);
        c14 = context.mmaBF16(ones, f4, c14, MMAShape.M16N8K16);
        c24 = context.mmaBF16(ones, f4, c24, MMAShape.M16N8K16);
        c34 = context.mmaBF16(ones, f4, c34, MMAShape.M16N8K16);
        HalfFloat[] f5 = context.mmaLoadB(tileB, 16, atBias + 1280);
        c05 = context.mmaBF16(ones, f5, c05, MMAShape.M16N8K16);
        c15 = context.mmaBF16(ones, f5, c15, MMAShape.M16N8K16);
        c25 = context.mmaBF16(ones, f5, c25, MMAShape.M16N8K16);
        c35 = context.mmaBF16(ones, f5, c35, MMAShape.M16N8K16);
        HalfFloat[] f6 = context.mmaLoadB(tileB, 16, atBias + 1536);
        c06 = context.mmaBF16(ones, f6, c06, MMAShape.M16N8K16);
        c16 = context.mmaBF16(ones, f6, c16, MMAShape.M16N8K16);
        c26 = context.mmaBF16(ones, f6, c26, MMAShape.M16N8K16);
        c36 = context.mmaBF16(ones, f6, c36, MMAShape.M16N8K16);
        HalfFloat[] f7 = context.mmaLoadB(tileB, 16, atBias + 1792);
        c07 = context.mmaBF16(ones, f7, c07, MMAShape.M16N8K16);
        c17 = context.mmaBF16(ones, f7, c17, MMAShape.M16N8K16);
        c27 = context.mmaBF16(ones, f7, c27, MMAShape.M16N8K16);
        c37 = context.mmaBF16(ones, f7, c37, MMAShape.M16N8K16);
      }
      for (int step = 0; step < steps; step++) {
        context.localBarrier();
        int buffer = step & 1;
        int other = 1 - buffer;
        int atA = 4 * (2 * buffer * PLANE + 8 * warpRow) + swizzle;
        int atB = 4 * (2 * buffer * planeB + 8 * warpColumn);
        HalfFloat[] a0 = context.mmaLoadA(tileA, 16, atA);
        HalfFloat[] a1 = context.mmaLoadA(tileA, 16, atA + 512);
        HalfFloat[] a2 = context.mmaLoadA(tileA, 16, atA + 1024);
        HalfFloat[] a3 = context.mmaLoadA(tileA, 16, atA + 1536);
        HalfFloat[] b0 = context.mmaLoadB(tileB, 16, atB);
        HalfFloat[] b1 = context.mmaLoadB(tileB, 16, atB + 256);
        HalfFloat[] b2 = context.mmaLoadB(tileB, 16, atB + 512);
        HalfFloat[] b3 = context.mmaLoadB(tileB, 16, atB + 768);
        HalfFloat[] b4 = context.mmaLoadB(tileB, 16, atB + 1024);
        HalfFloat[] b5 = context.mmaLoadB(tileB, 16, atB + 1280);
        HalfFloat[] b6 = context.mmaLoadB(tileB, 16, atB + 1536);
        HalfFloat[] b7 = context.mmaLoadB(tileB, 16, atB + 1792);
        for (int i = 0; i < 2 * copiesA; i++) {
          int to = (2 * other + i / copiesA) * PLANE + toA + 8 * rowsA * (i % copiesA);
          tileA[to] = (int) nextA[i];
          tileA[to + across] = (int) (nextA[i] >> 32);
        }
        for (int i = 0; i < 8; i++) {
          int to = (2 * other + i / 4) * planeB + toB + 2 * (i % 4) * tileColumns;
          tileB[to] = (int) nextB[i];
          tileB[to + 32] = (int) (nextB[i] >> 32);
        }
        for (int half = 0; half < 2; half++) {
          int panel = 4 * panelRows * block + four;
          int atStage = fromB + (pixel * slabs * blocks + block) * (planeB / 2);
          for (int i = 0; i < copiesA; i++) {
            nextA[half * copiesA + i] = x.get(from[half * copiesA + i] + panel);
          }
          for (int i = 0; i < 4; i++) {
            nextB[4 * half + i] = weights.get(atStage + i * tileColumns);
          }
          // Behind the last stage the last one again, in vain.
          int more = stage + 1 < end ? 1 : 0;
          stage++;
          pixel += more;
          block += pixel == span ? 1 : 0;
          pixel = pixel == span ? 0 : pixel;
        }
        if (span + odd > 1) {
          int then = pixel + (stage + 1 < end ? 1 : 0);
          int past = odd == 1 && stage + 1 >= end ? 1 : 0;
          for (int i = 0; i < copiesA; i++) {
            from[i] = source[rowA * span + i * rowsA * span + pixel];
          }
          for (int i = 0; i < copiesA; i++) {
            int found = source[rowA * span + i * rowsA * span + (then == span ? 0 : then)];
            from[copiesA + i] = found + past * (zeros - found);
          }
        }
        c00 = context.mmaBF16(a0, b0, c00, MMAShape.M16N8K16);
        c10 = context.mmaBF16(a1, b0, c10, MMAShape.M16N8K16);
        c20 = context.mmaBF16(a2, b0, c20, MMAShape.M16N8K16);
        c30 = context.mmaBF16(a3, b0, c30, MMAShape.M16N8K16);
        c01 = context.mmaBF16(a0, b1, c01, MMAShape.M16N8K16);
        c11 = context.mmaBF16(a1, b1, c11, MMAShape.M16N8K16);
        c21 = context.mmaBF16(a2, b1, c21, MMAShape.M16N8K16);
        c31 = context.mmaBF16(a3, b1, c31, MMAShape.M16N8K16);
        c02 = context.mmaBF16(a0, b2, c02, MMAShape.M16N8K16);
        c12 = context.mmaBF16(a1, b2, c12, MMAShape.M16N8K16);
        c22 = context.mmaBF16(a2, b2, c22, MMAShape.M16N8K16);
        c32 = context.mmaBF16(a3, b2, c32, MMAShape.M16N8K16);
        c03 = context.mmaBF16(a0, b3, c03, MMAShape.M16N8K16);
        c13 = context.mmaBF16(a1, b3, c13, MMAShape.M16N8K16);
        c23 = context.mmaBF16(a2, b3, c23, MMAShape.M16N8K16);
        c33 = context.mmaBF16(a3, b3, c33, MMAShape.M16N8K16);
        c04 = context.mmaBF16(a0, b4, c04, MMAShape.M16N8K16);
        c14 = context.mmaBF16(a1, b4, c14, MMAShape.M16N8K16);
        c24 = context.mmaBF16(a2, b4, c24, MMAShape.M16N8K16);
        c34 = context.mmaBF16(a3, b4, c34, MMAShape.M16N8K16);
        c05 = context.mmaBF16(a0, b5, c05, MMAShape.M16N8K16);
        c15 = context.mmaBF16(a1, b5, c15, MMAShape.M16N8K16);
        c25 = context.mmaBF16(a2, b5, c25, MMAShape.M16N8K16);
        c35 = context.mmaBF16(a3, b5, c35, MMAShape.M16N8K16);
        c06 = context.mmaBF16(a0, b6, c06, MMAShape.M16N8K16);
        c16 = context.mmaBF16(a1, b6, c16, MMAShape.M16N8K16);
        c26 = context.mmaBF16(a2, b6, c26, MMAShape.M16N8K16);
        c36 = context.mmaBF16(a3, b6, c36, MMAShape.M16N8K16);
        c07 = context.mmaBF16(a0, b7, c07, MMAShape.M16N8K16);
        c17 = context.mmaBF16(a1, b7, c17, MMAShape.M16N8K16);
        c27 = context.mmaBF16(a2, b7, c27, MMAShape.M16N8K16);
        c37 = context.mmaBF16(a3, b7, c37, MMAShape.M16N8K16);
        HalfFloat[] d0 = context.mmaLoadA(tileA, 16, atA + 4 * PLANE);
        HalfFloat[] d1 = context.mmaLoadA(tileA, 16, atA + 4 * PLANE + 512);
        HalfFloat[] d2 = context.mmaLoadA(tileA, 16, atA + 4 * PLANE + 1024);
        HalfFloat[] d3 = context.mmaLoadA(tileA, 16, atA + 4 * PLANE + 1536);
        HalfFloat[] e0 = context.mmaLoadB(tileB, 16, atB + 4 * planeB);
        HalfFloat[] e1 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 256);
        HalfFloat[] e2 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 512);
        HalfFloat[] e3 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 768);
        HalfFloat[] e4 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 1024);
        HalfFloat[] e5 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 1280);
        HalfFloat[] e6 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 1536);
        HalfFloat[] e7 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 1792);
        c00 = context.mmaBF16(d0, e0, c00, MMAShape.M16N8K16);
        c10 = context.mmaBF16(d1, e0, c10, MMAShape.M16N8K16);
        c20 = context.mmaBF16(d2, e0, c20, MMAShape.M16N8K16);
        c30 = context.mmaBF16(d3, e0, c30, MMAShape.M16N8K16);
        c01 = context.mmaBF16(d0, e1, c01, MMAShape.M16N8K16);
        c11 = context.mmaBF16(d1, e1, c11, MMAShape.M16N8K16);
        c21 = context.mmaBF16(d2, e1, c21, MMAShape.M16N8K16);
        c31 = context.mmaBF16(d3, e1, c31, MMAShape.M16N8K16);
        c02 = context.mmaBF16(d0, e2, c02, MMAShape.M16N8K16);
        c12 = context.mmaBF16(d1, e2, c12, MMAShape.M16N8K16);
        c22 = context.mmaBF16(d2, e2, c22, MMAShape.M16N8K16);
        c32 = context.mmaBF16(d3, e2, c32, MMAShape.M16N8K16);
        c03 = context.mmaBF16(d0, e3, c03, MMAShape.M16N8K16);
        c13 = context.mmaBF16(d1, e3, c13, MMAShape.M16N8K16);
        c23 = context.mmaBF16(d2, e3, c23, MMAShape.M16N8K16);
        c33 = context.mmaBF16(d3, e3, c33, MMAShape.M16N8K16);
        c04 = context.mmaBF16(d0, e4, c04, MMAShape.M16N8K16);
        c14 = context.mmaBF16(d1, e4, c14, MMAShape.M16N8K16);
        c24 = context.mmaBF16(d2, e4, c24, MMAShape.M16N8K16);
        c34 = context.mmaBF16(d3, e4, c34, MMAShape.M16N8K16);
        c05 = context.mmaBF16(d0, e5, c05, MMAShape.M16N8K16);
        c15 = context.mmaBF16(d1, e5, c15, MMAShape.M16N8K16);
        c25 = context.mmaBF16(d2, e5, c25, MMAShape.M16N8K16);
        c35 = context.mmaBF16(d3, e5, c35, MMAShape.M16N8K16);
        c06 = context.mmaBF16(d0, e6, c06, MMAShape.M16N8K16);
        c16 = context.mmaBF16(d1, e6, c16, MMAShape.M16N8K16);
        c26 = context.mmaBF16(d2, e6, c26, MMAShape.M16N8K16);
        c36 = context.mmaBF16(d3, e6, c36, MMAShape.M16N8K16);
        c07 = context.mmaBF16(d0, e7, c07, MMAShape.M16N8K16);
        c17 = context.mmaBF16(d1, e7, c17, MMAShape.M16N8K16);
        c27 = context.mmaBF16(d2, e7, c27, MMAShape.M16N8K16);
        c37 = context.mmaBF16(d3, e7, c37, MMAShape.M16N8K16);
      }

      // Shifts: TornadoVM's CUDA backend divides negative numbers by powers of two wrongly.
      int quad = lane >> 2;
      int own = 2 * (lane & 3);
      int column = slab * tileColumns + warpColumn;
      int start = Fragments.ORIGIN + part * partPitch - own;
      int row0 = place(warpRow + 0 + quad, valid);
      int pitch0 = (place(warpRow + 8 + quad, valid) - row0) >> 3;
      int origin0 = start + (first + row0 - quad * pitch0) * co;
      int row1 = place(warpRow + 16 + quad, valid);
      int pitch1 = (place(warpRow + 24 + quad, valid) - row1) >> 3;
      int origin1 = start + (first + row1 - quad * pitch1) * co;
      int row2 = place(warpRow + 32 + quad, valid);
      int pitch2 = (place(warpRow + 40 + quad, valid) - row2) >> 3;
      int origin2 = start + (first + row2 - quad * pitch2) * co;
      int row3 = place(warpRow + 48 + quad, valid);
      int pitch3 = (place(warpRow + 56 + quad, valid) - row3) >> 3;
      int origin3 = start + (first + row3 - quad * pitch3) * co;
      if (column < co) {
        int to = TornadoMath.min(column + own, co - 2);
        context.mmaStore(c00, y, 0, origin0 + to, co * pitch0);
        context.mmaStore(c10, y, 0, origin1 + to, co * pitch1);
        context.mmaStore(c20, y, 0, origin2 + to, co * pitch2);
        context.mmaStore(c30, y, 0, origin3 + to, co * pitch3);
      }
      if (column + 8 < co) {
        int to = TornadoMath.min(column + 8 + own, co - 2);
        context.mmaStore(c01, y, 0, origin0 + to, co * pitch0);
        context.mmaStore(c11, y, 0, origin1 + to, co * pitch1);
        context.mmaStore(c21, y, 0, origin2 + to, co * pitch2);
        context.mmaStore(c31, y, 0, origin3 + to, co * pitch3);
      }
      if (column + 16 < co) {
        int to = TornadoMath.min(column + 16 + own, co - 2);
        context.mmaStore(c02, y, 0, origin0 + to, co * pitch0);
        context.mmaStore(c12, y, 0, origin1 + to, co * pitch1);
        context.mmaStore(c22, y, 0, origin2 + to, co * pitch2);
        context.mmaStore(c32, y, 0, origin3 + to, co * pitch3);
      }
      if (column + 24 < co) {
        int to = TornadoMath.min(column + 24 + own, co - 2);
        context.mmaStore(c03, y, 0, origin0 + to, co * pitch0);
        context.mmaStore(c13, y, 0, origin1 + to, co * pitch1);
        context.mmaStore(c23, y, 0, origin2 + to, co * pitch2);
        context.mmaStore(c33, y, 0, origin3 + to, co * pitch3);
      }
      if (column + 32 < co) {
        int to = TornadoMath.min(column + 32 + own, co - 2);
        context.mmaStore(c04, y, 0, origin0 + to, co * pitch0);
        context.mmaStore(c14, y, 0, origin1 + to, co * pitch1);
        context.mmaStore(c24, y, 0, origin2 + to, co * pitch2);
        context.mmaStore(c34, y, 0, origin3 + to, co * pitch3);
      }
      if (column + 40 < co) {
        int to = TornadoMath.min(column + 40 + own, co - 2);
        context.mmaStore(c05, y, 0, origin0 + to, co * pitch0);
        context.mmaStore(c15, y, 0, origin1 + to, co * pitch1);
        context.mmaStore(c25, y, 0, origin2 + to, co * pitch2);
        context.mmaStore(c35, y, 0, origin3 + to, co * pitch3);
      }
      if (column + 48 < co) {
        int to = TornadoMath.min(column + 48 + own, co - 2);
        context.mmaStore(c06, y, 0, origin0 + to, co * pitch0);
        context.mmaStore(c16, y, 0, origin1 + to, co * pitch1);
        context.mmaStore(c26, y, 0, origin2 + to, co * pitch2);
        context.mmaStore(c36, y, 0, origin3 + to, co * pitch3);
      }
      if (column + 56 < co) {
        int to = TornadoMath.min(column + 56 + own, co - 2);
        context.mmaStore(c07, y, 0, origin0 + to, co * pitch0);
        context.mmaStore(c17, y, 0, origin1 + to, co * pitch1);
        context.mmaStore(c27, y, 0, origin2 + to, co * pitch2);
        context.mmaStore(c37, y, 0, origin3 + to, co * pitch3);
      }
    }
  }

  /// The place of a tile that `place` computes: itself, or behind the last valid one another that
  /// lets a fragment's rows r and r + 8 lie 8 or 0 rows apart.
  private static int place(int place, int valid) {
    return place < valid ? place : ((place & 8) != 0 && place - 8 < valid ? place - 8 : valid - 1);
  }
}
