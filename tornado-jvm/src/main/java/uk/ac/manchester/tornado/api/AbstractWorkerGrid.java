package uk.ac.manchester.tornado.api;

/// A grid of up to three dimensions; the unused ones have one work-item.
public abstract class AbstractWorkerGrid implements WorkerGrid {
  private long[] globalWork;
  private long[] localWork;
  private long[] groups;

  AbstractWorkerGrid(long x, long y, long z) {
    globalWork = new long[] {x, y, z};
  }

  @Override
  public long[] getGlobalWork() {
    return globalWork;
  }

  @Override
  public long[] getLocalWork() {
    return localWork;
  }

  @Override
  public long[] getNumberOfWorkgroups() {
    return groups;
  }

  @Override
  public void setGlobalWork(long x, long y, long z) {
    globalWork = new long[] {x, y, z};
  }

  /// {@inheritDoc}
  ///
  /// The number of groups is that of the global work set before.
  @Override
  public void setLocalWork(long x, long y, long z) {
    localWork = new long[] {x, y, z};
    groups = new long[] {globalWork[0] / x, globalWork[1] / y, globalWork[2] / z};
  }

  @Override
  public void setLocalWorkToNull() {
    localWork = null;
  }
}
