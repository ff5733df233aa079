package uk.ac.manchester.tornado.runtime.library.spi;

import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/// Executes the tasks of a library on some devices. Found by [java.util.ServiceLoader].
public interface TornadoLibraryProvider {
  /// The name by which tasks ask for the library. Several providers of one name serve different
  /// devices.
  String libraryName();

  /// Whether this one serves the device.
  boolean canHandle(TornadoXPUDevice device);

  /// Makes what is kept for a device and a plan.
  LibraryContext createContext(TornadoXPUDevice device, long executionPlanId);

  /// Is called for every task before its graph runs, and before launches are captured: what
  /// allocates belongs here.
  default void prepare(LibraryTaskDescriptor descriptor, LibraryContext context) {}

  /// Enqueues a function.
  void dispatch(String functionName, LibraryInvocation invocation);

  /// Gives back what [#createContext] has made.
  void destroyContext(LibraryContext context);
}
