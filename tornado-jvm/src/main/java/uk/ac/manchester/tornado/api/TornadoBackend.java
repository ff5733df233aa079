package uk.ac.manchester.tornado.api;

import java.util.List;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/// A code generator and the devices that run its code.
public interface TornadoBackend {
  /// Number of devices.
  int getNumDevices();

  /// The device of the given index.
  TornadoDevice getDevice(int index);

  /// All devices, the default one first.
  List<TornadoDevice> getAllDevices();

  /// The default device.
  TornadoDevice getDefaultDevice();

  /// The backend's name.
  String getName();

  /// What it generates code for.
  TornadoVMBackendType getBackendType();
}
