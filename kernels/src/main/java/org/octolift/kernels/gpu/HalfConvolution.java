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
/// tile's list, for each {@code stageDepth} input channels. A stage is a gathered matrix A (rows,
/// stageDepth) and a matrix B of packed weights in local memory. There are two of each: while the
/// warps multiply one stage, the next is stored and the one after it is on its way to registers.
/// Each warp multiplies 64 rows by 32 columns: 16 products for 8 loads of fragments.
///
/// Copies are of eight bytes, which TornadoVM's asynchronous ones (of four) are not; those of four
/// bytes took two thirds of the time of the whole.
///
/// Layout of A: planes of 16 channels, each of 16×16 blocks of 512 bytes; the two halves of a row
/// are swapped in every second quad of rows, so that the eight half rows that the hardware reads
/// together lie in different banks. Planes are four ints further apart than they are long: a warp
/// that stores pairs (see [HalfOperands]) of four rows and two planes then fills all banks.
///
/// Rows without a neighbour read the row of zeros behind x. Rows behind the last one, and columns
/// behind the last pair, repeat the computation of others and store the same bits to the same
/// place: nothing needs a guard. A fragment's rows r and r + 8 may lie anywhere in y: the store is
/// given a pitch of an eighth of their distance, which must be whole, hence {@code co} divisible
/// by 8 if the rows are ordered.
///
/// Per stage and group: {@code 2 · 128 · tileColumns · stageDepth} operations for {@code 2 ·
/// stageDepth · (128 + tileColumns)} bytes from the second-level cache, i.e. 64 operations a byte
/// with 128 columns, 55 with 96, 43 with 64, 26 with 32.
public final class HalfConvolution {
  /// A group for each multiprocessor of an H100.
  private static final int GROUPS = 132;

