package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/// The backends that there are.
public interface TornadoRuntime {
  /// Number of backends.
  int getNumBackends();

  /// The backend of the given index.
  TornadoBackend getBackend(int index);

  /// What the backend of the given index generates code for.
  TornadoVMBackendType getBackendType(int index);

  /// The device of plans that choose none.
  TornadoDevice getDefaultDevice();
}
