package uk.ac.manchester.tornado.runtime.library.spi;

import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;

/// One call of a library's function.
public final class LibraryInvocation {
  private final Object[] javaArgs;
  private final long[] devicePointers;
  private final boolean[] isReference;
  private final TornadoXPUDevice device;
  private final long executionPlanId;
  private final LibraryContext context;
  private final Object tuning;

  /// @param devicePointers where the elements of arrays begin on the device
  /// @param isReference which arguments are arrays
  public LibraryInvocation(
      Object[] javaArgs,
      long[] devicePointers,
      boolean[] isReference,
      TornadoXPUDevice device,
      long executionPlanId,
      LibraryContext context,
      Object tuning) {
    this.javaArgs = javaArgs;
    this.devicePointers = devicePointers;
    this.isReference = isReference;
    this.device = device;
    this.executionPlanId = executionPlanId;
    this.context = context;
    this.tuning = tuning;
  }

  /// The number of arguments.
  public int getNumArgs() {
    return javaArgs.length;
  }

  /// An argument: the number, or the host's array.
  public Object getArg(int index) {
    return javaArgs[index];
  }

  /// Where an array's elements begin on the device; here the address of its copy.
  public long getDevicePointer(int index) {
    return devicePointers[index];
  }

  /// Whether an argument is an array.
  public boolean isReference(int index) {
    return isReference[index];
  }

  /// The device.
  public TornadoXPUDevice getDevice() {
    return device;
  }

  /// The plan.
  public long getExecutionPlanId() {
    return executionPlanId;
  }

  /// What the provider keeps.
  public LibraryContext getContext() {
    return context;
  }

  /// What the task's descriptor has for the provider, or null.
  public Object getTuning() {
    return tuning;
  }
}
