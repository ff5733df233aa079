package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The gradient of an octree convolution to its weights on tensor cores: `dW[k] = Σ_o x[t(o, k)]ᵀ ·
/// dy[o]`, operands in FP16 or BF16 from [HalfOperands], sums in FP32.
///
/// The kernel computes the transposes `dW[k]ᵀ = Σ_o dy[o]ᵀ · x[t(o, k)]`: dy is not gathered, so
/// its transpose can be prepared ([HalfOperands#columns]), and gathered rows of x are what the
/// second operand of a product wants. All blocks of rows that have some offset, one offset's after
/// the other's, are cut into chunks of equal length, none of which has blocks of two offsets.
/// Chunks are launched by windows of rows, so that groups of all offsets read the same rows of dy
/// and x at about the same time: the second-level cache serves them. [#sum] adds the chunks of an
/// offset in order: the result depends on the relation, the shapes and the constants below alone.
///
/// A group takes one chunk and one part of dW, of up to 96×128 channels ([#blockOut],
/// [#blockIn]), and walks through stages of two or four blocks of 16 rows. A warp computes 32 rows
/// of dWᵀ, half of the columns of the group or 32; where that makes fewer than four warps, several
/// share a part and split the rows. While the warps multiply a stage of two blocks, the next is
/// stored in local memory and the one after it is on its way to registers; where a work-item copies
/// little, a stage has four blocks, and the next is on its way. Where its rows lie is looked up
/// before, each step of the look-up (block, row, row of x) one stage ahead of the next, so that
/// no stage waits for any.
///
/// Per stage: {@code 2 · 32 · co · ci} operations for {@code 64 · (co + ci)} bytes from the
/// second-level cache, i.e. 48 operations a byte with 96×96 channels, 43 with 64×128, 32 with
/// 64×64, 16 with 32×32.
public final class HalfWeightGradient {
  /// Blocks of rows that a warp should multiply for a chunk, so that its beginning and its end
  /// count little.
  private static final int FEWEST_BLOCKS = 48;

  /// Ints between the 8 columns of two neighbouring blocks of B; 8 more than they are long, so that
  /// a warp that stores pairs of four rows and 32 channels fills all banks.
  private static final int PITCH_B = 72;

  private static final int MOST_COPIES = 16;

  /// Partial sums that are read at a time.
  private static final int SUMMANDS = 8;

  /// Ints for a number of each window and one more.
  private static final int WINDOWS_SIZE = TileLists.WINDOWS + 4;

  private HalfWeightGradient() {}

