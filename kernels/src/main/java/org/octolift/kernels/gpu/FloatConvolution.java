package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Octree convolution in FP32: `y[o] = b + Σ_k x[t(o, k)] · W[k]`, an implicit GEMM without tensor
/// cores, for any numbers of channels and any device.
///
/// A group computes [TileLists#ROWS] rows and {@code tileColumns} columns, each work-item 8×8 of
/// them in registers, in four squares of four so that neighbouring work-items read neighbouring
/// banks; a warp has 8 by 4 of the squares. For each offset of the tile's list and each [#DEPTH]
/// channels, a stage, the group gathers a piece of x and one of W into local memory, both with the
/// channel as the slow index. There are two of each: while the group multiplies one stage, the next
/// is on its way to registers.
///
/// Where rows are few, several groups share a tile: each takes a part of its offsets, and
/// [#addParts] adds the parts in order.
///
/// Every work-item reads 16 numbers from local memory for 64 multiply-adds: that, not the gathering
/// (21 operations a byte), is the bound, at about half the peak of FP32.
public final class FloatConvolution {
  private static final int ROWS = TileLists.ROWS;
  private static final int DEPTH = 8;

  /// Four more than the rows: a warp then stores 4 rows of 8 channels to different banks.
  private static final int PITCH = ROWS + 4;

  /// Floats of a stage of x.
  private static final int PLANE = DEPTH * PITCH;

  private static final int MOST_COPIES = 16;

  private FloatConvolution() {}

  /// The columns of a group that suit {@code co} output channels: 32, 64 or 96, so that few are
  /// wasted.
  public static int tileColumns(int co) {
    int columns = co > 32 ? 64 : 32;
    return Math.ceilDiv(co, 96) * 96 < Math.ceilDiv(co, columns) * columns ? 96 : columns;
  }

  /// Work-items of a group.
  public static int threads(int tileColumns) {
    return 2 * tileColumns;
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
    int first = ROWS * context.groupIdx;
    int planeW = DEPTH * tileColumns;
    float[] tileX = context.allocateFloatLocalArray(2 * PLANE);
    float[] tileW = context.allocateFloatLocalArray(2 * planeW);
    int[] source = context.allocateIntLocalArray(ROWS * (width > 0 ? width : 1));
    float[] sums = new float[64];
    float[] nextX = new float[MOST_COPIES];
    float[] nextW = new float[4];
    float[] ownX = new float[8];
    float[] ownW = new float[8];
    int threads = 2 * tileColumns;
    int rowsX = threads / DEPTH;
    int copiesX = (ROWS + rowsX - 1) / rowsX;
    int span = width > 0 ? width : 1;
    int id = context.localIdx;
    int list = TileLists.PITCH * context.groupIdx;
    int entries = width > 0 ? lists.get(list) : (first < rows ? 1 : 0);
    int firstColumn = tileColumns * context.groupIdy;
    int places = first < rows ? ROWS * span : 0;
    for (int i = id; i < places; i += threads) {
      int at = first + i / span;
      int from = -1;
      if (at < rows) {
        int row = ordered == 1 ? order.get(at) : at;
        from = width > 0 ? table.get(row * width + i % span) : row;
      }
      source[i] = from < 0 ? -1 : from * ci;
    }
    context.localBarrier();
    for (int i = 0; i < copiesX; i++) {
      nextX[i] = 0f;
    }
    for (int i = 0; i < 4; i++) {
      nextW[i] = 0f;
    }
    int blocks = (ci + DEPTH - 1) / DEPTH;
    int part = context.groupIdz;
    int firstEntry = entries * part / parts;
    int stages = (entries * (part + 1) / parts - firstEntry) * blocks;
    int channel = id & 7;
    int rowX = id >> 3;
    int columnW = id % tileColumns;
    int channelW = id / tileColumns;
    int tileRow = 32 * (id >> 5 & 1) + 4 * (id >> 2 & 7);
    int tileColumn = 16 * (id >> 6) + 4 * (id & 3);
    for (int j = 0; j < 8; j++) {
      int column = firstColumn + tileColumn + (j & 3) + tileColumns / 8 * (j & 4);
      float start = 0f;
      if (bias == 1 && part == 0) {
        start = biases.get(column < co ? column : co - 1);
      }
      for (int i = 0; i < 8; i++) {
        sums[8 * i + j] = start;
      }
    }
    // What is loaded in one pass is stored in the next and multiplied in the one after.
    for (int pass = 0; pass < stages + 2; pass++) {
      int even = pass & 1;
      int odd = 1 - even;
      context.localBarrier();
      if (pass > 0) {
        for (int i = 0; i < copiesX; i++) {
          tileX[odd * PLANE + channel * PITCH + rowOfCopy(rowX, rowsX, i)] = nextX[i];
        }
        for (int i = 0; i < 4; i++) {
          tileW[odd * planeW + (channelW + 2 * i) * tileColumns + columnW] = nextW[i];
        }
      }
      if (pass < stages) {
        int entry = pass / blocks;
        int block = DEPTH * (pass - entry * blocks);
        int offset = width > 0 ? lists.get(list + 1 + firstEntry + entry) : 0;
        int column = width > 0 ? columns.get(offset) : 0;
        for (int i = 0; i < copiesX; i++) {
          int from = source[rowOfCopy(rowX, rowsX, i) * span + column];
          float value = 0f;
          if (from >= 0 && block + channel < ci) {
            value = x.get(from + block + channel);
          }
          nextX[i] = value;
        }
        for (int i = 0; i < 4; i++) {
          int c = block + channelW + 2 * i;
          float value = 0f;
          if (c < ci && firstColumn + columnW < co) {
            value =
                transposed == 1
                    ? weights.get((offset * co + firstColumn + columnW) * ci + c)
                    : weights.get((offset * ci + c) * co + firstColumn + columnW);
          }
          nextW[i] = value;
        }
      }
      // A bound that is no constant: TornadoVM would unroll this loop too, and compile for
      // seconds.
      int left = pass < 2 ? 0 : ci - DEPTH * ((pass - 2) % blocks);
      int depth = left < DEPTH ? left : DEPTH;
      for (int c = 0; c < depth; c++) {
        int rowOfX = even * PLANE + c * PITCH + tileRow;
        int rowOfW = even * planeW + c * tileColumns + tileColumn;
        for (int i = 0; i < 8; i++) {
          ownX[i] = tileX[rowOfX + (i & 3) + 16 * (i & 4)];
          ownW[i] = tileW[rowOfW + (i & 3) + tileColumns / 8 * (i & 4)];
        }
        for (int j = 0; j < 8; j++) {
          for (int i = 0; i < 8; i++) {
            sums[8 * i + j] += ownX[i] * ownW[j];
          }
        }
      }
    }
    for (int i = 0; i < 8; i++) {
      int at = first + tileRow + (i & 3) + 16 * (i & 4);
      if (at < rows) {
        int row = ordered == 1 ? order.get(at) : at;
        for (int j = 0; j < 8; j++) {
          int column = firstColumn + tileColumn + (j & 3) + tileColumns / 8 * (j & 4);
          if (column < co) {
            y.set(part * pitch + row * co + column, sums[8 * i + j]);
          }
        }
      }
    }
  }

  /// The row of a work-item's copy i; behind the last one the first again.
  private static int rowOfCopy(int first, int rows, int i) {
    int row = first + i * rows;
    return (i + 1) * rows > ROWS && row > ROWS - 1 ? first : row;
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
