package uk.ac.manchester.tornado.api.runtime;

import uk.ac.manchester.tornado.api.TornadoRuntime;

/// Where the runtime is found.
public class TornadoRuntimeProvider {
  private static final TornadoRuntime RUNTIME = new JvmRuntime();

  /// The runtime; here it has one backend, with this JVM as its device.
  public static TornadoRuntime getTornadoRuntime() {
    return RUNTIME;
  }
}
