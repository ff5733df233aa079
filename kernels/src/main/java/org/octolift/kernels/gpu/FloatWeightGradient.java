package org.octolift.kernels.gpu;

import org.octolift.kernels.Bounds;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The gradient of an octree convolution to its weights in FP32: `dW[k] = Σ_o x[t(o, k)]ᵀ · dy[o]`,
/// for any numbers of channels and any device.
///
/// The rows that have an offset are listed for each offset ([RowLists]), so nothing is multiplied
/// in vain; the lists are cut into chunks of equal length, none of which has rows of two offsets,
/// as the middle offset alone may have a quarter of all. [#deal] hands out the chunks in the order
/// of their first rows, so that groups of all offsets read the same rows of x and dy at about the
/// same time: the second-level cache serves them. [#sum] adds the chunks of an offset in order: the
/// result depends on the relation and the shapes alone.
///
/// A group takes one chunk and one part of dW, of up to 128×96 channels
/// ([WeightGradientBlocks#blockIn], [WeightGradientBlocks#blockOut]), a work-item for each of its
/// input channels. Each has 8 input and 4, 8 or 12 output channels of it in registers, in squares
/// of four. The group walks through stages of [#STAGE] rows: while it multiplies one stage, the
/// next is on its way to registers. Where its rows lie is looked up for [#BATCH] rows at a time,
/// each step of the look-up (row, row of x) a batch ahead of the next.
public final class FloatWeightGradient {
  private static final int STAGE = 8;
  private static final int BATCH = 32;
  private static final int BATCH_STAGES = BATCH / STAGE;

  /// Groups to launch: those that an H100 runs at a time, twice over.
  private static final int GROUPS = 1056;

  /// The part of [#GROUPS] that there is for one offset, whose chunks are all one sum's.
  private static final int SINGLE = 3;

  /// Rows of a chunk at least.
  private static final int FEWEST_ROWS = 64;

  /// Numbers of a chunk's deal: its offset, its beginning and its end, its number.
  private static final int DEAL = 4;

  /// Partial sums that are read at a time.
  private static final int SUMMANDS = 16;

  private static final int MOST_COPIES = 24;
  private static final int MOST_SUMS = 96;

  private FloatWeightGradient() {}

  /// Chunks that there may be: groups along the first dimension of the grid.
  public static int chunks(int offsets, int ci, int co) {
    int groups = offsets == 1 ? GROUPS / SINGLE : GROUPS;
    return Math.max(groups / WeightGradientBlocks.parts(ci, co), 2 * offsets);
  }

  /// Ints of the deals.
  public static int deals(int offsets, int chunks) {
    return offsets + 1 + DEAL * chunks;
  }

  /// Floats of the partial sums.
  public static int partials(int offsets, int ci, int co) {
    return Math.multiplyExact(
        Math.multiplyExact(chunks(offsets, ci, co), WeightGradientBlocks.parts(ci, co)),
        WeightGradientBlocks.blockIn(ci) * WeightGradientBlocks.blockOut(co));
  }

