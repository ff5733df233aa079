package org.octolift.kernels.gpu;

import org.octolift.kernels.Normalisation;
import org.octolift.kernels.Reductions;
import org.octolift.kernels.Shape;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Sums over rows for batch normalisation and biases, as in [org.octolift.kernels.Normalisation]
/// and [Reductions]: same chunks, same partial sums, but [#LANES] work-items share a chunk and a
/// channel, and as many share the sum of the chunks. Lanes are added in order, so results depend
/// on the number of rows alone.
///
/// A group has 32 channels by 16 lanes: it reads whole 128-byte lines, and with 32 channels 131,000
/// work-items are under way, about half of what an H100 holds. Every number is read once, four rows
/// of a lane before the first is added, as the loops are not unrolled otherwise; the bound is
/// memory. {@code shape} is the [Shape] of the rows.
public final class ChunkSums {
  /// Channels of a group.
  public static final int CHANNELS = 32;

  /// Work-items that share a channel.
  public static final int LANES = 16;

  /// Rows that a lane reads at once.
  private static final int AHEAD = 4;

  /// Work-items of a group.
  public static final int THREADS = CHANNELS * LANES;

  private ChunkSums() {}

  /// Groups along the second dimension of a grid, the only one of the finishing kernels.
  public static int slabs(int channels) {
    return Math.ceilDiv(channels, CHANNELS);
  }

  /// [org.octolift.kernels.Normalisation#moments]. A grid of ([Reductions#CHUNKS], [#slabs]) groups
  /// of [#THREADS].
  ///
  /// @param partials written, (chunks, 3, channels): shift, sum, squares
  /// @param x not modified, (capacity, channels)
  public static void moments(
      KernelContext context, FloatArray partials, FloatArray x, IntArray counts, IntArray shape) {
    float[] sums = context.allocateFloatLocalArray(THREADS);
    float[] squares = context.allocateFloatLocalArray(THREADS);
    float[] values = new float[AHEAD];
    int id = context.localIdx;
    int chunk = context.groupIdx;
    int channels = shape.get(Shape.CHANNELS);
    int channel = CHANNELS * context.groupIdy + (id & (CHANNELS - 1));
    int rows = counts.get(shape.get(Shape.SLOT));
    int first = chunk * Reductions.chunkRows(rows);
    int end = Reductions.chunkEnd(rows, chunk);
    float sum = 0;
    float square = 0;
    float shift = 0;
    if (first < end && channel < channels) {
      shift = x.get(first * channels + channel);
      for (int row = first + id / CHANNELS; row < end; row += AHEAD * LANES) {
        for (int i = 0; i < AHEAD; i++) {
          int own = row + i * LANES < end ? row + i * LANES : row;
          values[i] = x.get(own * channels + channel);
        }
        for (int i = 0; i < AHEAD; i++) {
          if (row + i * LANES < end) {
            float difference = values[i] - shift;
            sum += difference;
            square += difference * difference;
          }
        }
      }
    }
    sums[id] = sum;
    squares[id] = square;
    context.localBarrier();
    if (id < CHANNELS && first < end && channel < channels) {
      for (int lane = 1; lane < LANES; lane++) {
        sum += sums[lane * CHANNELS + id];
        square += squares[lane * CHANNELS + id];
      }
      int at = chunk * 3 * channels + channel;
      partials.set(at, shift);
      partials.set(at + channels, sum);
      partials.set(at + 2 * channels, square);
    }
  }

