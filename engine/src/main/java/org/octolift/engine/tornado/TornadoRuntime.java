package org.octolift.engine.tornado;

import java.util.Locale;
import java.util.Map;
import org.octolift.engine.InputException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// The implementation of TornadoVM's interface that this program was started with. What the
/// stand-in lacks is reached by reflection.
///
/// @param description for people
/// @param isCuda whether the device runs CUDA
/// @param memoryLimit bytes that may be taken on the device
record TornadoRuntime(String description, boolean isCuda, long memoryLimit) {
  private static final String PACKAGE = "uk.ac.manchester.tornado.api.";
  private static final String MEMORY = "tornado.device.memory";

  /// A kernel that does not compile must not run as Java instead; events beyond a few cost time;
  /// our graphs are long.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "tornado.recover.bailout", "false",
          "tornado.max.events", "64",
          "tornado.tvm.maxbytecodesize", "4194304");

  /// Whether TornadoVM's own classes are there, and not our stand-in's.
  static boolean isSdk() {
    return FloatArray.class.getModule().isNamed();
  }

  static TornadoRuntime ofStandIn() {
    return new TornadoRuntime("stand-in for TornadoVM, one thread", false, Long.MAX_VALUE);
  }

  static TornadoRuntime ofSdk() {
    if (!isSdk()) {
      throw new InputException(
          "no TornadoVM: a GPU needs its SDK, 5.2 or newer for JDK 25. Install it, set TORNADOVM_HOME"
              + " to its folder and start with ./octolift; `octolift devices` shows what is missing");
    }
    SETTINGS.forEach(
        (key, value) -> {
          if (System.getProperty(key) == null) {
            System.setProperty(key, value);
          }
        });
    if (Boolean.parseBoolean(System.getProperty("tornado.recover.bailout"))) {
      throw new InputException(
          "tornado.recover.bailout is true: kernels that fail would run as Java; leave it away");
    }
    try {
      Object runtime =
          call(
              Class.forName(PACKAGE + "runtime.TornadoRuntimeProvider"), null, "getTornadoRuntime");
      Object device = call(Class.forName(PACKAGE + "TornadoRuntime"), runtime, "getDefaultDevice");
      Class<?> type = Class.forName(PACKAGE + "common.TornadoDevice");
      String backend = call(type, device, "getTornadoVMBackend").toString();
      Object physical = call(type, device, "getPhysicalDevice");
      Object name = call(Class.forName(PACKAGE + "TornadoTargetDevice"), physical, "getDeviceName");
      return new TornadoRuntime(
          "%s by TornadoVM, %s".formatted(name, backend),
          backend.toUpperCase(Locale.ROOT).equals("CUDA"),
          memoryFlag());
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw new InputException(
          "TornadoVM finds no device; `octolift devices` shows what it sees. A GPU needs its driver,"
              + " and the SDK in TORNADOVM_HOME the backend for it",
          e);
    }
  }

  private static Object call(Class<?> type, Object target, String method)
      throws ReflectiveOperationException {
    return type.getMethod(method).invoke(target);
  }

  /// As TornadoVM reads its flag: a number and MB or GB; 4 GB without.
  private static long memoryFlag() {
    String value = System.getProperty(MEMORY, "4GB").toUpperCase(Locale.ROOT);
    long unit = value.endsWith("MB") ? 1L << 20 : 1L << 30;
    return Long.parseLong(value.replaceAll("[^0-9]", "")) * unit;
  }
}
