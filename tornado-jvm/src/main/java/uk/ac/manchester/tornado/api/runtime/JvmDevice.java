package uk.ac.manchester.tornado.api.runtime;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/// This JVM as a device. It runs one work-item at a time.
final class JvmDevice implements TornadoXPUDevice, TornadoTargetDevice {
  private static final int MAX_GROUP = 1024;

  @Override
  public String getDeviceName() {
    return "jvm-0-0";
  }

  @Override
  public String getPlatformName() {
    return "tornado-jvm";
  }

  @Override
  public TornadoDeviceType getDeviceType() {
    return TornadoDeviceType.CPU;
  }

  @Override
  public TornadoVMBackendType getTornadoVMBackend() {
    return TornadoVMBackendType.JAVA;
  }

  @Override
  public TornadoTargetDevice getPhysicalDevice() {
    return this;
  }

  @Override
  public long getDeviceGlobalMemorySize() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public long getDeviceLocalMemorySize() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public long getDeviceMaxAllocationSize() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public int getDeviceMaxComputeUnits() {
    return 1;
  }

  @Override
  public long[] getDeviceMaxWorkItemSizes() {
    return new long[] {MAX_GROUP, MAX_GROUP, MAX_GROUP};
  }

  @Override
  public long[] getDeviceMaxWorkGroupSize() {
    return new long[] {MAX_GROUP};
  }
}
