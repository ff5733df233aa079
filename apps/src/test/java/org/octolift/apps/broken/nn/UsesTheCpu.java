package org.octolift.apps.broken.nn;

import org.octolift.apps.broken.engine.cpu.CpuDevice;

/// Knows a device.
public final class UsesTheCpu {
  private UsesTheCpu() {}

  /// The class it should not know.
  public static Class<?> known() {
    return CpuDevice.class;
  }
}
