package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The gradient of an octree convolution to its weights on tensor cores: `dW[k] = Σ_o x[t(o, k)]ᵀ ·
/// dy[o]`, operands in FP16 or BF16 from [HalfOperands], sums in FP32.
///
/// The kernel computes the transposes `dW[k]ᵀ = Σ_o dy[o]ᵀ · x[t(o, k)]`: dy is not gathered, so
/// its transpose can be prepared ([HalfOperands#rowPairs]), and gathered rows of x are what the
/// second operand of a product wants. The blocks of rows that have an offset are dealt
/// to {@code chunks} chunks whose sums [WeightGradientSums] adds in order: the result depends on
/// the relation, the shapes and the constants below alone.
///
/// A group of four warps takes one offset, one chunk and one part of dW, of up to 64×64 channels,
/// and walks through stages of four blocks of 16 rows, those of the chunk that have the offset. A
/// warp computes 32×32 sums; where there are fewer than four such squares, warps share one and
/// split the rows. Loads run one stage ahead of the products, row numbers two.
///
/// Per stage: {@code 2 · 64 · 64 · 64} operations for 16 KiB from the second-level cache, i.e. 32
/// operations a byte, half of that for 32×32 channels.
public final class HalfWeightGradient {
  /// Work-items of a group.
  public static final int THREADS = 128;

  private static final int STAGE = 64;

  private HalfWeightGradient() {}

  /// Width of the blocks of dW that a group computes, in 32 channels: 1 or 2.
  public static int parts(int channels) {
    return channels > 32 ? 2 : 1;
  }

  /// Blocks of dW along one dimension.
  public static int blocks(int channels) {
    return Math.ceilDiv(channels, 32 * parts(channels));
  }

  /// Chunks of rows.
  public static int chunks(int offsets, int ci, int co) {
    return WeightGradientSums.chunks(offsets * blocks(ci) * blocks(co));
  }

  /// Partial sums of each weight: chunks times terms times the warps that share a part.
  public static int sums(int offsets, int ci, int co, int format) {
    int split = 4 / (parts(ci) * parts(co));
    return chunks(offsets, ci, co) * HalfOperands.terms(format) * split;
  }

  /// Floats of the partial sums.
  public static int partials(int offsets, int ci, int co, int format) {
    int matrix = 32 * 32 * parts(ci) * blocks(ci) * parts(co) * blocks(co);
    return Math.multiplyExact(Math.multiplyExact(sums(offsets, ci, co, format), offsets), matrix);
  }

