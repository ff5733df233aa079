package uk.ac.manchester.tornado.api;

/// A grid of work-items in space.
public final class WorkerGrid3D extends AbstractWorkerGrid {
  /// A grid of the given number of work-items; the device chooses the groups until
  /// [#setLocalWork] is called.
  public WorkerGrid3D(int x, int y, int z) {
    super(x, y, z);
  }

  @Override
  public int dimension() {
    return 3;
  }
}