  /// First step: which chunk a group takes.
  ///
  /// @param deals written, ([#deals]): the first chunk of each offset and the number of chunks;
  ///     then for each group the offset, or -1, the first place in the list and the place behind
  ///     the last, the chunk's number
  /// @param starts not modified, from [RowLists]; anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param width columns of the table, or 0 for the identity
  /// @param segments from [RowLists#segments]
  /// @param chunks from [#chunks]
  public static void deal(
      IntArray deals,
      IntArray starts,
      IntArray columns,
      IntArray counts,
      int slot,
      int offsets,
      int width,
      int segments,
      int chunks) {
    for (@Parallel int i = 0; i < (chunks & Bounds.LITERAL); i++) {
      int rows = counts.get(slot);
      int all = 0;
      for (int k = 0; k < offsets; k++) {
        all += before(starts, columns, k, segments, rows, width, segments);
      }
      int length = (all + chunks - offsets - 1) / (chunks - offsets);
      length = (length + STAGE - 1) / STAGE * STAGE;
      length = length > FEWEST_ROWS ? length : FEWEST_ROWS;
      int offset = -1;
      int chunk = 0;
      int listed = 0;
      int numbers = 0;
      for (int k = 0; k < offsets; k++) {
        int own = before(starts, columns, k, segments, rows, width, segments);
        int last = numbers + (own + length - 1) / length;
        if (i == 0) {
          deals.set(k, numbers);
        }
        if (i >= numbers && i < last) {
          offset = k;
          chunk = i - numbers;
          listed = own;
        }
        numbers = last;
      }
      if (i == 0) {
        deals.set(offsets, numbers);
      }
      int place = i;
      int first = 0;
      if (width > 0 && offset >= 0) {
        int list = columns.get(offset) * segments;
        first = starts.get(list);
        int segment = 0;
        int limit = segments;
        while (limit - segment > 1) {
          int middle = (segment + limit) >> 1;
          if (starts.get(list + middle) > first + chunk * length) {
            limit = middle;
          } else {
            segment = middle;
          }
        }
        place = chunk;
        for (int k = 0; k < offsets; k++) {
          int from = before(starts, columns, k, segment, rows, width, segments);
          int to = before(starts, columns, k, segment + 1, rows, width, segments);
          if (k != offset) {
            place += ((k < offset ? to : from) + length - 1) / length;
          }
        }
      }
      int end = (chunk + 1) * length;
      int at = offsets + 1 + DEAL * place;
      deals.set(at, offset);
      deals.set(at + 1, first + chunk * length);
      deals.set(at + 2, first + (end < listed ? end : listed));
      deals.set(at + 3, i);
    }
  }

  /// The rows with offset k that lie before a segment.
  private static int before(
      IntArray starts, IntArray columns, int k, int segment, int rows, int width, int segments) {
    if (width == 0) {
      return rows;
    }
    int list = columns.get(k) * segments;
    return starts.get(list + segment) - starts.get(list);
  }

