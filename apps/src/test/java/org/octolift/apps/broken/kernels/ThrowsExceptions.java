package org.octolift.apps.broken.kernels;

/// Throws.
final class ThrowsExceptions {
  private ThrowsExceptions() {}

  static int positive(int value) {
    if (value <= 0) {
      throw new IllegalArgumentException();
    }
    return value;
  }
}
