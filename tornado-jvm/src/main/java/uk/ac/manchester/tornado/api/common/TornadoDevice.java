package uk.ac.manchester.tornado.api.common;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/// A device on which plans can run.
public interface TornadoDevice {
  /// The device's name: backend and position.
  String getDeviceName();

  /// Name of the driver's platform.
  String getPlatformName();

  /// The kind of device.
  TornadoDeviceType getDeviceType();

  /// The backend to which the device belongs.
  TornadoVMBackendType getTornadoVMBackend();

  /// What the driver says about it.
  TornadoTargetDevice getPhysicalDevice();
}