  /// Second step: partial sums. A grid of ([#chunks], [WeightGradientBlocks#parts]) groups of
  /// [WeightGradientBlocks#blockIn] work-items.
  ///
  /// @param partials written, (chunks, parts, sums of a work-item, work-items)
  /// @param dy not modified, (rows, co)
  /// @param x not modified, (input rows, ci)
  /// @param table not modified, (rows, width); anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param list not modified, from [RowLists]; anything if {@code width} is 0
  /// @param deals not modified, from [#deal]
  /// @param width columns of the table, or 0 for the identity
  public static void partialSums(
      KernelContext context,
      FloatArray partials,
      FloatArray dy,
      FloatArray x,
      IntArray table,
      IntArray columns,
      IntArray list,
      IntArray deals,
      int offsets,
      int width,
      int ci,
      int co) {
    int blockCi = WeightGradientBlocks.blockIn(ci);
    int blockCo = WeightGradientBlocks.blockOut(co);
    int blocksCi = (ci + blockCi - 1) / blockCi;
    int blocksCo = (co + blockCo - 1) / blockCo;
    int warps = blockCi / 32;
    int units = blockCo / 32;
    int copiesDy = (STAGE * units + warps - 1) / warps;
    int planeX = STAGE * blockCi;
    int planeDy = STAGE * blockCo;
    float[] tileX = context.allocateFloatLocalArray(2 * planeX);
    float[] tileDy = context.allocateFloatLocalArray(2 * planeDy);
    int[] rowsX = context.allocateIntLocalArray(2 * BATCH);
    int[] rowsDy = context.allocateIntLocalArray(2 * BATCH);
    float[] sums = new float[MOST_SUMS];
    float[] nextX = new float[STAGE];
    float[] nextDy = new float[MOST_COPIES];
    float[] ownX = new float[8];
    float[] ownDy = new float[12];
    int id = context.localIdx;
    int lane = id & 31;
    int warp = id >> 5;
    int part = context.groupIdy;
    int partCo = part / blocksCi;
    int partCi = part - partCo * blocksCi;
    int deal = offsets + 1 + DEAL * context.groupIdx;
    int k = deals.get(deal);
    int begin = deals.get(deal + 1);
    int end = deals.get(deal + 2);
    int chunk = deals.get(deal + 3);
    int column = width > 0 && k > -1 ? columns.get(k) : 0;

    // The first two batches and the rows of the third.
    int heldRow = 0;
    int heldSource = 0;
    int laterRow = 0;
    if (id < BATCH) {
      int row = rowAt(list, begin + id, begin, end, width);
      heldRow = rowAt(list, begin + BATCH + id, begin, end, width);
      laterRow = rowAt(list, begin + 2 * BATCH + id, begin, end, width);
      int source = sourceOf(table, row, width, column);
      heldSource = sourceOf(table, heldRow, width, column);
      rowsX[id] = source * ci;
      rowsDy[id] = row * co;
    }
    for (int i = 0; i < MOST_SUMS; i++) {
      sums[i] = 0f;
    }
    for (int i = 0; i < STAGE; i++) {
      nextX[i] = 0f;
    }
    for (int i = 0; i < MOST_COPIES; i++) {
      nextDy[i] = 0f;
    }
    // Padding repeats the last channel, and is left out of the sum.
    int channelX = blockCi * partCi + id;
    channelX = ci % blockCi == 0 || channelX < ci ? channelX : ci - 1;
    int firstDy = blockCo * partCo + lane;
    int stages = (end - begin + STAGE - 1) / STAGE;
    // What is loaded in one pass is stored in the next and multiplied in the one after.
    for (int pass = 0; pass < stages + 2; pass++) {
      int even = pass & 1;
      int odd = 1 - even;
      context.localBarrier();
      if (pass > 0) {
        // Behind the last row it is multiplied by zeros.
        int left = end - begin - STAGE * (pass - 1);
        for (int i = 0; i < STAGE; i++) {
          tileX[odd * planeX + i * blockCi + id] = nextX[i];
        }
        for (int i = 0; i < copiesDy; i++) {
          int row = rowOfCopy(warp, warps, units, i);
          int unit = unitOfCopy(warp, warps, units, i);
          tileDy[odd * planeDy + row * blockCo + 32 * unit + lane] = row < left ? nextDy[i] : 0f;
        }
      }
      if (id < BATCH && (pass & (BATCH_STAGES - 1)) == 0) {
        int batch = pass / BATCH_STAGES + 1;
        int place = begin + BATCH * batch + id;
        int at = BATCH * (batch & 1) + id;
        rowsX[at] = heldSource * ci;
        rowsDy[at] = heldRow * co;
        heldRow = laterRow;
        heldSource = sourceOf(table, laterRow, width, column);
        laterRow = rowAt(list, place + 2 * BATCH, begin, end, width);
      }
      if (pass < stages) {
        int at = STAGE * (pass & (2 * BATCH_STAGES - 1));
        for (int i = 0; i < STAGE; i++) {
          nextX[i] = x.get(rowsX[at + i] + channelX);
        }
        for (int i = 0; i < copiesDy; i++) {
          int channel = firstDy + 32 * unitOfCopy(warp, warps, units, i);
          int from = rowsDy[at + rowOfCopy(warp, warps, units, i)];
          nextDy[i] = dy.get(from + (co % blockCo == 0 || channel < co ? channel : co - 1));
        }
      }
      // A bound that is no constant: TornadoVM would unroll this loop too, and compile for
      // seconds.
      int depth = pass < 2 ? 0 : STAGE;
      for (int c = 0; c < depth; c += 2) {
        for (int half = 0; half < 2; half++) {
          int atX = even * planeX + (c + half) * blockCi + 4 * squareX(id);
          int atDy = even * planeDy + (c + half) * blockCo + 4 * squareDy(id);
          for (int i = 0; i < 8; i++) {
            ownX[i] = tileX[atX + (i & 3) + blockCi / 8 * (i & 4)];
          }
          for (int j = 0; j < 4 * units; j++) {
            ownDy[j] = tileDy[atDy + (j & 3) + 8 * (j & ~3)];
          }
          for (int i = 0; i < 8; i++) {
            for (int j = 0; j < 4 * units; j++) {
              sums[4 * units * i + j] += ownX[i] * ownDy[j];
            }
          }
        }
      }
    }
    if (k > -1) {
      int to = (chunk * blocksCi * blocksCo + part) * blockCi * blockCo + id;
      for (int i = 0; i < blockCo; i++) {
        partials.set(to + i * blockCi, sums[i]);
      }
    }
  }

