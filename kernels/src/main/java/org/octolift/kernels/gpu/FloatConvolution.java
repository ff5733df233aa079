package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Octree convolution in FP32: `y[o] = b + Σ_k x[t(o, k)] · W[k]`, an implicit GEMM without tensor
/// cores, for any numbers of channels and any device.
///
/// A group computes [TileLists#ROWS] rows and {@code tileColumns} columns, each work-item 8×8 of
/// them in registers, or 8×12 with 96 columns, in squares of four so that neighbouring work-items
/// read neighbouring banks. For each offset of the tile's list and each 8 channels, a stage, the
/// group gathers a piece of x and one of W into local memory, both with the channel as the slow
/// index. There are two of each: while the group multiplies one stage, the next is on its way to
/// registers.
///
/// A warp has 32 consecutive rows (64 with 32 columns) and leaves out the products of a stage whose
/// offset none of them has. NVIDIA's GPUs read four numbers of a work-item in two passes instead of
/// four if all neighbours two by two, by the lowest bit of their index or all by the second, read
/// the same: so rows depend on all bits of the lane but one of these, and columns on the other.
///
/// Where rows are few, several groups share a tile: each takes a part of its offsets, and
/// [#addParts] adds the parts in order.
///
/// Every work-item reads 16 numbers from local memory for 64 multiply-adds, or 20 for 96. Registers
/// must suffice for 12 warps a multiprocessor: 168 of a work-item with 96 columns, 128 with 128.
public final class FloatConvolution {
  private static final int ROWS = TileLists.ROWS;
  /// Four more than the rows: a warp then stores 4 rows of 8 channels to different banks.
  private static final int PITCH = ROWS + 4;

  /// Neighbours of a row that a work-item looks up at a time.
  private static final int LOOKUPS = 9;

  private static final int MOST_COPIES = 16;

  /// Columns of a work-item, at most.
  private static final int MOST_OWN = 12;

  private FloatConvolution() {}

  /// The columns of a group that suit {@code co} output channels: 32, 64, 96 or 128, the most of
  /// those that waste the fewest.
  public static int tileColumns(int co) {
    int best = 32;
    for (int columns = 64; columns <= 128; columns += 32) {
      if (Math.ceilDiv(co, columns) * columns <= Math.ceilDiv(co, best) * best) {
        best = columns;
      }
    }
    return best;
  }

  /// Work-items of a group.
  public static int threads(int tileColumns) {
    return tileColumns > 96 ? 256 : tileColumns > 32 ? 128 : 64;
  }

