package org.octolift.apps.train;

import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.tornado.TornadoDevice;

/// The devices by their names: `cpu` and `gpu`.
public final class Devices {
  private Devices() {}

  /// Opens a device. A GPU that is asked for and not there is an error, whose message says what is
  /// missing.
  ///
  /// @param key where the name comes from, for messages
  /// @param threads of the CPU
  /// @throws InputException if there is no such device
  public static Device open(String key, String name, int threads) {
    return switch (name) {
      case "cpu" -> new CpuDevice(threads);
      case "gpu" -> gpu(key);
      default -> throw new InputException("%s: expected cpu or gpu, got %s".formatted(key, name));
    };
  }

  private static Device gpu(String key) {
    try {
      return TornadoDevice.open();
    } catch (InputException e) {
      throw new InputException("%s gpu: %s".formatted(key, e.getMessage()), e);
    }
  }
}
