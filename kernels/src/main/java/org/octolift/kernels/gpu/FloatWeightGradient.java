package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The gradient of an octree convolution to its weights in FP32: `dW[k] = Σ_o x[t(o, k)]ᵀ · dy[o]`,
/// for any numbers of channels and any device.
///
/// A group of [#THREADS] work-items takes one offset, one chunk of rows and one block of dW of
/// 64×64 channels, of which each work-item keeps 8×8 sums in registers. It walks through the chunk
/// in stages of [#STAGE] rows, but not those of tiles without the offset. Partial sums are added by
/// [WeightGradientSums], in order.
///
/// Per stage {@code 2 · 8 · 64 · 64} operations for 4 KiB, i.e. 16 operations a byte; as in
/// [FloatConvolution] reading local memory is the bound.
public final class FloatWeightGradient {
  /// Work-items of a group.
  public static final int THREADS = 64;

  /// Channels of a block of dW, both ways.
  public static final int BLOCK = 64;

  private static final int STAGE = 8;

  private FloatWeightGradient() {}

  /// Channels padded to whole blocks.
  public static int padded(int channels) {
    return Math.ceilDiv(channels, BLOCK) * BLOCK;
  }

  /// Chunks of rows, and partial sums of each weight.
  public static int chunks(int offsets, int ci, int co) {
    return WeightGradientSums.chunks(offsets * (padded(ci) / BLOCK) * (padded(co) / BLOCK));
  }

  /// Floats of the partial sums.
  public static int partials(int offsets, int ci, int co) {
    return Math.multiplyExact(
        Math.multiplyExact(chunks(offsets, ci, co), offsets),
        Math.multiplyExact(padded(ci), padded(co)));
  }

  /// Partial sums. A grid of (chunks, offsets, blocks of co · blocks of ci) groups of [#THREADS]
  /// work-items.
  ///
  /// @param partials written, (chunks, offsets, co, ci) with channels padded to whole blocks
  /// @param dy not modified, (rows, co)
  /// @param x not modified, (input rows, ci)
  /// @param table not modified, (rows, width); anything if {@code width} is 0
  /// @param columns not modified, (offsets): the column of the table that holds an offset
  /// @param masks not modified, from [TileLists#lists]
  /// @param order not modified, as in [TileLists#lists]
  /// @param width columns of the table, or 0 for the identity
  /// @param chunks from [#chunks]
  /// @param ordered 1 if rows are taken by {@code order}, else 0
  public static void partialSums(
      KernelContext context,
      FloatArray partials,
      FloatArray dy,
      FloatArray x,
      IntArray table,
      IntArray columns,
      IntArray masks,
      IntArray order,
      IntArray counts,
      int slot,
      int offsets,
      int width,
      int ci,
      int co,
      int chunks,
      int ordered) {
    float[] tileX = context.allocateFloatLocalArray(STAGE * BLOCK);
    float[] tileDy = context.allocateFloatLocalArray(STAGE * BLOCK);
    float[] sums = new float[64];
    float[] ownX = new float[8];
    float[] ownDy = new float[8];
    int id = context.localIdx;
    int chunk = context.groupIdx;
    int k = context.groupIdy;
    int blocksCi = (ci + BLOCK - 1) / BLOCK;
    int blocksCo = (co + BLOCK - 1) / BLOCK;
    int blockCo = context.groupIdz / blocksCi;
    int blockCi = context.groupIdz - blockCo * blocksCi;
    int channelX = BLOCK * blockCi + id;
    int channelDy = BLOCK * blockCo + id;
    int column = width > 0 ? columns.get(k) : 0;
    int rows = counts.get(slot);
    int stages = (rows + STAGE - 1) / STAGE;
    int chunkStages = (stages + chunks - 1) / chunks;
    int start = chunk * chunkStages;
    int end = start + chunkStages < stages ? start + chunkStages : stages;
    int tileRow = 4 * (id >> 3);
    int tileColumn = 4 * (id & 7);
    for (int i = 0; i < 64; i++) {
      sums[i] = 0f;
    }
    for (int stage = start; stage < end; stage++) {
      int present = width > 0 ? masks.get(stage * STAGE / TileLists.ROWS) >> k & 1 : 1;
      if (present == 1) {
        for (int i = 0; i < STAGE; i++) {
          int row = stage * STAGE + i;
          int from = -1;
          if (row < rows) {
            row = ordered == 1 ? order.get(row) : row;
            from = width > 0 ? table.get(row * width + column) : row;
          }
          float valueX = 0f;
          float valueDy = 0f;
          if (from >= 0 && channelX < ci) {
            valueX = x.get(from * ci + channelX);
          }
          if (from >= 0 && channelDy < co) {
            valueDy = dy.get(row * co + channelDy);
          }
          ownX[i] = valueX;
          ownDy[i] = valueDy;
        }
        context.localBarrier();
        for (int i = 0; i < STAGE; i++) {
          tileX[i * BLOCK + id] = ownX[i];
          tileDy[i * BLOCK + id] = ownDy[i];
        }
        context.localBarrier();
        // A bound that is no constant: TornadoVM would unroll this loop too, and compile for
        // seconds.
        int depth = rows - stage * STAGE < STAGE ? rows - stage * STAGE : STAGE;
        for (int row = 0; row < depth; row++) {
          for (int i = 0; i < 8; i++) {
            ownX[i] = tileX[row * BLOCK + tileColumn + (i & 3) + 8 * (i & 4)];
          }
          for (int j = 0; j < 8; j++) {
            float dz = tileDy[row * BLOCK + tileRow + (j & 3) + 8 * (j & 4)];
            for (int i = 0; i < 8; i++) {
              sums[8 * j + i] += ownX[i] * dz;
            }
          }
        }
      }
    }
    int first = (chunk * offsets + k) * blocksCo * BLOCK + blockCo * BLOCK + tileRow;
    for (int j = 0; j < 8; j++) {
      int at = (first + (j & 3) + 8 * (j & 4)) * blocksCi * BLOCK + blockCi * BLOCK + tileColumn;
      for (int i = 0; i < 8; i++) {
        partials.set(at + (i & 3) + 8 * (i & 4), sums[8 * j + i]);
      }
    }
  }
}
