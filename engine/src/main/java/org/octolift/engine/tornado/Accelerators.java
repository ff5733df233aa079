package org.octolift.engine.tornado;

import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.octolift.engine.InputException;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/// What kernels can run on, and what is missing for a GPU.
///
/// @param devices those of TornadoVM, or the one of `tornado-jvm`; empty if TornadoVM did not start
/// @param missing what stands between this JVM and a GPU, with the remedy; empty if there is a GPU
public record Accelerators(List<Accelerator> devices, Optional<String> missing) {
  /// The system property that names the only device that may be used: `cuda`, `opencl` or `pocl`.
  /// Tests set it, so as not to pass on another device.
  public static final String REQUIRED = "require.device";

  private static final Set<String> REQUIRABLE = Set.of("cuda", "opencl", "pocl");

  public Accelerators {
    devices = List.copyOf(devices);
  }

  /// Asks TornadoVM, which it starts, or `tornado-jvm`.
  public static Accelerators find() {
    return Found.ACCELERATORS;
  }

  /// Whether tests of devices make sense here: TornadoVM runs this JVM, or a device is required.
  public static boolean areExpected() {
    return System.getProperty(REQUIRED) != null || !find().areStandIn();
  }

  /// TornadoVM's version; empty if `tornado-jvm` is in its place.
  public static Optional<String> version() {
    return Optional.ofNullable(TornadoRuntimeProvider.class.getModule().getDescriptor())
        .flatMap(ModuleDescriptor::rawVersion);
  }

  /// Whether TornadoVM is not there and `tornado-jvm` runs kernels instead.
  public boolean areStandIn() {
    return devices.stream().anyMatch(Accelerator::isStandIn);
  }

  /// The device that kernels run on, be it that of `tornado-jvm`.
  ///
  /// @throws InputException if TornadoVM did not start, or if another device is required
  public Accelerator device() {
    Accelerator device =
        devices.stream()
            .filter(Accelerator::isDefault)
            .findFirst()
            .orElseThrow(() -> new InputException(missing.orElse("TornadoVM has no device")));
    String required = System.getProperty(REQUIRED);
    if (required != null) {
      confirm(device, required);
    }
    return device;
  }

  /// The device of TornadoVM that kernels run on.
  ///
  /// @throws InputException if there is none: why, and what to do; or if another device is required
  public Accelerator require() {
    Accelerator device = device();
    if (device.isStandIn()) {
      throw new InputException("no GPU: " + missing.orElseThrow());
    }
    return device;
  }

  private void confirm(Accelerator device, String required) {
    if (!REQUIRABLE.contains(required)) {
      throw new InputException(
          "%s: expected cuda, opencl or pocl, got %s".formatted(REQUIRED, required));
    }
    if (!device.is(required)) {
      throw new InputException(
          "%s: expected %s, but kernels run on %s of %s (%s)%s"
              .formatted(
                  REQUIRED,
                  required,
                  device.model(),
                  device.platform(),
                  device.backend(),
                  missing.map(text -> ": " + text).orElse("")));
    }
  }

  private static Accelerators search() {
    try {
      TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
      TornadoDevice first = runtime.getDefaultDevice();
      List<Accelerator> devices = new ArrayList<>();
      for (int i = 0; i < runtime.getNumBackends(); i++) {
        TornadoVMBackendType backend = runtime.getBackendType(i);
        for (TornadoDevice device : runtime.getBackend(i).getAllDevices()) {
          boolean isDefault =
              backend == first.getTornadoVMBackend()
                  && device.getDeviceName().equals(first.getDeviceName());
          devices.add(Accelerator.of(device, isDefault));
        }
      }
      return new Accelerators(devices, Missing.from(devices));
    } catch (LinkageError | RuntimeException e) {
      return new Accelerators(List.of(), Optional.of(Missing.from(e)));
    }
  }

  private static final class Found {
    private static final Accelerators ACCELERATORS = search();
  }
}
