package uk.ac.manchester.tornado.api;

/// A grid of work-items in a plane.
public final class WorkerGrid2D extends AbstractWorkerGrid {
  /// A grid of the given number of work-items; the device chooses the groups until
  /// [#setLocalWork] is called.
  public WorkerGrid2D(int x, int y) {
    super(x, y, 1);
  }

  @Override
  public int dimension() {
    return 2;
  }
}
