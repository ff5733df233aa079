package org.octolift.apps.broken.nn;

import org.octolift.apps.broken.apps.left.DrawsUnseeded;

/// Depends upwards.
public final class UsesApplications {
  private UsesApplications() {}

  /// The class it should not know.
  public static Class<?> known() {
    return DrawsUnseeded.class;
  }
}
