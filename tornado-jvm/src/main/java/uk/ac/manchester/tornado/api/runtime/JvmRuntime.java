package uk.ac.manchester.tornado.api.runtime;

import java.util.List;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

/// One backend with one device: this JVM.
final class JvmRuntime implements TornadoRuntime, TornadoBackend {
  private final TornadoDevice device = new JvmDevice();

  @Override
  public int getNumBackends() {
    return 1;
  }

  @Override
  public TornadoBackend getBackend(int index) {
    requireFirst("backend", index);
    return this;
  }

  @Override
  public TornadoVMBackendType getBackendType(int index) {
    return getBackend(index).getBackendType();
  }

  @Override
  public TornadoDevice getDefaultDevice() {
    return device;
  }

  @Override
  public int getNumDevices() {
    return 1;
  }

  @Override
  public TornadoDevice getDevice(int index) {
    requireFirst("device", index);
    return device;
  }

  @Override
  public List<TornadoDevice> getAllDevices() {
    return List.of(device);
  }

  @Override
  public String getName() {
    return "JVM";
  }

  @Override
  public TornadoVMBackendType getBackendType() {
    return TornadoVMBackendType.JAVA;
  }

  private static void requireFirst(String what, int index) {
    if (index != 0) {
      throw new TornadoRuntimeException("there is no %s %d: there is one".formatted(what, index));
    }
  }
}
