package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Octree convolution on tensor cores: `y[o] = b + Σ_k x[t(o, k)] · W[k]`, operands from
/// [HalfOperands], sums in FP32. With operands split in two the product has three terms, high·high,
/// high·low and low·high, which are computed as one of three times the input channels.
///
/// An implicit GEMM without a column matrix. A group computes [TileLists#ROWS] rows and
/// {@code tileColumns} columns and walks through one sequence of stages: for each offset of its
/// tile's list, for each [#DEPTH] input channels, or 16. A stage is a gathered matrix A (rows,
/// depth) and a matrix B of packed weights in local memory. There are two of each: while the
/// warps multiply one stage, the next is stored and the one after it is on its way to registers.
/// With 64 and 96 columns there are registers left: two stages are stored together, and the next
/// two are on their way while the warps multiply them. Each warp multiplies 64 rows by 32 columns:
/// 16 products for 8 loads of fragments.
///
/// Copies are of eight bytes, which TornadoVM's asynchronous ones (of four) are not; those of four
/// bytes took two thirds of the time of the whole.
///
/// Layout of A: planes of 16 channels, each of 16×16 blocks of 512 bytes; the two halves of a row
/// are swapped in every second quad of rows, so that the eight half rows that the hardware reads
/// together lie in different banks. Planes are four ints further apart than they are long: a warp
/// that stores pairs (see [HalfOperands]) of four rows and two planes then fills all banks.
///
/// Rows without a neighbour, and stages behind the last, read the row of zeros behind x. Rows
/// behind the last one, and columns behind the last pair, repeat the computation of others and
/// store the same bits to the same place: nothing needs a guard. A fragment's rows r and r + 8 may
/// lie anywhere in y: the store is given a pitch of an eighth of their distance, which must be
/// whole, hence {@code co} divisible by 8 if the rows are ordered.
///
/// Per stage and group: {@code 2 · 128 · tileColumns · 32} operations for {@code 2 · 32 ·
/// (128 + tileColumns)} bytes from the second-level cache, i.e. 64 operations a byte
/// with 128 columns, 55 with 96, 43 with 64, 26 with 32.
public final class HalfConvolution {
  /// A group for each multiprocessor of an H100.
  private static final int GROUPS = 132;

  /// Channels of a stage, if there are so many.
  private static final int DEPTH = 32;

  private static final int MOST_COPIES = 16;

  /// Neighbours of a row that a work-item looks up at a time.
  private static final int LOOKUPS = 9;

  private HalfConvolution() {}

