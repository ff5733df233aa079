package org.octolift.engine.ops;

import java.util.function.IntPredicate;

/// How many groups of a dense product by tiles share one, each a part of the depth, so that a GPU
/// is full and no few groups are left for the end. A model of an H100: 132 multiprocessors with
/// room for 256 columns of tiles each.
///
/// @param groups that there are if none share
/// @param columns of a tile
/// @param units that the depth is divided into
/// @param cost of storing, reading and adding a part, in times of a tile's product where all
/// multiprocessors are full
record TileSplit(int groups, int columns, int units, double cost) {
  private static final int MULTIPROCESSORS = 132;
  private static final int COLUMNS = 256;

  /// What a multiprocessor takes that is half full or less, of what it takes if full.
  private static final double HALF_FULL = 0.78;

  /// The best number of parts.
  ///
  /// @param most parts
  /// @param able which numbers of parts are possible; 1 always is
  int parts(int most, IntPredicate able) {
    int best = 1;
    for (int parts = 2; parts <= Math.min(most, units); parts++) {
      if (able.test(parts) && time(parts) < time(best)) {
        best = parts;
      }
    }
    return best;
  }

  private double time(int parts) {
    int room = Math.max(1, COLUMNS / columns);
    int each = Math.ceilDiv(groups * parts, MULTIPROCESSORS);
    int left = each % room;
    int full = each / room;
    double rounds = full + (left == 0 ? 0 : 2 * left <= room ? HALF_FULL : 1);
    return rounds * Math.ceilDiv(units, parts) / units + (parts > 1 ? parts * cost : 0);
  }
}