  /// Which square of input channels a work-item has. NVIDIA's GPUs read four numbers of a work-item
  /// in two passes instead of four if all neighbours two by two, by the lowest bit of their index
  /// or all by the second, read the same: one square does not depend on the second, the other not
  /// on the lowest.
  private static int squareX(int id) {
    return (id & 1) + 2 * (id >> 4);
  }

  /// Which square of output channels.
  private static int squareDy(int id) {
    return id >> 1 & 7;
  }

  /// A row of the list, the first one behind its end; 0 if there is none.
  private static int rowAt(IntArray list, int place, int begin, int end, int width) {
    int at = place < end ? place : begin;
    return begin < end && width > 0 ? list.get(at) : at;
  }

  /// The row of x that a row reads.
  private static int sourceOf(IntArray table, int row, int width, int column) {
    return width > 0 ? table.get(row * width + column) : row;
  }

  /// The row of a stage that a warp's copy i is of, one of those of {@code units} times 32
  /// channels; behind the last one this again.
  private static int rowOfCopy(int warp, int warps, int units, int i) {
    int copy = warp + i * warps;
    int last = STAGE * units - 1;
    return warps == units
        ? i
        : ((i + 1) * warps > STAGE * units && copy > last ? last : copy) / units;
  }

  /// Which of the row's 32 channels.
  private static int unitOfCopy(int warp, int warps, int units, int i) {
    int copy = warp + i * warps;
    int last = STAGE * units - 1;
    return warps == units
        ? warp
        : ((i + 1) * warps > STAGE * units && copy > last ? last : copy) % units;
  }

  /// Third step: adds the partial sums in order.
  ///
  /// @param dWeights written, (offsets·ci, co)
  /// @param partials not modified
  /// @param deals not modified
  public static void sum(
      FloatArray dWeights, FloatArray partials, IntArray deals, int offsets, int ci, int co) {
    int blockCi = WeightGradientBlocks.blockIn(ci);
    int blockCo = WeightGradientBlocks.blockOut(co);
    int blocksCi = (ci + blockCi - 1) / blockCi;
    int blocksCo = (co + blockCo - 1) / blockCo;
    int block = blockCi * blockCo;
    int matrix = block * blocksCi * blocksCo;
    float[] own = new float[SUMMANDS];
    for (@Parallel int i = 0; i < offsets * matrix; i++) {
      int k = i / matrix;
      int inMatrix = i - k * matrix;
      int part = inMatrix / block;
      int inBlock = inMatrix - part * block;
      int number = inBlock / blockCi;
      int id = inBlock - number * blockCi;
      int numberX = number / (blockCo / 8);
      int numberDy = number - numberX * (blockCo / 8);
      int partCo = part / blocksCi;
      int channel =
          blockCi * (part - partCo * blocksCi)
              + 4 * squareX(id)
              + (numberX & 3)
              + blockCi / 8 * (numberX & 4);
      int out = blockCo * partCo + 4 * squareDy(id) + (numberDy & 3) + 8 * (numberDy & ~3);
      int first = deals.get(k);
      int after = deals.get(k + 1);
      int at = first * matrix + inMatrix;
      float sum = 0;
      for (int chunk = first; chunk < after; chunk += SUMMANDS) {
        for (int j = 0; j < SUMMANDS; j++) {
          own[j] = partials.get(chunk + j < after ? at + j * matrix : at);
        }
        for (int j = 0; j < SUMMANDS; j++) {
          sum += chunk + j < after ? own[j] : 0f;
        }
        at += SUMMANDS * matrix;
      }
      if (channel < ci && out < co) {
        dWeights.set((k * ci + channel) * co + out, sum);
      }
    }
  }
}