  /// Computes y. A grid of (tiles, slabs of columns, parts) groups of [#threads] work-items.
  ///
  /// @param y written, (rows, co), rows behind the count not touched; the parts of it, which lie
  ///     {@code pitch} numbers apart, if there are several
  /// @param x not modified, (input rows, ci)
  /// @param weights not modified, (offsets·ci, co), or (offsets·co, ci) if {@code transposed} is 1
  /// @param biases not modified, (1, co); anything if {@code bias} is 0
  /// @param table not modified, (rows, width); anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param lists not modified, from [TileLists#lists]; anything if {@code width} is 0
  /// @param order not modified, as in [TileLists#lists]
  /// @param width columns of the table, or 0 for the identity: a 1×1 convolution
  /// @param tileColumns a multiple of 32, up to 128
  /// @param parts groups that share a tile's offsets
  public static void convolve(
      KernelContext context,
      FloatArray y,
      FloatArray x,
      FloatArray weights,
      FloatArray biases,
      IntArray table,
      IntArray columns,
      IntArray lists,
      IntArray order,
      IntArray counts,
      int slot,
      int width,
      int ci,
      int co,
      int tileColumns,
      int transposed,
      int bias,
      int ordered,
      int parts,
      int pitch) {
    // Groups behind the last row have no work, but pass all barriers: PoCL 3.1 miscompiles barriers
    // in a condition, even if the whole group takes the same way.
    int rows = counts.get(slot);
    // In the order of TileLists the last tiles have the most offsets: they come first, so that no
    // long group is left for the end.
    int threads = threads(tileColumns);
    int tiles = context.globalGroupSizeX / threads;
    int tile = ordered == 1 ? tiles - 1 - context.groupIdx : context.groupIdx;
    int first = ROWS * tile;
    // Transposed weights are read as x is, each warp 8 channels of 4 columns, others 32 columns of
    // a
    // channel at a time.
    int pitchW = transposed == 1 ? tileColumns + 4 : tileColumns;
    int stageDepth = stageDepth(tileColumns);
    int steps = stageDepth / 8;
    int planeX = stageDepth * PITCH;
    int planeW = stageDepth * pitchW;
    float[] tileX = context.allocateFloatLocalArray(2 * planeX);
    float[] tileW = context.allocateFloatLocalArray(2 * planeW);
    int[] source = context.allocateIntLocalArray(ROWS * (width > 0 ? width : 1));
    int[] entriesOfRow = context.allocateIntLocalArray(ROWS);
    int[] matrix = context.allocateIntLocalArray(32);
    int[] tableColumn = context.allocateIntLocalArray(32);
    float[] sums = new float[8 * MOST_OWN];
    float[] nextX = new float[MOST_COPIES];
    float[] nextW = new float[MOST_COPIES];
    float[] ownX = new float[8];
    float[] ownW = new float[MOST_OWN];
    int rowsX = threads / 8;
    int copiesX = ROWS / rowsX;
    int copiesW = stageDepth * tileColumns / threads;
    int id = context.localIdx;
    int list = TileLists.PITCH * tile;
    int entries = width > 0 ? lists.get(list) : (first < rows ? 1 : 0);
    int firstColumn = tileColumns * context.groupIdy;

    // A work-item looks up one row of the tile, or two: its number, then where its neighbours lie,
    // some at a time. So a group waits for memory a few times, not once for each.
    int turns = threads < ROWS ? ROWS / threads : 1;
    int[] rowsOfTile = new int[2];
    for (int i = 0; i < turns; i++) {
      int at = first + (id & (ROWS - 1)) + i * threads;
      int row = -1;
      if (at < rows) {
        row = ordered == 1 ? order.get(at) : at;
      }
      rowsOfTile[i] = row;
    }
    if (id < 32) {
      int offset = width > 0 && id < entries ? lists.get(list + 1 + id) : 0;
      matrix[id] = offset;
      tableColumn[id] = width > 0 ? columns.get(offset) : 0;
    }
    context.localBarrier();
    int[] found = new int[LOOKUPS];
    for (int i = 0; i < (id < ROWS ? turns : 0); i++) {
      int place = id + i * threads;
      int row = rowsOfTile[i];
      int some = row < 0 ? 0 : row;
      int own = 0;
      if (width == 0) {
        source[place] = row < 0 ? -1 : row * ci;
        own = 1;
      } else {
        for (int e = 0; e < entries; e += LOOKUPS) {
          for (int j = 0; j < LOOKUPS; j++) {
            found[j] = table.get(some * width + tableColumn[e + j < entries ? e + j : entries - 1]);
          }
          for (int j = 0; j < LOOKUPS; j++) {
            int from = row < 0 ? -1 : found[j];
            int to = e + j < entries ? e + j : entries - 1;
            source[to * ROWS + place] = from < 0 ? -1 : from * ci;
            own |= (from < 0 ? 0 : 1) << to;
          }
        }
      }
      entriesOfRow[place] = own;
    }
    context.localBarrier();
    for (int i = 0; i < MOST_COPIES; i++) {
      nextX[i] = 0f;
      nextW[i] = 0f;
    }
    int blocks = (ci + stageDepth - 1) / stageDepth;
    int part = context.groupIdz;
    int firstEntry = entries * part / parts;
    int stages = (entries * (part + 1) / parts - firstEntry) * blocks;
    int lane = id & 31;
    int warp = id >> 5;
    int channel = id & 7;
    int rowX = id >> 3;
    int columnW = transposed == 1 ? rowX : lane;
    int channelW = transposed == 1 ? channel : warp;
    // The squares of a warp: 4 by 8, or 8 by 4 with 32 columns.
    int outer = (lane & 1) + 2 * (lane >> 4);
    int inner = lane >> 1 & 7;
    int stepX = tileColumns > 32 ? 16 : 32;
    int stepW = tileColumns > 32 ? 32 : 16;
    int own = tileColumns == 96 ? 12 : 8;
    int firstRow = 2 * stepX * (warp & (ROWS / (2 * stepX) - 1));
    int tileRow = firstRow + 4 * (tileColumns > 32 ? outer : inner);
    int tileColumn = 64 * (id >> 7) + 4 * (tileColumns > 32 ? inner : outer);
    int present = 0;
    for (int i = 0; i < 2 * stepX; i++) {
      present |= entriesOfRow[firstRow + i];
    }
    for (int j = 0; j < own; j++) {
      int column = firstColumn + tileColumn + (j & 3) + stepW * (j >> 2);
      float start = 0f;
      if (bias == 1 && part == 0) {
        start = biases.get(column < co ? column : co - 1);
      }
      for (int i = 0; i < 8; i++) {
        sums[MOST_OWN * i + j] = start;
      }
    }
    // What is loaded in one pass is stored in the next and multiplied in the one after.
    for (int pass = 0; pass < stages + 2; pass++) {
      int even = pass & 1;
      int odd = 1 - even;
      context.localBarrier();
      if (pass > 0) {
        for (int i = 0; i < copiesX; i++) {
          int to = odd * planeX + channel * PITCH + rowX + i * rowsX;
          for (int j = 0; j < steps; j++) {
            tileX[to + 8 * j * PITCH] = nextX[i * steps + j];
          }
        }
        for (int i = 0; i < copiesW; i++) {
          int to = (channelW + channelOfCopy(transposed, tileColumns, rowsX, i)) * pitchW;
          tileW[odd * planeW + to + columnW + columnOfCopy(transposed, tileColumns, rowsX, i)] =
              nextW[i];
        }
      }
      if (pass < stages) {
        int entry = pass / blocks;
        int block = stageDepth * (pass - entry * blocks);
        int offset = matrix[firstEntry + entry];
        for (int i = 0; i < copiesX; i++) {
          int from = source[(firstEntry + entry) * ROWS + rowX + i * rowsX];
          for (int j = 0; j < steps; j++) {
            float value = 0f;
            if (from >= 0 && (ci % stageDepth == 0 || block + channel + 8 * j < ci)) {
              value = x.get(from + block + channel + 8 * j);
            }
            nextX[i * steps + j] = value;
          }
        }
        for (int i = 0; i < copiesW; i++) {
          int c = block + channelW + channelOfCopy(transposed, tileColumns, rowsX, i);
          int column = firstColumn + columnW + columnOfCopy(transposed, tileColumns, rowsX, i);
          float value = 0f;
          if ((ci % stageDepth == 0 || c < ci) && (co % tileColumns == 0 || column < co)) {
            value =
                transposed == 1
                    ? weights.get((offset * co + column) * ci + c)
                    : weights.get((offset * ci + c) * co + column);
          }
          nextW[i] = value;
        }
      }
      // A bound that is no constant: TornadoVM would unroll this loop too, and compile for
      // seconds.
      int multiplied = firstEntry + (pass - 2) / blocks;
      int depth = pass < 2 || (present >> multiplied & 1) == 0 ? 0 : stageDepth;
      for (int c = 0; c < depth; c += 2) {
        for (int half = 0; half < 2; half++) {
          int rowOfX = even * planeX + (c + half) * PITCH + tileRow;
          int rowOfW = even * planeW + (c + half) * pitchW + tileColumn;
          for (int i = 0; i < 8; i++) {
            ownX[i] = tileX[rowOfX + (i & 3) + stepX * (i >> 2)];
          }
          for (int j = 0; j < own; j++) {
            ownW[j] = tileW[rowOfW + (j & 3) + stepW * (j >> 2)];
          }
          for (int j = 0; j < own; j++) {
            for (int i = 0; i < 8; i++) {
              sums[MOST_OWN * i + j] += ownX[i] * ownW[j];
            }
          }
        }
      }
    }
    for (int i = 0; i < 8; i++) {
      int at = first + tileRow + (i & 3) + stepX * (i >> 2);
      if (at < rows) {
        int row = ordered == 1 ? order.get(at) : at;
        for (int j = 0; j < own; j++) {
          int column = firstColumn + tileColumn + (j & 3) + stepW * (j >> 2);
          if (column < co) {
            y.set(part * pitch + row * co + column, sums[MOST_OWN * i + j]);
          }
        }
      }
    }
  }