  /// [org.octolift.kernels.Normalisation#finishMoments]. A grid of [#slabs] groups of [#THREADS].
  /// The mean is known before squares are added, which saves three divisions a chunk.
  ///
  /// @param mean written, (1, channels)
  /// @param variance written, (1, channels), biased
  /// @param runningMean updated, (1, channels)
  /// @param runningVariance updated, (1, channels)
  /// @param partials not modified
  public static void finishMoments(
      KernelContext context,
      FloatArray mean,
      FloatArray variance,
      FloatArray runningMean,
      FloatArray runningVariance,
      FloatArray partials,
      IntArray counts,
      IntArray shape,
      float momentum) {
    double[] shared = context.allocateDoubleLocalArray(THREADS);
    float[] shifts = new float[AHEAD];
    float[] sums = new float[AHEAD];
    float[] squares = new float[AHEAD];
    int id = context.localIdx;
    int channels = shape.get(Shape.CHANNELS);
    int channel = CHANNELS * context.groupIdx + (id & (CHANNELS - 1));
    int column = channel < channels ? channel : 0;
    int rows = counts.get(shape.get(Shape.SLOT));
    int chunks = Reductions.chunks(rows);
    int even = Reductions.chunkRows(rows);
    int last = rows - (chunks - 1) * even;
    double sum = 0;
    for (int from = id / CHANNELS; from < chunks; from += LANES * AHEAD) {
      for (int i = 0; i < AHEAD; i++) {
        int at = (from + LANES * i) * 3 * channels + column;
        shifts[i] = partials.get(at);
        sums[i] = partials.get(at + channels);
      }
      for (int i = 0; i < AHEAD; i++) {
        int chunk = from + LANES * i;
        if (chunk < chunks) {
          double size = chunk < chunks - 1 ? even : last;
          sum += size * shifts[i] + sums[i];
        }
      }
    }
    shared[id] = sum;
    context.localBarrier();
    double inverse = 1.0 / (rows > 0 ? rows : 1);
    double centre = 0;
    for (int lane = 0; lane < LANES; lane++) {
      centre += shared[lane * CHANNELS + (id & (CHANNELS - 1))];
    }
    centre *= inverse;
    context.localBarrier();
    double share = 1.0 / even;
    double lastShare = 1.0 / (last > 0 ? last : 1);
    double square = 0;
    for (int from = id / CHANNELS; from < chunks; from += LANES * AHEAD) {
      for (int i = 0; i < AHEAD; i++) {
        int at = (from + LANES * i) * 3 * channels + column;
        shifts[i] = partials.get(at);
        sums[i] = partials.get(at + channels);
        squares[i] = partials.get(at + 2 * channels);
      }
      for (int i = 0; i < AHEAD; i++) {
        int chunk = from + LANES * i;
        if (chunk < chunks) {
          double size = chunk < chunks - 1 ? even : last;
          double middle = sums[i] * (chunk < chunks - 1 ? share : lastShare);
          double difference = shifts[i] + middle - centre;
          square += squares[i] - sums[i] * middle + size * difference * difference;
        }
      }
    }
    shared[id] = square;
    context.localBarrier();
    if (id < CHANNELS && channel < channels) {
      for (int lane = 1; lane < LANES; lane++) {
        square += shared[lane * CHANNELS + id];
      }
      mean.set(channel, (float) centre);
      variance.set(channel, square < 0 ? 0f : (float) (square * inverse));
      Normalisation.updateRunningAt(
          runningMean, runningVariance, mean, variance, rows, channel, momentum);
    }
  }

  /// [org.octolift.kernels.Normalisation#gradientSums]. A grid of ([Reductions#CHUNKS], [#slabs])
  /// groups of [#THREADS].
  ///
  /// @param partials written, (chunks, 2, channels)
  /// @param dy not modified, (capacity, channels)
  /// @param y not modified, (capacity, channels); anything unless {@code masked} is 1
  /// @param halfY not modified, from [HalfOperands#rows] in BF16; anything unless {@code masked} is
  ///     2
  /// @param x not modified, (capacity, channels)
  /// @param mean not modified, (1, channels)
  /// @param masked 1 or 2 if dy counts where y is positive, else 0
  public static void gradientSums(
      KernelContext context,
      FloatArray partials,
      FloatArray dy,
      FloatArray y,
      LongArray halfY,
      FloatArray x,
      FloatArray mean,
      IntArray counts,
      IntArray shape,
      int masked) {
    float[] sums = context.allocateFloatLocalArray(THREADS);
    float[] products = context.allocateFloatLocalArray(THREADS);
    float[] slopes = new float[AHEAD];
    float[] outputs = new float[AHEAD];
    long[] halves = new long[AHEAD];
    float[] values = new float[AHEAD];
    int id = context.localIdx;
    int chunk = context.groupIdx;
    int channels = shape.get(Shape.CHANNELS);
    int channel = CHANNELS * context.groupIdy + (id & (CHANNELS - 1));
    int rows = counts.get(shape.get(Shape.SLOT));
    int first = chunk * Reductions.chunkRows(rows);
    int end = Reductions.chunkEnd(rows, chunk);
    float sum = 0;
    float product = 0;
    if (first < end && channel < channels) {
      float centre = mean.get(channel);
      int padded = channels <= 16 ? 16 : (channels + 31) / 32 * 32;
      int place = HalfOperands.placeOf(channel);
      for (int row = first + id / CHANNELS; row < end; row += AHEAD * LANES) {
        for (int i = 0; i < AHEAD; i++) {
          int own = row + i * LANES < end ? row + i * LANES : row;
          int at = own * channels + channel;
          slopes[i] = dy.get(at);
          outputs[i] = masked == 1 ? y.get(at) : 1f;
          halves[i] = masked == 2 ? halfY.get((own * padded + place) / 4) : 0;
          values[i] = x.get(at);
        }
        for (int i = 0; i < AHEAD; i++) {
          if (row + i * LANES < end) {
            boolean passes = outputs[i] > 0;
            if (masked == 2) {
              passes = HalfOperands.isPositive(halves[i], place % 4);
            }
            float dz = passes ? slopes[i] : 0f;
            sum += dz;
            product += dz * (values[i] - centre);
          }
        }
      }
    }
    sums[id] = sum;
    products[id] = product;
    context.localBarrier();
    if (id < CHANNELS && first < end && channel < channels) {
      for (int lane = 1; lane < LANES; lane++) {
        sum += sums[lane * CHANNELS + id];
        product += products[lane * CHANNELS + id];
      }
      partials.set(chunk * 2 * channels + channel, sum);
      partials.set(chunk * 2 * channels + channels + channel, product);
    }
  }