  /// Computes y. A grid of (tiles, slabs of columns) groups of {@code 2 · tileColumns} work-items.
  ///
  /// @param y written, (rows, co), rows behind the count not touched
  /// @param x not modified, rows of {@code ci} channels from [HalfOperands#rows]
  /// @param weights not modified, from [HalfOperands#weights]
  /// @param table not modified, (rows, width); anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param lists not modified, from [TileLists#lists]; anything if {@code width} is 0
  /// @param order not modified, as in [TileLists#lists]
  /// @param offsets K
  /// @param width columns of the table, or 0 for the identity: a 1×1 convolution
  /// @param zeroRow the row of x that holds zeros
  /// @param ci input channels, 16 or a multiple of [#DEPTH]
  /// @param co output channels ≥ 2, a multiple of 8 if {@code ordered} is 1
  /// @param tileColumns 32, 64, 96 or 128
  /// @param bias 1 if the packed weights end with a bias, else 0
  /// @param ordered 1 if the tiles take rows by {@code order}, else 0
  /// @param parts groups that share a tile's offsets, along the grid's third dimension; with more
  ///     than one y is (parts, {@code zeroRow}, co), to be added by [FloatConvolution#addParts]
  /// @param format [HalfOperands#FP16], [HalfOperands#BF16] or [HalfOperands#SPLIT]
  public static void convolve(
      KernelContext context,
      FloatArray y,
      LongArray x,
      LongArray weights,
      IntArray table,
      IntArray columns,
      IntArray lists,
      IntArray order,
      IntArray counts,
      int slot,
      int offsets,
      int width,
      int zeroRow,
      int ci,
      int co,
      int tileColumns,
      int bias,
      int ordered,
      int parts,
      int format) {
    int rows = counts.get(slot);
    int first = TileLists.ROWS * context.groupIdx;
    if (first < rows) {
      int valid = rows - first < TileLists.ROWS ? rows - first : TileLists.ROWS;
      int threads = 2 * tileColumns;
      int depth = ci < DEPTH ? ci : DEPTH;
      int halves = depth == DEPTH && (tileColumns == 64 || tileColumns == 96) ? 2 : 1;
      int span = (width > 0 ? width : 1) + bias + 1;
      int planes = depth / 16;
      int planeA = 8 * TileLists.ROWS + 4;
      int planeB = 8 * tileColumns;
      int terms = format == HalfOperands.SPLIT ? 3 : 1;
      int pitch = (format == HalfOperands.SPLIT ? 2 * ci : ci) / 4;
      int blocks = terms * ci / depth;
      int slabs = (co + tileColumns - 1) / tileColumns;
      int[] tileA = context.allocateIntLocalArray(2 * planes * planeA);
      int[] tileB = context.allocateIntLocalArray(2 * planes * planeB);
      int[] source = context.allocateIntLocalArray(TileLists.ROWS * span);
      int[] target = context.allocateIntLocalArray(TileLists.ROWS);
      int[] matrix = context.allocateIntLocalArray(32);
      int[] column = context.allocateIntLocalArray(32);
      int id = context.localIdx;
      int slab = context.groupIdy;
      int part = context.groupIdz;

      // A work-item looks up one row of the tile, or two: its number, then where its neighbours
      // lie, some at a time. So a group waits for memory a few times, not once for each.
      int turns = threads < TileLists.ROWS ? TileLists.ROWS / threads : 1;
      int sharers = threads < 2 * TileLists.ROWS ? 1 : 2;
      int lookers = TileLists.ROWS * sharers;
      int[] rowsOfTile = new int[2];
      for (int i = 0; i < turns; i++) {
        int at = first + place((id & (TileLists.ROWS - 1)) + i * threads, valid);
        rowsOfTile[i] = ordered == 1 ? order.get(at) : at;
      }
      int list = TileLists.PITCH * context.groupIdx;
      int entries = width > 0 ? lists.get(list) : 1;
      if (id < 32) {
        int offset = width > 0 && id < entries ? lists.get(list + 1 + id) : 0;
        int packed = id < entries || bias == 0 ? offset : offsets;
        matrix[id] = (packed * slabs + slab) * (terms * ci / 16) * (planeB / 2);
        column[id] = width > 0 ? columns.get(offset) : 0;
      }
      context.localBarrier();
      int[] found = new int[LOOKUPS];
      for (int i = 0; i < (id < lookers ? turns : 0); i++) {
        int place = (id & (TileLists.ROWS - 1)) + i * threads;
        int row = rowsOfTile[i];
        target[place] = row * co;
        if (width == 0) {
          source[place] = row * pitch;
        } else {
          int last = entries - 1;
          for (int e = LOOKUPS * (id / TileLists.ROWS); e < entries; e += LOOKUPS * sharers) {
            for (int j = 0; j < LOOKUPS; j++) {
              found[j] = table.get(row * width + column[e + j < last ? e + j : last]);
            }
            for (int j = 0; j < LOOKUPS; j++) {
              int from = found[j] < 0 ? zeroRow : found[j];
              source[(e + j < last ? e + j : last) * TileLists.ROWS + place] = from * pitch;
            }
          }
        }
        if (bias == 1) {
          source[entries * TileLists.ROWS + place] = (zeroRow + 1) * pitch;
        }
        source[(entries + bias) * TileLists.ROWS + place] = zeroRow * pitch;
      }
      context.localBarrier();

      // What a work-item copies of a stage: the same four channels of some rows of A, and fours
      // of B. A warp copies 64 bytes of each of four rows, or 32 of eight.
      int total = (entries + bias) * blocks;
      int begin = total * part / parts;
      int stages = total * (part + 1) / parts - begin;
      int entry = begin / blocks;
      int block = begin - entry * blocks;
      int fours = depth / 4;
      int four = id % fours;
      int rowA = id / fours;
      int rowsA = threads / fours;
      int copiesA = (TileLists.ROWS + rowsA - 1) / rowsA;
      int copiesB = planes * planeB / 2 / threads;
      int toA = (four >> 2) * planeA + (four & 3) + (rowA & 4) + 8 * rowA;
      int across = 4 - 2 * (rowA & 4);
      int toB = 64 * (id >> 5) + (id & 31);
      int left = stages;
      long[] firstA = new long[MOST_COPIES];
      long[] firstB = new long[MOST_COPIES];
      long[] nextA = new long[MOST_COPIES];
      long[] nextB = new long[MOST_COPIES];
      for (int ahead = 0; ahead < 2; ahead++) {
        int fromRow = entry * TileLists.ROWS;
        int fromFour = channel(block * depth, ci, format) / 4 + four;
        int fromB = matrix[entry] + block * (planes * planeB / 2) + id;
        if (halves == 1 && ahead == 0) {
          for (int copy = 0; copy < copiesA; copy++) {
            firstA[copy] = x.get(source[fromRow + rowOfCopy(rowA, rowsA, copy)] + fromFour);
          }
          for (int copy = 0; copy < copiesB; copy++) {
            firstB[copy] = weights.get(fromB + copy * threads);
          }
        } else {
          int to = halves == 1 ? 0 : ahead;
          for (int copy = 0; copy < copiesA; copy++) {
            nextA[to * copiesA + copy] =
                x.get(source[fromRow + rowOfCopy(rowA, rowsA, copy)] + fromFour);
          }
          for (int copy = 0; copy < copiesB; copy++) {
            nextB[to * copiesB + copy] = weights.get(fromB + copy * threads);
          }
        }
        // Behind the last stage rows of zeros.
        left--;
        block++;
        entry += block == blocks ? 1 : 0;
        block = block == blocks ? 0 : block;
        entry = left > 0 ? entry : entries + bias;
        block = left > 0 ? block : 0;
      }
      if (halves == 1) {
        for (int copy = 0; copy < copiesA; copy++) {
          int at = toA + 8 * (rowOfCopy(rowA, rowsA, copy) - rowA);
          tileA[at] = (int) firstA[copy];
          tileA[at + across] = (int) (firstA[copy] >> 32);
        }
        for (int copy = 0; copy < copiesB; copy++) {
          int at = toB + 2 * copy * threads;
          tileB[at] = (int) firstB[copy];
          tileB[at + 32] = (int) (firstB[copy] >> 32);
        }
      }

      int lane = id & 31;
      int warpRow = 64 * (id >> 5 & 1);
      int warpColumn = 32 * (id >> 6);
      int fromA = 32 * warpRow + (lane & 4) * (lane < 16 ? 4 : -4);
      int fromWarp = 32 * warpColumn;
      float[] c00 = context.mmaFragment(0f);
      float[] c01 = context.mmaFragment(0f);
      float[] c02 = context.mmaFragment(0f);
      float[] c03 = context.mmaFragment(0f);
      float[] c10 = context.mmaFragment(0f);
      float[] c11 = context.mmaFragment(0f);
      float[] c12 = context.mmaFragment(0f);
      float[] c13 = context.mmaFragment(0f);
      float[] c20 = context.mmaFragment(0f);
      float[] c21 = context.mmaFragment(0f);
      float[] c22 = context.mmaFragment(0f);
      float[] c23 = context.mmaFragment(0f);
      float[] c30 = context.mmaFragment(0f);
      float[] c31 = context.mmaFragment(0f);
      float[] c32 = context.mmaFragment(0f);
      float[] c33 = context.mmaFragment(0f);
      for (int stage = 0; stage < (stages + halves - 1) / halves * halves; stage++) {
        int buffer = stage & 1;
        if (halves == 1 || buffer == 0) {
          context.localBarrier();
          for (int i = 0; i < halves; i++) {
            int into = (halves == 1 ? 1 - buffer : i) * planes;
            for (int copy = 0; copy < copiesA; copy++) {
              int at = into * planeA + toA + 8 * (rowOfCopy(rowA, rowsA, copy) - rowA);
              tileA[at] = (int) nextA[i * copiesA + copy];
              tileA[at + across] = (int) (nextA[i * copiesA + copy] >> 32);
            }
            for (int copy = 0; copy < copiesB; copy++) {
              int at = into * planeB + toB + 2 * copy * threads;
              tileB[at] = (int) nextB[i * copiesB + copy];
              tileB[at + 32] = (int) (nextB[i * copiesB + copy] >> 32);
            }
          }
          if (halves == 2) {
            context.localBarrier();
          }
          for (int i = 0; i < halves; i++) {
            int fromRow = entry * TileLists.ROWS;
            int fromFour = channel(block * depth, ci, format) / 4 + four;
            int fromB = matrix[entry] + block * (planes * planeB / 2) + id;
            for (int copy = 0; copy < copiesA; copy++) {
              nextA[i * copiesA + copy] =
                  x.get(source[fromRow + rowOfCopy(rowA, rowsA, copy)] + fromFour);
            }
            for (int copy = 0; copy < copiesB; copy++) {
              nextB[i * copiesB + copy] = weights.get(fromB + copy * threads);
            }
            left--;
            block++;
            entry += block == blocks ? 1 : 0;
            block = block == blocks ? 0 : block;
            entry = left > 0 ? entry : entries + bias;
            block = left > 0 ? block : 0;
          }
        }
        int atA = 4 * buffer * planes * planeA + fromA;
        int atB = 4 * buffer * planes * planeB + fromWarp;
        HalfFloat[] b0 = context.mmaLoadB(tileB, 16, atB);
        HalfFloat[] b1 = context.mmaLoadB(tileB, 16, atB + 256);
        HalfFloat[] b2 = context.mmaLoadB(tileB, 16, atB + 512);
        HalfFloat[] b3 = context.mmaLoadB(tileB, 16, atB + 768);
        HalfFloat[] a0 = context.mmaLoadA(tileA, 16, atA);
        HalfFloat[] a1 = context.mmaLoadA(tileA, 16, atA + 512);
        HalfFloat[] a2 = context.mmaLoadA(tileA, 16, atA + 1024);
        HalfFloat[] a3 = context.mmaLoadA(tileA, 16, atA + 1536);
        if (format == HalfOperands.FP16) {
          c00 = context.mma(a0, b0, c00, MMAShape.M16N8K16);
          c01 = context.mma(a0, b1, c01, MMAShape.M16N8K16);
          c02 = context.mma(a0, b2, c02, MMAShape.M16N8K16);
          c03 = context.mma(a0, b3, c03, MMAShape.M16N8K16);
          c10 = context.mma(a1, b0, c10, MMAShape.M16N8K16);
          c11 = context.mma(a1, b1, c11, MMAShape.M16N8K16);
          c12 = context.mma(a1, b2, c12, MMAShape.M16N8K16);
          c13 = context.mma(a1, b3, c13, MMAShape.M16N8K16);
          c20 = context.mma(a2, b0, c20, MMAShape.M16N8K16);
          c21 = context.mma(a2, b1, c21, MMAShape.M16N8K16);
          c22 = context.mma(a2, b2, c22, MMAShape.M16N8K16);
          c23 = context.mma(a2, b3, c23, MMAShape.M16N8K16);
          c30 = context.mma(a3, b0, c30, MMAShape.M16N8K16);
          c31 = context.mma(a3, b1, c31, MMAShape.M16N8K16);
          c32 = context.mma(a3, b2, c32, MMAShape.M16N8K16);
          c33 = context.mma(a3, b3, c33, MMAShape.M16N8K16);
        } else {
          c00 = context.mmaBF16(a0, b0, c00, MMAShape.M16N8K16);
          c01 = context.mmaBF16(a0, b1, c01, MMAShape.M16N8K16);
          c02 = context.mmaBF16(a0, b2, c02, MMAShape.M16N8K16);
          c03 = context.mmaBF16(a0, b3, c03, MMAShape.M16N8K16);
          c10 = context.mmaBF16(a1, b0, c10, MMAShape.M16N8K16);
          c11 = context.mmaBF16(a1, b1, c11, MMAShape.M16N8K16);
          c12 = context.mmaBF16(a1, b2, c12, MMAShape.M16N8K16);
          c13 = context.mmaBF16(a1, b3, c13, MMAShape.M16N8K16);
          c20 = context.mmaBF16(a2, b0, c20, MMAShape.M16N8K16);
          c21 = context.mmaBF16(a2, b1, c21, MMAShape.M16N8K16);
          c22 = context.mmaBF16(a2, b2, c22, MMAShape.M16N8K16);
          c23 = context.mmaBF16(a2, b3, c23, MMAShape.M16N8K16);
          c30 = context.mmaBF16(a3, b0, c30, MMAShape.M16N8K16);
          c31 = context.mmaBF16(a3, b1, c31, MMAShape.M16N8K16);
          c32 = context.mmaBF16(a3, b2, c32, MMAShape.M16N8K16);
          c33 = context.mmaBF16(a3, b3, c33, MMAShape.M16N8K16);
        }
        if (planes > 1) {
          HalfFloat[] e0 = context.mmaLoadB(tileB, 16, atB + 4 * planeB);
          HalfFloat[] e1 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 256);
          HalfFloat[] e2 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 512);
          HalfFloat[] e3 = context.mmaLoadB(tileB, 16, atB + 4 * planeB + 768);
          HalfFloat[] d0 = context.mmaLoadA(tileA, 16, atA + 4 * planeA);
          HalfFloat[] d1 = context.mmaLoadA(tileA, 16, atA + 4 * planeA + 512);
          HalfFloat[] d2 = context.mmaLoadA(tileA, 16, atA + 4 * planeA + 1024);
          HalfFloat[] d3 = context.mmaLoadA(tileA, 16, atA + 4 * planeA + 1536);
          if (format == HalfOperands.FP16) {
            c00 = context.mma(d0, e0, c00, MMAShape.M16N8K16);
            c01 = context.mma(d0, e1, c01, MMAShape.M16N8K16);
            c02 = context.mma(d0, e2, c02, MMAShape.M16N8K16);
            c03 = context.mma(d0, e3, c03, MMAShape.M16N8K16);
            c10 = context.mma(d1, e0, c10, MMAShape.M16N8K16);
            c11 = context.mma(d1, e1, c11, MMAShape.M16N8K16);
            c12 = context.mma(d1, e2, c12, MMAShape.M16N8K16);
            c13 = context.mma(d1, e3, c13, MMAShape.M16N8K16);
            c20 = context.mma(d2, e0, c20, MMAShape.M16N8K16);
            c21 = context.mma(d2, e1, c21, MMAShape.M16N8K16);
            c22 = context.mma(d2, e2, c22, MMAShape.M16N8K16);
            c23 = context.mma(d2, e3, c23, MMAShape.M16N8K16);
            c30 = context.mma(d3, e0, c30, MMAShape.M16N8K16);
            c31 = context.mma(d3, e1, c31, MMAShape.M16N8K16);
            c32 = context.mma(d3, e2, c32, MMAShape.M16N8K16);
            c33 = context.mma(d3, e3, c33, MMAShape.M16N8K16);
          } else {
            c00 = context.mmaBF16(d0, e0, c00, MMAShape.M16N8K16);
            c01 = context.mmaBF16(d0, e1, c01, MMAShape.M16N8K16);
            c02 = context.mmaBF16(d0, e2, c02, MMAShape.M16N8K16);
            c03 = context.mmaBF16(d0, e3, c03, MMAShape.M16N8K16);
            c10 = context.mmaBF16(d1, e0, c10, MMAShape.M16N8K16);
            c11 = context.mmaBF16(d1, e1, c11, MMAShape.M16N8K16);
            c12 = context.mmaBF16(d1, e2, c12, MMAShape.M16N8K16);
            c13 = context.mmaBF16(d1, e3, c13, MMAShape.M16N8K16);
            c20 = context.mmaBF16(d2, e0, c20, MMAShape.M16N8K16);
            c21 = context.mmaBF16(d2, e1, c21, MMAShape.M16N8K16);
            c22 = context.mmaBF16(d2, e2, c22, MMAShape.M16N8K16);
            c23 = context.mmaBF16(d2, e3, c23, MMAShape.M16N8K16);
            c30 = context.mmaBF16(d3, e0, c30, MMAShape.M16N8K16);
            c31 = context.mmaBF16(d3, e1, c31, MMAShape.M16N8K16);
            c32 = context.mmaBF16(d3, e2, c32, MMAShape.M16N8K16);
            c33 = context.mmaBF16(d3, e3, c33, MMAShape.M16N8K16);
          }
        }
      }

