package org.octolift.apps.broken.apps.left;

import org.octolift.apps.broken.apps.right.UsesTheCommonPool;

/// Draws a number that no seed decides; half of a cycle.
public final class DrawsUnseeded {
  private DrawsUnseeded() {}

  static double number() {
    return Math.random();
  }

  static Class<?> other() {
    return UsesTheCommonPool.class;
  }
}
