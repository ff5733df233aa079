package uk.ac.manchester.tornado.api;

/// A device as its driver describes it.
public interface TornadoTargetDevice {
  /// The model.
  String getDeviceName();

  /// Bytes of global memory.
  long getDeviceGlobalMemorySize();

  /// Bytes of local memory of a group.
  long getDeviceLocalMemorySize();

  /// Largest number of bytes of one array.
  long getDeviceMaxAllocationSize();

  /// Cores or multiprocessors.
  int getDeviceMaxComputeUnits();

  /// Largest extents of a group.
  long[] getDeviceMaxWorkItemSizes();

  /// Largest number of work-items of a group: one number.
  long[] getDeviceMaxWorkGroupSize();
}