      // Shifts: TornadoVM's CUDA backend divides negative numbers by powers of two wrongly.
      int quad = lane >> 2;
      int own = 2 * (lane & 3);
      int back = Fragments.ORIGIN - own + part * zeroRow * co;
      int firstColumn = slab * tileColumns + warpColumn + own;
      int column0 = (firstColumn < co - 2 ? firstColumn : co - 2) + back;
      int column1 = (firstColumn + 8 < co - 2 ? firstColumn + 8 : co - 2) + back;
      int column2 = (firstColumn + 16 < co - 2 ? firstColumn + 16 : co - 2) + back;
      int column3 = (firstColumn + 24 < co - 2 ? firstColumn + 24 : co - 2) + back;
      int from0 = target[warpRow + 0 + quad];
      int pitch0 = (target[warpRow + 8 + quad] - from0) >> 3;
      int origin0 = from0 - quad * pitch0;
      context.mmaStore(c00, y, 0, origin0 + column0, pitch0);
      context.mmaStore(c01, y, 0, origin0 + column1, pitch0);
      context.mmaStore(c02, y, 0, origin0 + column2, pitch0);
      context.mmaStore(c03, y, 0, origin0 + column3, pitch0);
      int from1 = target[warpRow + 16 + quad];
      int pitch1 = (target[warpRow + 24 + quad] - from1) >> 3;
      int origin1 = from1 - quad * pitch1;
      context.mmaStore(c10, y, 0, origin1 + column0, pitch1);
      context.mmaStore(c11, y, 0, origin1 + column1, pitch1);
      context.mmaStore(c12, y, 0, origin1 + column2, pitch1);
      context.mmaStore(c13, y, 0, origin1 + column3, pitch1);
      int from2 = target[warpRow + 32 + quad];
      int pitch2 = (target[warpRow + 40 + quad] - from2) >> 3;
      int origin2 = from2 - quad * pitch2;
      context.mmaStore(c20, y, 0, origin2 + column0, pitch2);
      context.mmaStore(c21, y, 0, origin2 + column1, pitch2);
      context.mmaStore(c22, y, 0, origin2 + column2, pitch2);
      context.mmaStore(c23, y, 0, origin2 + column3, pitch2);
      int from3 = target[warpRow + 48 + quad];
      int pitch3 = (target[warpRow + 56 + quad] - from3) >> 3;
      int origin3 = from3 - quad * pitch3;
      context.mmaStore(c30, y, 0, origin3 + column0, pitch3);
      context.mmaStore(c31, y, 0, origin3 + column1, pitch3);
      context.mmaStore(c32, y, 0, origin3 + column2, pitch3);
      context.mmaStore(c33, y, 0, origin3 + column3, pitch3);
    }
  }

  /// The columns of a group that suit {@code co} output channels: many, as long as they are used
  /// and there are groups enough to fill a large GPU. Results do not depend on it.
  ///
  /// @param tiles tiles of rows
  public static int tileColumns(int tiles, int co) {
    int columns = WeightGradientBlocks.blockIn(co);
    while (columns > 32 && tiles * Math.ceilDiv(co, columns) < GROUPS) {
      columns = columns == 96 ? 32 : columns / 2;
    }
    return columns;
  }

  /// The row of a work-item's copy i; behind the last one the first again. As all but the first row
  /// are literals, what is left of it is a sum, or a comparison for the last copy.
  private static int rowOfCopy(int first, int rows, int i) {
    int row = first + i * rows;
    return (i + 1) * rows > TileLists.ROWS && row > TileLists.ROWS - 1 ? first : row;
  }

  /// The channel of x at which a stage's begins: split operands are multiplied as high·high,
  /// high·low and low·high.
  private static int channel(int place, int ci, int format) {
    return format == HalfOperands.SPLIT && place > ci - 1 ? place - ci : place;
  }

  /// The place of a tile that `place` computes: itself, or behind the last valid one another that
  /// lets a fragment's rows r and r + 8 lie 8 or 0 rows apart.
  private static int place(int place, int valid) {
    return place < valid ? place : ((place & 8) != 0 && place - 8 < valid ? place - 8 : valid - 1);
  }
}
