package org.octolift.apps.broken.kernels.cpu;

import org.octolift.apps.broken.engine.Prints;

/// Depends upwards.
public final class UsesEngine {
  private UsesEngine() {}

  /// The class it should not know.
  public static Class<?> known() {
    return Prints.class;
  }
}
