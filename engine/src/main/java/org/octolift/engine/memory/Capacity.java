package org.octolift.engine.memory;

import java.util.HashMap;
import java.util.Map;
import org.octolift.engine.Rows;

/// Buckets of row counts: a batch that is a little larger than the last one fits the same memory.
public final class Capacity {
  private Capacity() {}

  /// The bucket of a count: rounded up to five significant bits (at most 6.25 % more), at least 64.
  public static int bucket(int count) {
    int unit = Math.max(8, Integer.highestOneBit(Math.max(1, count)) / 16);
    return Math.max(64, Math.multiplyExact(Math.ceilDiv(count, unit), unit));
  }

  /// Whether all counts fit the capacities.
  public static boolean fits(Map<Rows, Integer> capacities, Map<Rows, Integer> counts) {
    for (Map.Entry<Rows, Integer> entry : counts.entrySet()) {
      if (capacities.getOrDefault(entry.getKey(), -1) < entry.getValue()) {
        return false;
      }
    }
    return true;
  }

  /// Capacities for the counts, nowhere below the old ones.
  public static Map<Rows, Integer> grown(Map<Rows, Integer> old, Map<Rows, Integer> counts) {
    return grown(old, counts, 1);
  }

  /// As [#grown(Map, Map)], but if the counts do not fit the old capacities there is room for
  /// {@code growth} times as many, so that growing often, which may be dear, ends soon.
  public static Map<Rows, Integer> grown(
      Map<Rows, Integer> old, Map<Rows, Integer> counts, double growth) {
    double factor = old.isEmpty() || fits(old, counts) ? 1 : growth;
    Map<Rows, Integer> capacities = new HashMap<>(old);
    counts.forEach(
        (rows, count) ->
            capacities.merge(
                rows,
                rows.kind() == Rows.Kind.FIXED
                    ? count
                    : bucket(Math.toIntExact(Math.round(factor * count))),
                Math::max));
    return capacities;
  }
}
