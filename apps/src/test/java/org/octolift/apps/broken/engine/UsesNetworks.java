package org.octolift.apps.broken.engine;

import org.octolift.apps.broken.nn.UsesTheCpu;

/// Depends upwards.
public final class UsesNetworks {
  private UsesNetworks() {}

  /// The class it should not know.
  public static Class<?> known() {
    return UsesTheCpu.class;
  }
}
