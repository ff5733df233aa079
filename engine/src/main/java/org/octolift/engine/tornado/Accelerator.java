package org.octolift.engine.tornado;

import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/// A device that TornadoVM sees.
///
/// @param backend what TornadoVM generates for it: `cuda`, `opencl`...; `java` is `tornado-jvm`
/// @param name the position, such as `cuda-0-0`
/// @param model as the driver names it
/// @param platform the driver
/// @param kind `gpu`, `cpu`...
/// @param computeUnits multiprocessors or cores
/// @param memory bytes
/// @param largestArray bytes
/// @param localMemory bytes of a work-group
/// @param groupSize largest number of work-items of a group
/// @param groupExtents largest extents of a group
/// @param isDefault whether TornadoVM runs on it when asked for no other
public record Accelerator(
    String backend,
    String name,
    String model,
    String platform,
    String kind,
    int computeUnits,
    long memory,
    long largestArray,
    long localMemory,
    long groupSize,
    List<Long> groupExtents,
    boolean isDefault) {
  private static final String POCL = "Portable Computing Language";

  static Accelerator of(TornadoDevice device, boolean isDefault) {
    TornadoTargetDevice hardware = device.getPhysicalDevice();
    return new Accelerator(
        lowerCase(device.getTornadoVMBackend()),
        device.getDeviceName(),
        hardware.getDeviceName().strip(),
        device.getPlatformName().strip(),
        lowerCase(device.getDeviceType()),
        hardware.getDeviceMaxComputeUnits(),
        hardware.getDeviceGlobalMemorySize(),
        hardware.getDeviceMaxAllocationSize(),
        hardware.getDeviceLocalMemorySize(),
        hardware.getDeviceMaxWorkGroupSize()[0],
        LongStream.of(hardware.getDeviceMaxWorkItemSizes()).boxed().toList(),
        isDefault);
  }

  /// Whether kernels run on the JVM instead of TornadoVM.
  public boolean isStandIn() {
    return backend.equals(lowerCase(TornadoVMBackendType.JAVA));
  }

  /// Whether this is what `require.device` calls `cuda`, `opencl` (a GPU) or `pocl` (OpenCL on the
  /// processor).
  boolean is(String required) {
    return switch (required) {
      case "cuda" -> backend.equals("cuda");
      case "opencl" -> backend.equals("opencl") && kind.equals("gpu");
      case "pocl" -> backend.equals("opencl") && platform.equals(POCL);
      default -> false;
    };
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