  /// First step: partial sums. A grid of (chunks · terms, offsets, blocks of co · blocks of ci)
  /// groups of [#THREADS] work-items.
  ///
  /// @param partials written, ([#sums], offsets, co, ci) with channels padded to whole blocks
  /// @param dy not modified, from [HalfOperands#rowPairs], {@code co} padded channels
  /// @param x not modified, from [HalfOperands#rows], {@code ci} padded channels
  /// @param table not modified, (rows, width); anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param blocks not modified, from [TileLists#blockLists]; anything if {@code width} is 0
  /// @param order not modified, as in [TileLists#lists] and [HalfOperands#rowPairs]
  /// @param width columns of the table, or 0 for the identity
  /// @param zeroRow the row of x that holds zeros
  /// @param chunks from [#chunks]
  /// @param pitch ints of a column's list of blocks
  /// @param ordered 1 if rows are taken by {@code order}, else 0
  /// @param format [HalfOperands#FP16], [HalfOperands#BF16] or [HalfOperands#SPLIT]
  public static void partialSums(
      KernelContext context,
      FloatArray partials,
      ByteArray dy,
      ByteArray x,
      IntArray table,
      IntArray columns,
      IntArray blocks,
      IntArray order,
      IntArray counts,
      int slot,
      int offsets,
      int width,
      int zeroRow,
      int ci,
      int co,
      int chunks,
      int pitch,
      int ordered,
      int format) {
    int partsCi = ci > 32 ? 2 : 1;
    int partsCo = co > 32 ? 2 : 1;
    int blocksCi = (ci + 32 * partsCi - 1) / (32 * partsCi);
    int blocksCo = (co + 32 * partsCo - 1) / (32 * partsCo);
    int split = 4 / (partsCi * partsCo);
    int planeA = 256 * partsCo;
    int pitchB = 64 + 8 / partsCi;
    int planeB = 4 * partsCi * pitchB;
    int[] tileA = context.allocateIntLocalArray(8 * planeA);
    int[] tileB = context.allocateIntLocalArray(8 * planeB);
    int[] source = context.allocateIntLocalArray(2 * THREADS);
    int id = context.localIdx;
    int term = context.groupIdx / chunks;
    int chunk = context.groupIdx - term * chunks;
    int pitchX = format == HalfOperands.SPLIT ? 2 * ci : ci;
    int pitchDy = format == HalfOperands.SPLIT ? 2 * co : co;
    int k = context.groupIdy;
    int blockCo = context.groupIdz / blocksCi;
    int blockCi = context.groupIdz - blockCo * blocksCi;
    int rows = counts.get(slot);
    int tableColumn = width > 0 ? columns.get(k) : 0;
    int list = tableColumn * pitch;
    int entries = width > 0 ? blocks.get(list) : (rows + TileLists.BLOCK - 1) / TileLists.BLOCK;
    int stages = (entries + 3) / 4;
    int chunkStages = (stages + chunks - 1) / chunks;
    int start = chunk * chunkStages;
    int end = start + chunkStages < stages ? start + chunkStages : stages;
    int present = end > start ? end - start : 0;
    int pairCi = id & (16 * partsCi - 1);
    int fromCi = 2 * ((term == 1 ? ci : 0) + 32 * partsCi * blockCi + 2 * pairCi);
    int fromCo = (term == 2 ? co : 0) + 32 * partsCo * blockCo;

    int limit = present > 0 ? (4 * end < entries ? 4 * end : entries) : 0;
    int stage = start;
    source[id] =
        place(
            blocks,
            table,
            order,
            id,
            stage,
            limit,
            list,
            rows,
            width,
            tableColumn,
            zeroRow,
            pitchX,
            pitchDy,
            ordered);
    source[THREADS + id] =
        place(
            blocks,
            table,
            order,
            id,
            stage + 1,
            limit,
            list,
            rows,
            width,
            tableColumn,
            zeroRow,
            pitchX,
            pitchDy,
            ordered);
    context.localBarrier();
    if (stage < end) {
      for (int i = id >> 5; i < 32 * partsCo; i += 4) {
        int pair = 4 * (i / (4 * partsCo)) + (id & 3);
        int channel = 8 * (i & (4 * partsCo - 1)) + (id >> 2 & 7);
        int to =
            (pair >> 3) * planeA
                + (channel >> 4) * 128
                + (channel & 15) * 8
                + ((pair ^ channel) & 4)
                + (pair & 3);
        int from = source[STAGE + 16 * (pair >> 3)] + (pair & 7) * pitchDy + fromCo + channel;
        context.asyncCopyToLocal(tileA, to, dy, 4 * from);
      }
      for (int row = id / (16 * partsCi); row < STAGE; row += 8 / partsCi) {
        int to = (row >> 4) * planeB + (pairCi >> 2) * pitchB + (row & 15) * 4 + (pairCi & 3);
        context.asyncCopyToLocal(tileB, to, x, 2 * source[row] + fromCi);
      }
    }
    context.asyncCopyCommit();

    int lane = id & 31;
    int warp = id >> 5;
    int warpCi = warp & (partsCi - 1);
    int warpCo = warp / partsCi & (partsCo - 1);
    int warpRows = warp / (partsCi * partsCo);
    int swizzle = (lane & 4) * (lane < 16 ? 4 : -4);
    int turns = 4 / split;
    int prepared = 0;
    float[] c00 = context.mmaFragment(0f);
    float[] c01 = context.mmaFragment(0f);
    float[] c02 = context.mmaFragment(0f);
    float[] c03 = context.mmaFragment(0f);
    float[] c10 = context.mmaFragment(0f);
    float[] c11 = context.mmaFragment(0f);
    float[] c12 = context.mmaFragment(0f);
    float[] c13 = context.mmaFragment(0f);
    for (int step = 0; step < present * turns; step++) {
      int turn = step & (turns - 1);
      int buffer = step / turns & 1;
      if (turn == 0) {
        context.asyncCopyWaitGroup(0);
        context.localBarrier();
        int after = start + step / turns + 1;
        if (after < end) {
          int other = 4 - 4 * buffer;
          int fromSource = THREADS - THREADS * buffer;
          for (int i = id >> 5; i < 32 * partsCo; i += 4) {
            int pair = 4 * (i / (4 * partsCo)) + (id & 3);
            int channel = 8 * (i & (4 * partsCo - 1)) + (id >> 2 & 7);
            int to =
                (other + (pair >> 3)) * planeA
                    + (channel >> 4) * 128
                    + (channel & 15) * 8
                    + ((pair ^ channel) & 4)
                    + (pair & 3);
            int from =
                source[fromSource + STAGE + 16 * (pair >> 3)]
                    + (pair & 7) * pitchDy
                    + fromCo
                    + channel;
            context.asyncCopyToLocal(tileA, to, dy, 4 * from);
          }
          for (int row = id / (16 * partsCi); row < STAGE; row += 8 / partsCi) {
            int to =
                (other + (row >> 4)) * planeB
                    + (pairCi >> 2) * pitchB
                    + (row & 15) * 4
                    + (pairCi & 3);
            context.asyncCopyToLocal(tileB, to, x, 2 * source[fromSource + row] + fromCi);
          }
        }
        context.asyncCopyCommit();
        prepared =
            place(
                blocks,
                table,
                order,
                id,
                after + 1,
                limit,
                list,
                rows,
                width,
                tableColumn,
                zeroRow,
                pitchX,
                pitchDy,
                ordered);
      }
      int plane = 4 * buffer + split * turn + warpRows;
      int atA = 4 * (plane * planeA + 256 * warpCo) + swizzle;
      int atB = 4 * (plane * planeB + 4 * pitchB * warpCi);
      HalfFloat[] a0 = context.mmaLoadA(tileA, 16, atA);
      HalfFloat[] a1 = context.mmaLoadA(tileA, 16, atA + 512);
      HalfFloat[] b0 = context.mmaLoadB(tileB, 16, atB);
      HalfFloat[] b1 = context.mmaLoadB(tileB, 16, atB + 4 * pitchB);
      HalfFloat[] b2 = context.mmaLoadB(tileB, 16, atB + 8 * pitchB);
      HalfFloat[] b3 = context.mmaLoadB(tileB, 16, atB + 12 * pitchB);
      if (format == HalfOperands.FP16) {
        c00 = context.mma(a0, b0, c00, MMAShape.M16N8K16);
        c01 = context.mma(a0, b1, c01, MMAShape.M16N8K16);
        c02 = context.mma(a0, b2, c02, MMAShape.M16N8K16);
        c03 = context.mma(a0, b3, c03, MMAShape.M16N8K16);
        c10 = context.mma(a1, b0, c10, MMAShape.M16N8K16);
        c11 = context.mma(a1, b1, c11, MMAShape.M16N8K16);
        c12 = context.mma(a1, b2, c12, MMAShape.M16N8K16);
        c13 = context.mma(a1, b3, c13, MMAShape.M16N8K16);
      } else {
        c00 = context.mmaBF16(a0, b0, c00, MMAShape.M16N8K16);
        c01 = context.mmaBF16(a0, b1, c01, MMAShape.M16N8K16);
        c02 = context.mmaBF16(a0, b2, c02, MMAShape.M16N8K16);
        c03 = context.mmaBF16(a0, b3, c03, MMAShape.M16N8K16);
        c10 = context.mmaBF16(a1, b0, c10, MMAShape.M16N8K16);
        c11 = context.mmaBF16(a1, b1, c11, MMAShape.M16N8K16);
        c12 = context.mmaBF16(a1, b2, c12, MMAShape.M16N8K16);
        c13 = context.mmaBF16(a1, b3, c13, MMAShape.M16N8K16);
      }
      // No branch may follow the products: TornadoVM generates wrong copies of fragments then.
      source[THREADS * buffer + id] = prepared;
    }
    int rowsOut = 32 * partsCo * blocksCo;
    int columnsOut = 32 * partsCi * blocksCi;
    int row =
        ((context.groupIdx * split + warpRows) * offsets + k) * rowsOut
            + 32 * (partsCo * blockCo + warpCo);
    int column = 32 * (partsCi * blockCi + warpCi);
    context.mmaStore(c00, partials, row + 0, column + 0, columnsOut);
    context.mmaStore(c01, partials, row + 0, column + 8, columnsOut);
    context.mmaStore(c02, partials, row + 0, column + 16, columnsOut);
    context.mmaStore(c03, partials, row + 0, column + 24, columnsOut);
    context.mmaStore(c10, partials, row + 16, column + 0, columnsOut);
    context.mmaStore(c11, partials, row + 16, column + 8, columnsOut);
    context.mmaStore(c12, partials, row + 16, column + 16, columnsOut);
    context.mmaStore(c13, partials, row + 16, column + 24, columnsOut);
  }

  /// What work-item `id` looks up for a stage: the first 64 where in x a row's source begins, the
  /// others where in dy the pairs of a block begin. Behind the chunk's last block there are rows of
  /// zeros in x, and any in dy.
  ///
  /// @param limit the end of the chunk's blocks in the list
  private static int place(
      IntArray blocks,
      IntArray table,
      IntArray order,
      int id,
      int stage,
      int limit,
      int list,
      int rows,
      int width,
      int tableColumn,
      int zeroRow,
      int pitchX,
      int pitchDy,
      int ordered) {
    int entry = 4 * stage + (id >> 4 & 3);
    int block = 0;
    int from = -1;
    if (entry < limit) {
      block = width > 0 ? blocks.get(list + 1 + entry) : entry;
      int row = TileLists.BLOCK * block + (id & 15);
      if (row < rows) {
        row = ordered == 1 ? order.get(row) : row;
        from = width > 0 ? table.get(row * width + tableColumn) : row;
      }
    }
    return id < STAGE
        ? (from < 0 ? zeroRow : from) * pitchX
        : TileLists.BLOCK / 2 * block * pitchDy;
  }
}