  private static final int MOST_COPIES = 16;

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
  /// @param ci input channels, a multiple of {@code stageDepth}
  /// @param co output channels ≥ 2, a multiple of 8 if {@code ordered} is 1
  /// @param tileColumns 32, 64, 96 or 128
  /// @param stageDepth 16 or 32
  /// @param bias 1 if the packed weights end with a bias, else 0
  /// @param ordered 1 if the tiles take rows by {@code order}, else 0
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
      int stageDepth,
      int bias,
      int ordered,
      int format) {
    int rows = counts.get(slot);
    int first = TileLists.ROWS * context.groupIdx;
    if (first < rows) {
      int valid = rows - first < TileLists.ROWS ? rows - first : TileLists.ROWS;
      int threads = 2 * tileColumns;
      int span = width > 0 ? width : 1;
      int planes = stageDepth / 16;
      int planeA = 8 * TileLists.ROWS + 4;
      int planeB = 8 * tileColumns;
      int terms = format == HalfOperands.SPLIT ? 3 : 1;
      int pitch = format == HalfOperands.SPLIT ? 2 * ci : ci;
      int blocks = terms * ci / stageDepth;
      int slabs = (co + tileColumns - 1) / tileColumns;
      int[] tileA = context.allocateIntLocalArray(2 * planes * planeA);
      int[] tileB = context.allocateIntLocalArray(2 * planes * planeB);
      int[] source = context.allocateIntLocalArray(TileLists.ROWS * span);
      int[] matrix = context.allocateIntLocalArray(32);
      int[] column = context.allocateIntLocalArray(32);
      int id = context.localIdx;
      int slab = context.groupIdy;
      int list = TileLists.PITCH * context.groupIdx;
      int entries = width > 0 ? lists.get(list) : 1;
      int stages = (entries + bias) * blocks;
      if (id < 32) {
        int offset = width > 0 && id < entries ? lists.get(list + 1 + id) : 0;
        int packed = id < entries || bias == 0 ? offset : offsets;
        matrix[id] = (packed * slabs + slab) * (terms * ci / 16) * (planeB / 2);
        column[id] = width > 0 ? columns.get(offset) : 0;
      }
      for (int i = id; i < TileLists.ROWS * span; i += threads) {
        int at = first + place(i / span, valid);
        int row = ordered == 1 ? order.get(at) : at;
        int from = width > 0 ? table.get(row * width + i % span) : row;
        source[i] = (from < 0 ? zeroRow : from) * (pitch / 4);
      }
      context.localBarrier();

      // What a work-item copies of a stage: the same four channels of some rows of A, and fours
      // of B. A warp copies 64 bytes of each of four rows, or 32 of eight.
      long[] nextA = new long[MOST_COPIES];
      long[] nextB = new long[MOST_COPIES];
      int fours = stageDepth / 4;
      int four = id % fours;
      int rowA = id / fours;
      int rowsA = threads / fours;
      int copiesA = (TileLists.ROWS + rowsA - 1) / rowsA;
      int copiesB = planes * planeB / 2 / threads;
      int toA = (four >> 2) * planeA + (four & 3) + (rowA & 4);
      int across = 4 - 2 * (rowA & 4);
      int toB = 64 * (id >> 5) + (id & 31);
      int biasRow = (zeroRow + 1) * (pitch / 4);
      for (int ahead = 0; ahead < 2; ahead++) {
        int next = ahead < stages ? ahead : 0;
        int entry = next / blocks;
        int block = next - entry * blocks;
        int channel = block * stageDepth;
        int fromFour = (channel < ci ? channel : channel - ci) / 4 + four;
        int fromColumn = column[entry];
        for (int i = 0; i < copiesA; i++) {
          int row = rowOfCopy(rowA, rowsA, i);
          int from = bias == 1 && entry == entries ? biasRow : source[row * span + fromColumn];
          nextA[i] = x.get(from + fromFour);
        }
        int fromB = matrix[entry] + block * (planes * planeB / 2) + id;
        for (int i = 0; i < copiesB; i++) {
          nextB[i] = weights.get(fromB + i * threads);
        }
        if (ahead == 0) {
          for (int i = 0; i < copiesA; i++) {
            int row = rowOfCopy(rowA, rowsA, i);
            int to = toA + 8 * row;
            tileA[to] = (int) nextA[i];
            tileA[to + across] = (int) (nextA[i] >> 32);
          }
          for (int i = 0; i < copiesB; i++) {
            int to = toB + 2 * i * threads;
            tileB[to] = (int) nextB[i];
            tileB[to + 32] = (int) (nextB[i] >> 32);
          }
        }
      }

      int lane = id & 31;
      int warpRow = 64 * (id >> 5 & 1);
      int warpColumn = 32 * (id >> 6);
      int swizzle = (lane & 4) * (lane < 16 ? 4 : -4);
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
      for (int step = 0; step < stages * planes; step++) {
        int stage = step / planes;
        int plane = step & (planes - 1);
        int buffer = (stage & 1) * planes;
        if (plane == 0) {
          context.localBarrier();
          int other = planes - buffer;
          for (int i = 0; i < copiesA; i++) {
            int row = rowOfCopy(rowA, rowsA, i);
            int to = other * planeA + toA + 8 * row;
            tileA[to] = (int) nextA[i];
            tileA[to + across] = (int) (nextA[i] >> 32);
          }
          for (int i = 0; i < copiesB; i++) {
            int to = other * planeB + toB + 2 * i * threads;
            tileB[to] = (int) nextB[i];
            tileB[to + 32] = (int) (nextB[i] >> 32);
          }
          int next = stage + 2 < stages ? stage + 2 : stage;
          int entry = next / blocks;
          int block = next - entry * blocks;
          int channel = block * stageDepth;
          int fromFour = (channel < ci ? channel : channel - ci) / 4 + four;
          int fromColumn = column[entry];
          for (int i = 0; i < copiesA; i++) {
            int row = rowOfCopy(rowA, rowsA, i);
            int from = bias == 1 && entry == entries ? biasRow : source[row * span + fromColumn];
            nextA[i] = x.get(from + fromFour);
          }
          int fromB = matrix[entry] + block * (planes * planeB / 2) + id;
          for (int i = 0; i < copiesB; i++) {
            nextB[i] = weights.get(fromB + i * threads);
          }
        }
        int atA = 4 * ((buffer + plane) * planeA + 8 * warpRow) + swizzle;
        int atB = 4 * ((buffer + plane) * planeB + 8 * warpColumn);
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
      }

      // Shifts: TornadoVM's CUDA backend divides negative numbers by powers of two wrongly.
      int quad = lane >> 2;
      int own = 2 * (lane & 3);
      int back = Fragments.ORIGIN - own;
      int firstColumn = slab * tileColumns + warpColumn + own;
      int column0 = (firstColumn < co - 2 ? firstColumn : co - 2) + back;
      int column1 = (firstColumn + 8 < co - 2 ? firstColumn + 8 : co - 2) + back;
      int column2 = (firstColumn + 16 < co - 2 ? firstColumn + 16 : co - 2) + back;
      int column3 = (firstColumn + 24 < co - 2 ? firstColumn + 24 : co - 2) + back;
      int low0 = place(warpRow + 0 + quad, valid);
      int high0 = place(warpRow + 8 + quad, valid);
      int from0 = (ordered == 1 ? order.get(first + low0) : first + low0) * co;
      int to0 = (ordered == 1 ? order.get(first + high0) : first + high0) * co;
      int pitch0 = (to0 - from0) >> 3;
      int origin0 = from0 - quad * pitch0;
      context.mmaStore(c00, y, 0, origin0 + column0, pitch0);
      context.mmaStore(c01, y, 0, origin0 + column1, pitch0);
      context.mmaStore(c02, y, 0, origin0 + column2, pitch0);
      context.mmaStore(c03, y, 0, origin0 + column3, pitch0);
      int low1 = place(warpRow + 16 + quad, valid);
      int high1 = place(warpRow + 24 + quad, valid);
      int from1 = (ordered == 1 ? order.get(first + low1) : first + low1) * co;
      int to1 = (ordered == 1 ? order.get(first + high1) : first + high1) * co;
      int pitch1 = (to1 - from1) >> 3;
      int origin1 = from1 - quad * pitch1;
      context.mmaStore(c10, y, 0, origin1 + column0, pitch1);
      context.mmaStore(c11, y, 0, origin1 + column1, pitch1);
      context.mmaStore(c12, y, 0, origin1 + column2, pitch1);
      context.mmaStore(c13, y, 0, origin1 + column3, pitch1);
      int low2 = place(warpRow + 32 + quad, valid);
      int high2 = place(warpRow + 40 + quad, valid);
      int from2 = (ordered == 1 ? order.get(first + low2) : first + low2) * co;
      int to2 = (ordered == 1 ? order.get(first + high2) : first + high2) * co;
      int pitch2 = (to2 - from2) >> 3;
      int origin2 = from2 - quad * pitch2;
      context.mmaStore(c20, y, 0, origin2 + column0, pitch2);
      context.mmaStore(c21, y, 0, origin2 + column1, pitch2);
      context.mmaStore(c22, y, 0, origin2 + column2, pitch2);
      context.mmaStore(c23, y, 0, origin2 + column3, pitch2);
      int low3 = place(warpRow + 48 + quad, valid);
      int high3 = place(warpRow + 56 + quad, valid);
      int from3 = (ordered == 1 ? order.get(first + low3) : first + low3) * co;
      int to3 = (ordered == 1 ? order.get(first + high3) : first + high3) * co;
      int pitch3 = (to3 - from3) >> 3;
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

  /// The place of a tile that `place` computes: itself, or behind the last valid one another that
  /// lets a fragment's rows r and r + 8 lie 8 or 0 rows apart.
  private static int place(int place, int valid) {
    return place < valid ? place : ((place & 8) != 0 && place - 8 < valid ? place - 8 : valid - 1);
  }
}