  /// [org.octolift.kernels.Normalisation#finishGradientSums]. A grid of [#slabs] groups of
  /// [#THREADS].
  ///
  /// @param dGamma written, (1, channels)
  /// @param dBeta written, (1, channels)
  /// @param partials not modified
  /// @param variance not modified, (1, channels)
  public static void finishGradientSums(
      KernelContext context,
      FloatArray dGamma,
      FloatArray dBeta,
      FloatArray partials,
      FloatArray variance,
      IntArray counts,
      IntArray shape,
      float epsilon) {
    double[] sums = context.allocateDoubleLocalArray(THREADS);
    double[] products = context.allocateDoubleLocalArray(THREADS);
    int id = context.localIdx;
    int channels = shape.get(Shape.CHANNELS);
    int channel = CHANNELS * context.groupIdx + (id & (CHANNELS - 1));
    int chunks = Reductions.chunks(counts.get(shape.get(Shape.SLOT)));
    double sum = 0;
    double product = 0;
    if (channel < channels) {
      for (int chunk = id / CHANNELS; chunk < chunks; chunk += LANES) {
        int at = chunk * 2 * channels + channel;
        sum += partials.get(at);
        product += partials.get(at + channels);
      }
    }
    sums[id] = sum;
    products[id] = product;
    context.localBarrier();
    if (id < CHANNELS && channel < channels) {
      for (int lane = 1; lane < LANES; lane++) {
        sum += sums[lane * CHANNELS + id];
        product += products[lane * CHANNELS + id];
      }
      dBeta.set(channel, (float) sum);
      dGamma.set(channel, (float) (product / Math.sqrt((double) variance.get(channel) + epsilon)));
    }
  }

  /// [Reductions#columnSums]. A grid of ([Reductions#CHUNKS], [#slabs]) groups of [#THREADS].
  ///
  /// @param partials written, (chunks, channels)
  /// @param x not modified, (capacity, channels)
  public static void columnSums(
      KernelContext context, FloatArray partials, FloatArray x, IntArray counts, IntArray shape) {
    float[] sums = context.allocateFloatLocalArray(THREADS);
    float[] values = new float[AHEAD];
    int id = context.localIdx;
    int chunk = context.groupIdx;
    int channels = shape.get(Shape.CHANNELS);
    int channel = CHANNELS * context.groupIdy + (id & (CHANNELS - 1));
    int rows = counts.get(shape.get(Shape.SLOT));
    int first = chunk * Reductions.chunkRows(rows);
    int end = Reductions.chunkEnd(rows, chunk);
    float sum = 0;
    if (channel < channels) {
      for (int row = first + id / CHANNELS; row < end; row += AHEAD * LANES) {
        for (int i = 0; i < AHEAD; i++) {
          int own = row + i * LANES < end ? row + i * LANES : row;
          values[i] = x.get(own * channels + channel);
        }
        for (int i = 0; i < AHEAD; i++) {
          if (row + i * LANES < end) {
            sum += values[i];
          }
        }
      }
    }
    sums[id] = sum;
    context.localBarrier();
    if (id < CHANNELS && first < end && channel < channels) {
      for (int lane = 1; lane < LANES; lane++) {
        sum += sums[lane * CHANNELS + id];
      }
      partials.set(chunk * channels + channel, sum);
    }
  }

  /// [Reductions#finishColumnSums]. A grid of [#slabs] groups of [#THREADS].
  ///
  /// @param y written, (1, channels)
  /// @param partials not modified
  public static void finishColumnSums(
      KernelContext context, FloatArray y, FloatArray partials, IntArray counts, IntArray shape) {
    double[] sums = context.allocateDoubleLocalArray(THREADS);
    int id = context.localIdx;
    int channels = shape.get(Shape.CHANNELS);
    int channel = CHANNELS * context.groupIdx + (id & (CHANNELS - 1));
    int chunks = Reductions.chunks(counts.get(shape.get(Shape.SLOT)));
    double sum = 0;
    if (channel < channels) {
      for (int chunk = id / CHANNELS; chunk < chunks; chunk += LANES) {
        sum += partials.get(chunk * channels + channel);
      }
    }
    sums[id] = sum;
    context.localBarrier();
    if (id < CHANNELS && channel < channels) {
      for (int lane = 1; lane < LANES; lane++) {
        sum += sums[lane * CHANNELS + id];
      }
      y.set(channel, (float) sum);
    }
  }
}
