package uk.ac.manchester.tornado.api;

import java.util.function.IntFunction;

/// A work-item of a group: where it waits, what it shares.
final class WorkItem {
  private final WorkGroup group;
  private final int index;
  private AsyncCopies copies;
  private final Object[] published = new Object[2];
  private int exchanges;
  private int localArrays;
  private WorkGroup.Barrier barrier;

  /// The fiber that runs the item; null before its start.
  Launch.Fiber fiber;

  WorkItem(WorkGroup group, int index) {
    this.group = group;
    this.index = index;
  }

  /// The item's number in its group, x fastest.
  int index() {
    return index;
  }

  int localX() {
    return index % grid().localX();
  }

  int localY() {
    return index / grid().localX() % grid().localY();
  }

  int localZ() {
    return index / grid().localX() / grid().localY();
  }

  WorkGroup group() {
    return group;
  }

  Grid grid() {
    return group.grid();
  }

  AsyncCopies copies() {
    if (copies == null) {
      copies = new AsyncCopies();
    }
    return copies;
  }

  KernelContext context() {
    return new KernelContext(this);
  }

  void waitAt(WorkGroup.Barrier next) {
    barrier = next;
  }

  WorkGroup.Barrier waitsAt() {
    return barrier;
  }

  void await(WorkGroup.Barrier next) {
    group.await(this, next);
  }

  <T> T localArray(Class<T> type, int size, IntFunction<T> fresh) {
    return group.localArray(localArrays++, type, size, fresh);
  }

  int lane() {
    return index % WorkGroup.WARP;
  }

  /// Shows a value to the warp, waits for the warp's other items to do so, and returns their
  /// values by lane. Two exchanges later the values are overwritten.
  Exchange exchange(Object value) {
    if (grid().localX() % WorkGroup.WARP != 0) {
      throw new IllegalStateException(
          "a warp needs groups of a multiple of %d work-items in x, has %d"
              .formatted(WorkGroup.WARP, grid().localX()));
    }
    int slot = exchanges++ % published.length;
    published[slot] = value;
    await(WorkGroup.Barrier.WARP);
    return lane -> group.lane(this, lane).published[slot];
  }

  /// The values that the work-items of a warp have shown.
  interface Exchange {
    Object of(int lane);
  }

  @Override
  public String toString() {
    return "work-item (%d, %d, %d) of group (%d, %d, %d)"
        .formatted(localX(), localY(), localZ(), group.x(), group.y(), group.z());
  }
}