  /// Channels of a stage: 16 where there are registers for the copies.
  private static int stageDepth(int tileColumns) {
    return tileColumns > 64 ? 16 : 8;
  }

  /// Where a work-item's copy i of the weights lies: a channel and a column behind its first.
  private static int channelOfCopy(int transposed, int tileColumns, int rows, int i) {
    return transposed == 1 ? 8 * (i / (tileColumns / rows)) : rows / 4 * (i / (tileColumns / 32));
  }

  private static int columnOfCopy(int transposed, int tileColumns, int rows, int i) {
    return transposed == 1 ? i % (tileColumns / rows) * rows : 32 * (i % (tileColumns / 32));
  }

  /// Adds the parts of a convolution, in order.
  ///
  /// @param y written, (capacity, co), rows behind the count not touched
  /// @param partial not modified, (parts, capacity, co)
  public static void addParts(
      FloatArray y,
      FloatArray partial,
      IntArray counts,
      int slot,
      int capacity,
      int co,
      int parts) {
    for (@Parallel int i = 0; i < capacity * co; i++) {
      if (i < counts.get(slot) * co) {
        float sum = partial.get(i);
        for (int part = 1; part < parts; part++) {
          sum += partial.get(part * capacity * co + i);
        }
        y.set(i, sum);
      }
    }
  }
}
