package org.octolift.nn.checkpoint;

import java.math.BigInteger;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;

/// Checks that what a pickle built is finite data: no classes or storages left over, no value
/// that contains itself, and not so often shared that walking through it would never end.
final class PlainData {
  private static final int MAX_DEPTH = 64;
  private static final long MAX_VALUES = 50_000_000;

  /// Number of values below each container when walked as a tree; 0 while it is being counted.
  private final IdentityHashMap<Object, Long> counts = new IdentityHashMap<>();
  private final String source;

  private PlainData(String source) {
    this.source = source;
  }

  /// Returns {@code root} after the check.
  static Object check(Object root, String source) {
    new PlainData(source).count(root, 0);
    return root;
  }

  private long count(Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new InputException(source + ": data nested deeper than " + MAX_DEPTH);
    }
    return switch (value) {
      case null -> 1;
      case Boolean _, Long _, Double _, String _, BigInteger _, byte[] _, NdArray _ -> 1;
      case Map<?, ?> map -> countAll(map, map.values(), depth);
      case List<?> list -> countAll(list, list, depth);
      default ->
          throw new InputException(
              "%s: expected data, found %s".formatted(source, Pickle.describe(value)));
    };
  }

  private long countAll(Object container, Iterable<?> values, int depth) {
    Long known = counts.putIfAbsent(container, 0L);
    if (known != null && known == 0) {
      throw new InputException(source + ": a value contains itself");
    }
    if (known != null) {
      return known;
    }
    long total = 1;
    for (Object value : values) {
      total += count(value, depth + 1);
      if (total > MAX_VALUES) {
        throw new InputException(
            "%s: more than %d values, repetitions included".formatted(source, MAX_VALUES));
      }
    }
    counts.put(container, total);
    return total;
  }
}
