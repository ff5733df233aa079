package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Sums over rows in two steps: partial sums of chunks of rows, then the sum of those. The chunks
/// depend on the number of rows alone, so a sum has one order on any number of threads.
public final class Reductions {
  /// The most chunks that a reduction has.
  public static final int CHUNKS = 256;

  private static final int FEWEST_ROWS = 64;

  private Reductions() {}

  /// Rows of every chunk but perhaps the last.
  public static int chunkRows(int rows) {
    int even = (rows + CHUNKS - 1) / CHUNKS;
    return even > FEWEST_ROWS ? even : FEWEST_ROWS;
  }

  /// Number of chunks, 0..[#CHUNKS].
  public static int chunks(int rows) {
    int size = chunkRows(rows);
    return (rows + size - 1) / size;
  }

  /// Row after the last of a chunk.
  public static int chunkEnd(int rows, int chunk) {
    int size = chunkRows(rows);
    int end = (chunk + 1) * size;
    return end < rows ? end : rows;
  }

  /// First step of a sum over rows.
  ///
  /// @param partials written, ([#CHUNKS], channels); chunks without rows are left as they are
  /// @param x not modified, (capacity, channels)
  public static void columnSums(
      FloatArray partials, FloatArray x, IntArray counts, int slot, int channels) {
    for (@Parallel int i = 0; i < CHUNKS * channels; i++) {
      int chunk = i / channels;
      int channel = i % channels;
      if (chunk < chunks(counts.get(slot))) {
        columnSumAt(partials, x, counts.get(slot), chunk, channel, channels);
      }
    }
  }

  /// One chunk and channel of [#columnSums].
  public static void columnSumAt(
      FloatArray partials, FloatArray x, int rows, int chunk, int channel, int channels) {
    float sum = 0;
    int end = chunkEnd(rows, chunk);
    for (int row = chunk * chunkRows(rows); row < end; row++) {
      sum += x.get(row * channels + channel);
    }
    partials.set(chunk * channels + channel, sum);
  }

  /// Second step: `y = Σ` of the partial sums.
  ///
  /// @param y written, (1, channels)
  /// @param partials not modified
  public static void finishColumnSums(
      FloatArray y, FloatArray partials, IntArray counts, int slot, int channels) {
    for (@Parallel int channel = 0; channel < (channels & Bounds.LITERAL); channel++) {
      finishColumnSumAt(y, partials, counts.get(slot), channel, channels);
    }
  }

  /// One channel of [#finishColumnSums].
  public static void finishColumnSumAt(
      FloatArray y, FloatArray partials, int rows, int channel, int channels) {
    double sum = 0;
    int chunks = chunks(rows);
    for (int chunk = 0; chunk < chunks; chunk++) {
      sum += partials.get(chunk * channels + channel);
    }
    y.set(channel, (float) sum);
  }
}
