package org.octolift.nn.checkpoint;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Shapes in messages.
final class Shapes {
  private Shapes() {}

  /// "(32, 189)".
  static String text(int[] shape) {
    return Arrays.stream(shape)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
