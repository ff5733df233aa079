package org.octolift.apps.broken.tornado;

import org.octolift.apps.broken.kernels.IsOpen;

/// Depends upwards.
public final class UsesKernels {
  private UsesKernels() {}

  /// The class it should not know.
  public static Class<?> known() {
    return IsOpen.class;
  }
}
