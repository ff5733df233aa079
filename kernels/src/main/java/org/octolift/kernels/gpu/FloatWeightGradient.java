package org.octolift.kernels.gpu;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The gradient of an octree convolution to its weights in FP32: `dW[k] = Σ_o x[t(o, k)]ᵀ · dy[o]`,
/// for any numbers of channels and any device.
///
/// A group of [#THREADS] work-items takes one offset, one chunk of rows and one block of dW of
/// 64×64 channels, of which each work-item keeps 8×8 sums in registers. It looks at [#LOT] rows at
/// a time, queues those that have the offset (15 to 50 % of them) and multiplies the queue in
/// stages of [#STAGE] rows, the next of which is on its way to registers: nothing is multiplied by
/// zero. Of blocks that have no more than 32 channels one way, half is left out. The middle offset,
/// which all rows have, comes first, so that the longest groups do not end last. Partial sums are
/// added by [WeightGradientSums], in order.
///
/// Per stage {@code 2 · 8 · 64 · 64} operations for 4 KiB, i.e. 16 operations a byte; as in
/// [FloatConvolution] reading local memory is the bound.
public final class FloatWeightGradient {
  /// Work-items of a group.
  public static final int THREADS = 64;

  /// Channels of a block of dW, both ways.
  public static final int BLOCK = 64;

  private static final int STAGE = 8;

  /// Rows that a work-item looks at.
  private static final int OWN = 4;

  private static final int LOT = OWN * THREADS;

