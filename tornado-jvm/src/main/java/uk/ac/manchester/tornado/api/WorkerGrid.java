package uk.ac.manchester.tornado.api;

/// The work-items of a launch: how many in each of three dimensions, and how many a group.
public interface WorkerGrid {
  /// Number of dimensions used, 1 to 3.
  int dimension();

  /// Work-items in each of the three dimensions.
  long[] getGlobalWork();

  /// Work-items of a group in each of the three dimensions, or null: the device chooses.
  long[] getLocalWork();

  /// Groups in each of the three dimensions, or null while the local work is not set.
  long[] getNumberOfWorkgroups();

  /// Sets the number of work-items in each dimension.
  void setGlobalWork(long x, long y, long z);

  /// Sets the number of work-items of a group in each dimension.
  void setLocalWork(long x, long y, long z);

  /// Leaves the size of a group to the device.
  void setLocalWorkToNull();
}
