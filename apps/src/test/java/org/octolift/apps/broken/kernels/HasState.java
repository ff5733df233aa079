package org.octolift.apps.broken.kernels;

/// Counts its calls.
final class HasState {
  private static int calls;

  private HasState() {}

  static int count() {
    return ++calls;
  }
}
