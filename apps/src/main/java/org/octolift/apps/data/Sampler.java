package org.octolift.apps.data;

import org.octolift.engine.RandomSource;

/// The endless order in which the items of a data set are taken: pass after pass, each in an order
/// of its own. What comes at a position depends on the seed and the position alone, so the
/// position is all the state there is. Not safe for several threads.
public final class Sampler {
  private final int count;
  private final boolean shuffle;
  private final RandomSource random;
  private long pass = -1;
  private int[] order;

  /// @param count number of items, at least 1
  /// @param shuffle whether each pass draws an order; otherwise it is that of the list
  /// @param random of the run; a stream is split off for each pass
  public Sampler(int count, boolean shuffle, RandomSource random) {
    if (count < 1) {
      throw new IllegalArgumentException("a sampler needs at least one item, has " + count);
    }
    this.count = count;
    this.shuffle = shuffle;
    this.random = RandomSource.resume(random.state());
  }

  /// The item at {@code position}, counted from 0 over all passes.
  public int item(long position) {
    int place = (int) (position % count);
    if (!shuffle) {
      return place;
    }
    if (position / count != pass) {
      pass = position / count;
      order = random.split("sampler", pass).permutation(count);
    }
    return order[place];
  }

  /// Batches in an epoch: the last one is full and reaches into the next pass.
  public int batches(int batchSize) {
    return Math.ceilDiv(count, batchSize);
  }
}
