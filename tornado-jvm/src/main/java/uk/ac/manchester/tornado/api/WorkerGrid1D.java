package uk.ac.manchester.tornado.api;

/// A grid of work-items in a row.
public final class WorkerGrid1D extends AbstractWorkerGrid {
  /// A grid of the given number of work-items; the device chooses the groups until
  /// [#setLocalWork] is called.
  public WorkerGrid1D(int x) {
    super(x, 1, 1);
  }

  @Override
  public int dimension() {
    return 1;
  }
}