  /// First step: partial sums. A grid of ([WeightGradientBlocks#chunks] · terms,
  /// [WeightGradientBlocks#parts]) groups of [WeightGradientBlocks#threads] work-items; those
  /// without a chunk do nothing.
  ///
  /// @param partials written, (terms, [WeightGradientBlocks#chunks], warps that share a part, co,
  /// ci) with channels
  ///     padded to whole blocks, the chunks of each offset behind those of the one before
  /// @param starts written, (offsets + 1): the first chunk of each offset, and the number of chunks
  /// @param dy not modified, from [HalfOperands#columns], {@code co} padded channels
  /// @param x not modified, from [HalfOperands#rows], {@code ci} padded channels
  /// @param table not modified, (rows, width); anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param blocks not modified, from [TileLists#blockLists]; anything if {@code width} is 0
  /// @param order not modified, as in [TileLists#lists] and [HalfOperands#columns]
  /// @param width columns of the table, or 0 for the identity
  /// @param zeroRow the row of x that holds zeros
  /// @param pitch ints of a column's list of blocks, [TileLists#blockPitch]
  /// @param ordered 1 if rows are taken by {@code order}, else 0
  /// @param format [HalfOperands#FP16], [HalfOperands#BF16] or [HalfOperands#SPLIT]
  public static void partialSums(
      KernelContext context,
      FloatArray partials,
      IntArray starts,
      LongArray dy,
      LongArray x,
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
      int pitch,
      int ordered,
      int format) {
    int blockCi = WeightGradientBlocks.blockIn(ci);
    int blockCo = WeightGradientBlocks.blockOut(co);
    int blocksCi = (ci + blockCi - 1) / blockCi;
    int blocksCo = (co + blockCo - 1) / blockCo;
    int warpsCi = blockCi > 32 ? 2 : 1;
    int warpsCo = blockCo / 32;
    int split = warpsCi * warpsCo < 3 ? 4 / (warpsCi * warpsCo) : 1;
    int warps = warpsCi * warpsCo * split;
    int threads = 32 * warps;
    int share = WeightGradientBlocks.GROUPS / (blocksCi * blocksCo);
    int copies = 8 * split * blockCo / threads + (8 * split * blockCi + threads - 1) / threads;
    int steps = copies > 8 ? 2 : 4;
    int buffers = copies > 8 ? 2 : 1;
    int stageBlocks = steps * split;
    int stageRows = TileLists.BLOCK * stageBlocks;
    int planeA = 8 * blockCo;
    int planeB = blockCi / 8 * PITCH_B;
    int[] tileA = context.allocateIntLocalArray(buffers * stageBlocks * planeA);
    int[] tileB = context.allocateIntLocalArray(buffers * stageBlocks * planeB);
    int[] rowsOfX = context.allocateIntLocalArray(2 * stageRows);
    int[] blocksOfDy = context.allocateIntLocalArray(2 * stageBlocks);
    int id = context.localIdx;
    int rows = counts.get(slot);
    int term = context.groupIdx / (share + offsets);
    int group = context.groupIdx - term * (share + offsets);

    // The chunk of this group. Chunks are numbered offset after offset, and launched window after
    // window of rows, so that groups of all offsets read the same rows at the same time.
    int[] listed = context.allocateIntLocalArray(32);
    int[] windows = context.allocateIntLocalArray(WINDOWS_SIZE);
    int[] firstChunks = context.allocateIntLocalArray(32);
    int[] chunks = context.allocateIntLocalArray(32);
    if (id < 32) {
      listed[id] = id < offsets ? BlockLookups.entries(blocks, columns, id, rows, width, pitch) : 0;
    }
    context.localBarrier();
    int all = 0;
    for (int i = 0; i < offsets; i++) {
      all += (listed[i] + stageBlocks - 1) / stageBlocks;
    }
    int length = (all + share - 1) / share;
    int fewest = FEWEST_BLOCKS / steps;
    length = length > fewest ? length : fewest;
    int chunkBlocks = length * stageBlocks;
    if (id <= TileLists.WINDOWS) {
      int before = 0;
      for (int i = 0; i < offsets; i++) {
        before +=
            BlockLookups.chunksBefore(blocks, columns, i, id, listed[i], width, pitch, chunkBlocks);
      }
      windows[id] = before;
    }
    context.localBarrier();
    int window = 0;
    for (int i = 1; i < TileLists.WINDOWS; i++) {
      window += windows[i] > group ? 0 : 1;
    }
    if (id < 32) {
      int i = id < offsets ? id : 0;
      int before =
          BlockLookups.chunksBefore(
              blocks, columns, i, window, listed[i], width, pitch, chunkBlocks);
      int after =
          BlockLookups.chunksBefore(
              blocks, columns, i, window + 1, listed[i], width, pitch, chunkBlocks);
      firstChunks[id] = before;
      chunks[id] = after - before;
    }
    context.localBarrier();
    boolean notes = context.groupIdx == 0 && context.groupIdy == 0 && id == 0;
    int k = -1;
    int start = 0;
    int chunk = 0;
    int place = group - windows[window];
    int before = 0;
    for (int i = 0; i < offsets; i++) {
      if (notes) {
        starts.set(i, before);
      }
      if (k < 0 && place < chunks[i]) {
        k = i;
        start = (firstChunks[i] + place) * length;
        chunk = before + firstChunks[i] + place;
      }
      place -= chunks[i];
      before += (listed[i] + chunkBlocks - 1) / chunkBlocks;
    }
    if (notes) {
      starts.set(offsets, before);
    }
    if (k > -1) {
      int tableColumn = width > 0 ? columns.get(k) : 0;
      int limit = start * stageBlocks + chunkBlocks;
      limit = limit < listed[k] ? limit : listed[k];
      int end = (limit + stageBlocks - 1) / stageBlocks;
      int list = tableColumn * pitch + 1;
      int partCo = context.groupIdy / blocksCi;
      int partCi = context.groupIdy - partCo * blocksCi;
      int pitchX = (format == HalfOperands.SPLIT ? 2 * ci : ci) / 4;
      int pitchDy = format == HalfOperands.SPLIT ? 8 * co : 4 * co;
      int fromCi = ((term == 1 ? ci : 0) + blockCi * partCi) / 4;
      int fromCo = 4 * ((term == 2 ? co : 0) + blockCo * partCo);

      // What a work-item looks up: the source of one row of a stage. Those of the first three
      // stages at once, then step by step.
      int ownRow = id < stageRows ? id : stageRows - 1;
      int entry = start * stageBlocks + ownRow / TileLists.BLOCK;
      int inBlock = ownRow & (TileLists.BLOCK - 1);
      int[] foundBlocks = new int[6];
      int[] foundRows = new int[6];
      for (int i = 0; i < 6; i++) {
        foundBlocks[i] = BlockLookups.blockAt(blocks, entry + i * stageBlocks, limit, list, width);
      }
      for (int i = 0; i < 5; i++) {
        foundRows[i] = BlockLookups.rowAt(order, foundBlocks[i], inBlock, rows, ordered);
      }
      for (int i = 0; i < 2; i++) {
        if (id < stageRows) {
          rowsOfX[i * stageRows + id] =
              BlockLookups.present(
                      BlockLookups.sourceOf(table, foundRows[i], width, tableColumn), zeroRow)
                  * pitchX;
        }
        if (id < stageRows && inBlock == 0) {
          blocksOfDy[i * stageBlocks + id / TileLists.BLOCK] =
              (foundBlocks[i] > 0 ? foundBlocks[i] : 0) * pitchDy;
        }
      }
      context.localBarrier();

      // What a work-item copies of a stage: fours of rows of dy's columns, fours of channels of x.
      // A warp copies 32 bytes of each of eight columns, 64 bytes of each of four rows.
      int lane = id & 31;
      int warp = id >> 5;
      int units = blockCi / 32;
      int quads = stageRows / 4;
      int copiesA = 4 * blockCo / threads;
      int copiesB = (32 * units * quads + threads - 1) / threads;
      int toA = 8 * (id >> 2) + (id & 3) + (id >> 2 & 4);
      int across = 4 - 2 * (id >> 2 & 4);
      int fromA = fromCo + id;
      int fromB = fromCi + (lane & 7);
      int toB = 2 * (lane >> 2 & 1) * PITCH_B + (lane & 3);
      long[] nextA = new long[MOST_COPIES];
      long[] nextB = new long[MOST_COPIES];
      for (int ahead = 0; ahead < buffers; ahead++) {
        for (int i = 0; i < stageBlocks; i++) {
          int from = fromA + blocksOfDy[ahead * stageBlocks + i];
          for (int j = 0; j < copiesA; j++) {
            nextA[i * copiesA + j] = dy.get(from + j * threads);
          }
        }
        for (int i = 0; i < copiesB; i++) {
          int inStage = 4 * BlockLookups.quadOfCopy(warp, warps, units, quads, i) + (lane >> 3);
          int from = fromB + 8 * BlockLookups.unitOfCopy(warp, warps, units, quads, i);
          nextB[i] = x.get(from + rowsOfX[ahead * stageRows + inStage]);
        }
        if (ahead + 1 < buffers) {
          for (int i = 0; i < stageBlocks; i++) {
            for (int j = 0; j < copiesA; j++) {
              int to = toA + i * planeA + 2 * j * threads;
              tileA[to] = (int) nextA[i * copiesA + j];
              tileA[to + across] = (int) (nextA[i * copiesA + j] >> 32);
            }
          }
          for (int i = 0; i < copiesB; i++) {
            int inStage = 4 * BlockLookups.quadOfCopy(warp, warps, units, quads, i) + (lane >> 3);
            int to =
                toB
                    + inStage / TileLists.BLOCK * planeB
                    + 4 * BlockLookups.unitOfCopy(warp, warps, units, quads, i) * PITCH_B
                    + 4 * (inStage & (TileLists.BLOCK - 1));
            tileB[to] = (int) nextB[i];
            tileB[to + PITCH_B] = (int) (nextB[i] >> 32);
          }
        }
      }
      context.localBarrier();
      if (buffers == 2 && id < stageRows) {
        rowsOfX[id] =
            BlockLookups.present(
                    BlockLookups.sourceOf(table, foundRows[2], width, tableColumn), zeroRow)
                * pitchX;
      }
      if (buffers == 2 && id < stageRows && inBlock == 0) {
        blocksOfDy[id / TileLists.BLOCK] = (foundBlocks[2] > 0 ? foundBlocks[2] : 0) * pitchDy;
      }
      int nextSource = BlockLookups.sourceOf(table, foundRows[buffers + 1], width, tableColumn);
      int nextBlock = foundBlocks[buffers + 1];
      int laterRow = foundRows[buffers + 2];
      int laterBlock = foundBlocks[buffers + 2];
      int lastBlock = foundBlocks[buffers + 3];

      int warpCi = warp & (warpsCi - 1);
      int warpCo = warp / warpsCi % warpsCo;
      int warpRows = warp / (warpsCi * warpsCo);
      int fragments = blockCi / warpsCi / 8;
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
      for (int step = 0; step < steps * (end - start); step++) {
        int stage = step / steps;
        int buffer = buffers == 2 ? stage & 1 : 0;
        if ((step & (steps - 1)) == 0) {
          context.localBarrier();
          int other = buffers == 2 ? 1 - buffer : 0;
          int found = stage + buffers & 1;
          for (int i = 0; i < stageBlocks; i++) {
            for (int j = 0; j < copiesA; j++) {
              int to = other * stageBlocks * planeA + toA + i * planeA + 2 * j * threads;
              tileA[to] = (int) nextA[i * copiesA + j];
              tileA[to + across] = (int) (nextA[i * copiesA + j] >> 32);
            }
          }
          for (int i = 0; i < copiesB; i++) {
            int inStage = 4 * BlockLookups.quadOfCopy(warp, warps, units, quads, i) + (lane >> 3);
            int to =
                other * stageBlocks * planeB
                    + toB
                    + inStage / TileLists.BLOCK * planeB
                    + 4 * BlockLookups.unitOfCopy(warp, warps, units, quads, i) * PITCH_B
                    + 4 * (inStage & (TileLists.BLOCK - 1));
            tileB[to] = (int) nextB[i];
            tileB[to + PITCH_B] = (int) (nextB[i] >> 32);
          }
          if (buffers == 1) {
            context.localBarrier();
          }
          for (int i = 0; i < stageBlocks; i++) {
            int from = fromA + blocksOfDy[found * stageBlocks + i];
            for (int j = 0; j < copiesA; j++) {
              nextA[i * copiesA + j] = dy.get(from + j * threads);
            }
          }
          for (int i = 0; i < copiesB; i++) {
            int inStage = 4 * BlockLookups.quadOfCopy(warp, warps, units, quads, i) + (lane >> 3);
            int from = fromB + 8 * BlockLookups.unitOfCopy(warp, warps, units, quads, i);
            nextB[i] = x.get(from + rowsOfX[found * stageRows + inStage]);
          }
          if (id < stageRows) {
            rowsOfX[(1 - found) * stageRows + id] =
                BlockLookups.present(nextSource, zeroRow) * pitchX;
          }
          if (id < stageRows && inBlock == 0) {
            blocksOfDy[(1 - found) * stageBlocks + id / TileLists.BLOCK] =
                (nextBlock > 0 ? nextBlock : 0) * pitchDy;
          }
          nextSource = BlockLookups.sourceOf(table, laterRow, width, tableColumn);
          nextBlock = laterBlock;
          laterRow = BlockLookups.rowAt(order, lastBlock, inBlock, rows, ordered);
          laterBlock = lastBlock;
          lastBlock =
              BlockLookups.blockAt(
                  blocks, entry + (stage + buffers + 4) * stageBlocks, limit, list, width);
        }
        int plane = buffer * stageBlocks + split * (step & (steps - 1)) + warpRows;
        int atA = 4 * (plane * planeA + 256 * warpCo) + swizzle;
        int atB = 4 * (plane * planeB + fragments * PITCH_B * warpCi);
        HalfFloat[] a0 = context.mmaLoadA(tileA, 16, atA);
        HalfFloat[] a1 = context.mmaLoadA(tileA, 16, atA + 512);
        HalfFloat[] b0 = context.mmaLoadB(tileB, 16, atB);
        HalfFloat[] b1 = context.mmaLoadB(tileB, 16, atB + 4 * PITCH_B);
        HalfFloat[] b2 = context.mmaLoadB(tileB, 16, atB + 8 * PITCH_B);
        HalfFloat[] b3 = context.mmaLoadB(tileB, 16, atB + 12 * PITCH_B);
        if (format == HalfOperands.FP16) {
          c00 = context.mma(a0, b0, c00, MMAShape.M16N8K16);
          c10 = context.mma(a1, b0, c10, MMAShape.M16N8K16);
          c01 = context.mma(a0, b1, c01, MMAShape.M16N8K16);
          c11 = context.mma(a1, b1, c11, MMAShape.M16N8K16);
          c02 = context.mma(a0, b2, c02, MMAShape.M16N8K16);
          c12 = context.mma(a1, b2, c12, MMAShape.M16N8K16);
          c03 = context.mma(a0, b3, c03, MMAShape.M16N8K16);
          c13 = context.mma(a1, b3, c13, MMAShape.M16N8K16);
        } else {
          c00 = context.mmaBF16(a0, b0, c00, MMAShape.M16N8K16);
          c10 = context.mmaBF16(a1, b0, c10, MMAShape.M16N8K16);
          c01 = context.mmaBF16(a0, b1, c01, MMAShape.M16N8K16);
          c11 = context.mmaBF16(a1, b1, c11, MMAShape.M16N8K16);
          c02 = context.mmaBF16(a0, b2, c02, MMAShape.M16N8K16);
          c12 = context.mmaBF16(a1, b2, c12, MMAShape.M16N8K16);
          c03 = context.mmaBF16(a0, b3, c03, MMAShape.M16N8K16);
          c13 = context.mmaBF16(a1, b3, c13, MMAShape.M16N8K16);
        }
        if (fragments > 4) {
          HalfFloat[] b4 = context.mmaLoadB(tileB, 16, atB + 16 * PITCH_B);
          HalfFloat[] b5 = context.mmaLoadB(tileB, 16, atB + 20 * PITCH_B);
          if (format == HalfOperands.FP16) {
            c04 = context.mma(a0, b4, c04, MMAShape.M16N8K16);
            c14 = context.mma(a1, b4, c14, MMAShape.M16N8K16);
            c05 = context.mma(a0, b5, c05, MMAShape.M16N8K16);
            c15 = context.mma(a1, b5, c15, MMAShape.M16N8K16);
          } else {
            c04 = context.mmaBF16(a0, b4, c04, MMAShape.M16N8K16);
            c14 = context.mmaBF16(a1, b4, c14, MMAShape.M16N8K16);
            c05 = context.mmaBF16(a0, b5, c05, MMAShape.M16N8K16);
            c15 = context.mmaBF16(a1, b5, c15, MMAShape.M16N8K16);
          }
        }
        if (fragments > 6) {
          HalfFloat[] b6 = context.mmaLoadB(tileB, 16, atB + 24 * PITCH_B);
          HalfFloat[] b7 = context.mmaLoadB(tileB, 16, atB + 28 * PITCH_B);
          if (format == HalfOperands.FP16) {
            c06 = context.mma(a0, b6, c06, MMAShape.M16N8K16);
            c16 = context.mma(a1, b6, c16, MMAShape.M16N8K16);
            c07 = context.mma(a0, b7, c07, MMAShape.M16N8K16);
            c17 = context.mma(a1, b7, c17, MMAShape.M16N8K16);
          } else {
            c06 = context.mmaBF16(a0, b6, c06, MMAShape.M16N8K16);
            c16 = context.mmaBF16(a1, b6, c16, MMAShape.M16N8K16);
            c07 = context.mmaBF16(a0, b7, c07, MMAShape.M16N8K16);
            c17 = context.mmaBF16(a1, b7, c17, MMAShape.M16N8K16);
          }
        }
        // No branch may follow the products: TornadoVM generates wrong copies of fragments then.
      }
      int columnsOut = blockCi * blocksCi;
      int row =
          ((term * (share + offsets) + chunk) * split + warpRows) * blockCo * blocksCo
              + blockCo * partCo
              + 32 * warpCo;
      int column = Fragments.ORIGIN + blockCi * partCi + 8 * fragments * warpCi;
      context.mmaStore(c00, partials, row + 0, column + 0, columnsOut);
      context.mmaStore(c01, partials, row + 0, column + 8, columnsOut);
      context.mmaStore(c02, partials, row + 0, column + 16, columnsOut);
      context.mmaStore(c03, partials, row + 0, column + 24, columnsOut);
      context.mmaStore(c10, partials, row + 16, column + 0, columnsOut);
      context.mmaStore(c11, partials, row + 16, column + 8, columnsOut);
      context.mmaStore(c12, partials, row + 16, column + 16, columnsOut);
      context.mmaStore(c13, partials, row + 16, column + 24, columnsOut);
      if (fragments > 4) {
        context.mmaStore(c04, partials, row + 0, column + 32, columnsOut);
        context.mmaStore(c05, partials, row + 0, column + 40, columnsOut);
        context.mmaStore(c14, partials, row + 16, column + 32, columnsOut);
        context.mmaStore(c15, partials, row + 16, column + 40, columnsOut);
      }
      if (fragments > 6) {
        context.mmaStore(c06, partials, row + 0, column + 48, columnsOut);
        context.mmaStore(c07, partials, row + 0, column + 56, columnsOut);
        context.mmaStore(c16, partials, row + 16, column + 48, columnsOut);
        context.mmaStore(c17, partials, row + 16, column + 56, columnsOut);
      }
    }
  }

