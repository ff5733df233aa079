package org.octolift.apps.broken.apps.right;

import java.util.stream.IntStream;
import org.octolift.apps.broken.apps.left.DrawsUnseeded;

/// Sums on the common pool; half of a cycle.
public final class UsesTheCommonPool {
  private UsesTheCommonPool() {}

  static int sum(int count) {
    return IntStream.range(0, count).parallel().sum();
  }

  static Class<?> other() {
    return DrawsUnseeded.class;
  }
}
