package uk.ac.manchester.tornado.api;

import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;

/// A group of work-items: its local memory, its barriers, its warps.
final class WorkGroup {
  /// Work-items that run in lockstep on NVIDIA GPUs.
  static final int WARP = 32;

  /// What work-items wait at; a warp's barrier opens for the warp alone.
  enum Barrier {
    LOCAL,
    GLOBAL,
    WARP
  }

  private final Launch launch;
  private final String task;
  private final Grid grid;
  private final int number;
  private final WorkItem[] items;
  private final Deque<WorkItem> runnable = new ArrayDeque<>();
  private final List<Object> localArrays = new ArrayList<>();
  private final boolean reversed;
  private int returned;

  /// @param reversed whether the last work-item has its turn first
  WorkGroup(Launch launch, String task, Grid grid, int number, boolean reversed) {
    this.launch = launch;
    this.task = task;
    this.grid = grid;
    this.number = number;
    this.reversed = reversed;
    this.items = new WorkItem[grid.groupSize()];
    for (int i = 0; i < items.length; i++) {
      items[i] = new WorkItem(this, i);
      queue(items[i]);
    }
  }

  String task() {
    return task;
  }

  Grid grid() {
    return grid;
  }

  int number() {
    return number;
  }

  int x() {
    return number % grid.groupsX();
  }

  int y() {
    return number / grid.groupsX() % grid.groupsY();
  }

  int z() {
    return number / grid.groupsX() / grid.groupsY();
  }

  /// Takes the next work-item that can run, or null if all wait or have returned.
  WorkItem next() {
    return runnable.poll();
  }

  void returned() {
    returned++;
  }

  boolean isOver() {
    return returned == items.length;
  }

  void await(WorkItem item, Barrier barrier) {
    launch.await(item, barrier);
  }

  /// The warp's work-item in the given lane.
  WorkItem lane(WorkItem item, int lane) {
    return items[item.index() / WARP * WARP + lane];
  }

  /// Lets those go on who wait at a barrier that all its work-items have reached.
  void openBarrier() {
    if (allWaitAt(Barrier.LOCAL, items) || allWaitAt(Barrier.GLOBAL, items)) {
      release(items);
    } else {
      for (int first = 0; first + WARP <= items.length; first += WARP) {
        WorkItem[] warp = Arrays.copyOfRange(items, first, first + WARP);
        if (allWaitAt(Barrier.WARP, warp)) {
          release(warp);
        }
      }
    }
    if (runnable.isEmpty()) {
      throw divergent();
    }
  }

  private static boolean allWaitAt(Barrier barrier, WorkItem[] items) {
    return Stream.of(items).allMatch(item -> item.waitsAt() == barrier);
  }

  private void release(WorkItem[] released) {
    for (WorkItem item : released) {
      item.waitAt(null);
      queue(item);
    }
  }

  /// Released work-items come in ascending order; all that were there before have had their turn.
  private void queue(WorkItem item) {
    if (reversed) {
      runnable.addFirst(item);
    } else {
      runnable.addLast(item);
    }
  }

  private TornadoTaskRuntimeException divergent() {
    String waiting =
        Stream.of(Barrier.values())
            .map(
                barrier -> {
                  int[] at =
                      IntStream.range(0, items.length)
                          .filter(i -> items[i].waitsAt() == barrier)
                          .toArray();
                  return at.length == 0
                      ? ""
                      : ", %d wait at a %s barrier (the first is %s)"
                          .formatted(
                              at.length, barrier.name().toLowerCase(Locale.ROOT), items[at[0]]);
                })
            .reduce("", String::concat);
    return new TornadoTaskRuntimeException(
        ("task %s: divergent barrier in group (%d, %d, %d): of %d work-items %d have returned%s;"
                + " all must reach the same barrier")
            .formatted(task, x(), y(), z(), items.length, returned, waiting));
  }

  /// The group's n-th local array: made by the first work-item that asks, the same for the rest.
  <T> T localArray(int n, Class<T> type, int size, IntFunction<T> fresh) {
    if (n == localArrays.size()) {
      localArrays.add(fresh.apply(size));
    }
    Object array = localArrays.get(n);
    if (!type.isInstance(array) || Array.getLength(array) != size) {
      throw new IllegalStateException(
          "local array %d is %s[%d] for one work-item and %s[%d] for another"
              .formatted(
                  n,
                  array.getClass().getComponentType().getSimpleName(),
                  Array.getLength(array),
                  type.getComponentType().getSimpleName(),
                  size));
    }
    return type.cast(array);
  }
}