  /// Second step: adds the partial sums in order.
  ///
  /// @param dWeights written, (offsets·ci, co)
  /// @param partials not modified
  /// @param starts not modified
  /// @param sizes not modified: offsets, ci, co, both without padding; an array, so that one kernel
  /// serves for all layers
  public static void sum(
      FloatArray dWeights, FloatArray partials, IntArray starts, IntArray sizes, int format) {
    int offsets = sizes.get(0);
    int ci = sizes.get(1);
    int co = sizes.get(2);
    int blockCi = WeightGradientBlocks.blockIn(ci);
    int blockCo = WeightGradientBlocks.blockOut(co);
    int blocksCi = (ci + blockCi - 1) / blockCi;
    int blocksCo = (co + blockCo - 1) / blockCo;
    int warps = (blockCi > 32 ? 2 : 1) * (blockCo / 32);
    int split = warps < 3 ? 4 / warps : 1;
    int chunks = WeightGradientBlocks.GROUPS / (blocksCi * blocksCo) + offsets;
    int terms = format == HalfOperands.SPLIT ? 3 : 1;
    int pitch = blockCi * blocksCi;
    int matrix = pitch * blockCo * blocksCo;
    int numbers = offsets * co * ci;
    float[] own = new float[SUMMANDS];
    for (@Parallel int i = 0; i < numbers; i++) {
      int channel = i % ci;
      int out = i / ci % co;
      int k = i / ci / co;
      int first = starts.get(k) * split;
      int after = starts.get(k + 1) * split;
      float sum = 0;
      for (int term = 0; term < terms; term++) {
        int at = (term * chunks * split + first) * matrix + out * pitch + channel;
        for (int part = first; part < after; part += SUMMANDS) {
          for (int j = 0; j < SUMMANDS; j++) {
            own[j] = partials.get(part + j < after ? at + j * matrix : at);
          }
          for (int j = 0; j < SUMMANDS; j++) {
            sum += part + j < after ? own[j] : 0f;
          }
          at += SUMMANDS * matrix;
        }
      }
      dWeights.set((k * ci + channel) * co + out, sum);
    }
  }
}