  /// Floats of a stage of x or dy.
  private static final int PLANE = STAGE * BLOCK;

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
  /// @param width columns of the table, or 0 for the identity
  /// @param chunks from [#chunks]
  public static void partialSums(
      KernelContext context,
      FloatArray partials,
      FloatArray dy,
      FloatArray x,
      IntArray table,
      IntArray columns,
      IntArray counts,
      int slot,
      int offsets,
      int width,
      int ci,
      int co,
      int chunks) {
    float[] tileX = context.allocateFloatLocalArray(2 * PLANE);
    float[] tileDy = context.allocateFloatLocalArray(2 * PLANE);
    int[] queueTo = context.allocateIntLocalArray(LOT + STAGE);
    int[] queueFrom = context.allocateIntLocalArray(LOT + STAGE);
    int[] found = context.allocateIntLocalArray(THREADS);
    int[] parts = context.allocateIntLocalArray(8);
    float[] sums = new float[64];
    float[] nextX = new float[STAGE];
    float[] nextDy = new float[STAGE];
    float[] ownX = new float[8];
    float[] ownDy = new float[8];
    int[] from = new int[OWN];
    int id = context.localIdx;
    int chunk = context.groupIdx;
    int k = (context.groupIdy + offsets / 2) % offsets;
    int blocksCi = (ci + BLOCK - 1) / BLOCK;
    int blocksCo = (co + BLOCK - 1) / BLOCK;
    int blockCo = context.groupIdz / blocksCi;
    int blockCi = context.groupIdz - blockCo * blocksCi;
    int channelX = BLOCK * blockCi + id;
    int channelDy = BLOCK * blockCo + id;
    boolean wideCi = ci - BLOCK * blockCi > BLOCK / 2;
    boolean wideCo = co - BLOCK * blockCo > BLOCK / 2;
    int column = width > 0 ? columns.get(k) : 0;
    int rows = counts.get(slot);
    int lots = (rows + LOT - 1) / LOT;
    int chunkLots = (lots + chunks - 1) / chunks;
    int start = chunk * chunkLots;
    int end = start + chunkLots < lots ? start + chunkLots : lots;
    int tileRow = 4 * (id >> 3);
    int tileColumn = 4 * (id & 7);
    for (int i = 0; i < 64; i++) {
      sums[i] = 0f;
    }
    for (int i = 0; i < STAGE; i++) {
      nextX[i] = 0f;
      nextDy[i] = 0f;
    }
    int waiting = 0;
    // One lot more than there is: it finds no row and empties the queue.
    for (int lot = start; lot < end + 1; lot++) {
      int firstRow = LOT * lot + OWN * id;
      int own = 0;
      for (int i = 0; i < OWN; i++) {
        int row = firstRow + i;
        int place = -1;
        if (lot < end && row < rows) {
          place = width > 0 ? table.get(row * width + column) : row;
        }
        from[i] = place;
        own += place < 0 ? 0 : 1;
      }
      found[id] = own;
      context.localBarrier();
      if (id < 8) {
        int part = 0;
        for (int i = 0; i < 8; i++) {
          part += found[8 * id + i];
        }
        parts[id] = part;
      }
      context.localBarrier();
      int all = 0;
      int place = waiting;
      for (int i = 0; i < 8; i++) {
        all += parts[i];
        place += i < id >> 3 ? parts[i] : 0;
        place += i < (id & 7) ? found[(id & ~7) + i] : 0;
      }
      for (int i = 0; i < OWN; i++) {
        if (from[i] >= 0) {
          queueTo[place] = firstRow + i;
          queueFrom[place] = from[i];
          place++;
        }
      }
      waiting += all;
      int taken = lot < end ? waiting - waiting % STAGE : waiting;
      int stages = (taken + STAGE - 1) / STAGE;
      // What is loaded in one pass is stored in the next and multiplied in the one after.
      for (int pass = 0; pass < stages + 2; pass++) {
        int even = pass & 1;
        int odd = 1 - even;
        context.localBarrier();
        if (pass > 0) {
          for (int i = 0; i < STAGE; i++) {
            tileX[odd * PLANE + i * BLOCK + id] = nextX[i];
            tileDy[odd * PLANE + i * BLOCK + id] = nextDy[i];
          }
        }
        if (pass < stages) {
          for (int i = 0; i < STAGE; i++) {
            int entry = STAGE * pass + i;
            float valueX = 0f;
            float valueDy = 0f;
            if (entry < waiting && channelX < ci) {
              valueX = x.get(queueFrom[entry] * ci + channelX);
            }
            if (entry < waiting && channelDy < co) {
              valueDy = dy.get(queueTo[entry] * co + channelDy);
            }
            nextX[i] = valueX;
            nextDy[i] = valueDy;
          }
        }
        // A bound that is no constant: TornadoVM would unroll this loop too, and compile for
        // seconds.
        int left = pass < 2 ? 0 : waiting - STAGE * (pass - 2);
        int depth = left < STAGE ? left : STAGE;
        for (int stage = 0; stage < depth; stage++) {
          int at = even * PLANE + stage * BLOCK;
          for (int i = 0; i < 8; i++) {
            ownX[i] = tileX[at + tileColumn + (i & 3) + 8 * (i & 4)];
            ownDy[i] = tileDy[at + tileRow + (i & 3) + 8 * (i & 4)];
          }
          for (int j = 0; j < 4; j++) {
            for (int i = 0; i < 4; i++) {
              sums[8 * j + i] += ownX[i] * ownDy[j];
            }
          }
          if (wideCi) {
            for (int j = 0; j < 4; j++) {
              for (int i = 4; i < 8; i++) {
                sums[8 * j + i] += ownX[i] * ownDy[j];
              }
            }
          }
          if (wideCo) {
            for (int j = 4; j < 8; j++) {
              for (int i = 0; i < 4; i++) {
                sums[8 * j + i] += ownX[i] * ownDy[j];
              }
            }
          }
          if (wideCi && wideCo) {
            for (int j = 4; j < 8; j++) {
              for (int i = 4; i < 8; i++) {
                sums[8 * j + i] += ownX[i] * ownDy[j];
              }
            }
          }
        }
      }
      // What fills no stage moves to the front.
      int rest = taken + id < waiting ? taken + id : 0;
      int restTo = queueTo[rest];
      int restFrom = queueFrom[rest];
      context.localBarrier();
      if (taken + id < waiting) {
        queueTo[id] = restTo;
        queueFrom[id] = restFrom;
      }
      waiting -= taken;
      context.localBarrier();
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
