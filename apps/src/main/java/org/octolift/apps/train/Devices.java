package org.octolift.apps.train;

import java.util.Locale;
import org.octolift.engine.Device;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.tornado.Precision;
import org.octolift.engine.tornado.TornadoDevice;

/// The devices by their names: `cpu` and `gpu`.
public final class Devices {
  private Devices() {}

  /// Opens a device. A GPU that is asked for and not there is an error, whose message says what is
  /// missing.
  ///
  /// @param key where the name comes from, for messages
  /// @param precision of a GPU's products
  /// @param threads of the CPU
  /// @throws InputException if there is no such device, or it lacks the precision
  public static Device open(String key, String name, Precision precision, int threads) {
    return switch (name) {
      case "cpu" -> cpu(key, precision, threads);
      case "gpu" -> gpu(key, precision);
      default -> throw new InputException("%s: expected cpu or gpu, got %s".formatted(key, name));
    };
  }

  private static Device cpu(String key, Precision precision, int threads) {
    if (precision != Precision.FP32) {
      throw new InputException(
          "%s cpu: the CPU computes in fp32 only, got %s: choose gpu or fp32"
              .formatted(key, precision.name().toLowerCase(Locale.ROOT)));
    }
    return new CpuDevice(threads);
  }

  private static Device gpu(String key, Precision precision) {
    try {
      return TornadoDevice.open(precision);
    } catch (InputException e) {
      throw new InputException("%s gpu: %s".formatted(key, e.getMessage()), e);
    }
  }
}
