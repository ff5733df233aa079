package org.octolift.apps.broken.kernels;

/// Has a method of instances.
final class HasAnInstanceMethod {
  private HasAnInstanceMethod() {}

  int one() {
    return 1;
  }
}
