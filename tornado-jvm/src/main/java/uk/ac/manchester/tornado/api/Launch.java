package uk.ac.manchester.tornado.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;

/// One launch of a kernel: every work-item of every group, one at a time and always in the same
/// order. A work-item runs until it returns or waits at a barrier, then the next one has its turn;
/// a group whose items have all returned is followed by the next group. So results, float atomics
/// included, are the same in every run.
///
/// Nothing says that a GPU keeps to an order. With the property [#REVERSED] groups and work-items
/// have their turns in the reverse one: two work-items that touch the same place with no barrier
/// between them then do so the other way round, so a kernel that lacks a barrier, or whose groups
/// depend on each other, is likely to show it in one of the two orders.
///
/// A waiting work-item needs a stack of its own, hence threads ("fibers"), of which one runs and
/// the others are parked. Without barriers one fiber runs the whole grid.
final class Launch {
  /// The system property that reverses the order, `true` or `false`; read at each launch.
  static final String REVERSED = "octolift.reversedOrder";

  private final GraphTask task;
  private final Object[] arguments;
  private final Grid grid;
  private final int groups;
  private final boolean reversed = Boolean.getBoolean(REVERSED);

  private final List<Fiber> fibers = new ArrayList<>();
  private final Deque<Fiber> idle = new ArrayDeque<>();
  private final Semaphore end = new Semaphore(0);
  private WorkGroup group;
  private int over;
  private boolean stopped;
  private Throwable failure;

  /// Launches the task on the arguments, whose [KernelContext] stands for those of the items.
  Launch(GraphTask task, Object[] arguments, Grid grid) {
    this.task = task;
    this.arguments = arguments;
    this.grid = grid;
    this.groups = grid.groups();
    this.group = group(0);
  }

  /// The group that has its turn after {@code before} others.
  private WorkGroup group(int before) {
    int number = reversed ? groups - 1 - before : before;
    return new WorkGroup(this, task.getId(), grid, number, reversed);
  }

  /// Runs the grid and returns when all work-items have.
  void run() {
    start(group.next());
    end.acquireUninterruptibly();
    switch (failure) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException exception -> throw exception;
      default -> throw new AssertionError(failure);
    }
  }

  /// Called by a work-item on its own fiber: lets the others run until the barrier opens.
  void await(WorkItem item, WorkGroup.Barrier barrier) {
    item.waitAt(barrier);
    WorkItem next = nextOfGroup();
    if (next != item) {
      if (next.fiber != null) {
        next.fiber.turn.release();
      } else {
        start(next);
      }
      item.fiber.park();
    }
  }

  /// The next work-item of the group; null when all have returned.
  private WorkItem nextOfGroup() {
    WorkItem next = group.next();
    if (next == null && !group.isOver()) {
      group.openBarrier();
      next = group.next();
    }
    return next;
  }

  /// The next work-item of the launch; null at its end.
  private WorkItem nextOfGrid() {
    WorkItem next = nextOfGroup();
    if (next == null && over + 1 < groups) {
      over++;
      group = group(over);
      next = group.next();
    }
    return next;
  }

  private void start(WorkItem item) {
    Fiber fiber = idle.poll();
    if (fiber != null) {
      fiber.item = item;
      fiber.turn.release();
    } else {
      fiber = new Fiber(item);
      fibers.add(fiber);
      Thread.ofVirtual().name(task.getId()).start(fiber);
    }
  }

  private void stop(Throwable cause) {
    failure = cause;
    stopped = true;
    fibers.forEach(fiber -> fiber.turn.release());
    end.release();
  }

  private void runItem(WorkItem item) {
    Object[] own = arguments.clone();
    for (int i = 0; i < own.length; i++) {
      if (own[i] instanceof KernelContext) {
        own[i] = item.context();
      }
    }
    try {
      task.kernel().run(own);
    } catch (TornadoTaskRuntimeException divergent) {
      throw divergent;
    } catch (RuntimeException exception) {
      throw task.failed(" in " + item, exception);
    }
    group.returned();
  }

  /// Unwinds the stack of a work-item that waits while the launch has ended.
  private static final class Stopped extends Error {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super(null, null, false, false);
    }
  }

  /// A thread for work-items. What it touches of the launch is guarded by having the turn.
  final class Fiber implements Runnable {
    private final Semaphore turn = new Semaphore(0);
    private WorkItem item;

    Fiber(WorkItem item) {
      this.item = item;
    }

    @Override
    public void run() {
      try {
        while (item != null) {
          item.fiber = this;
          runItem(item);
          WorkItem next = nextOfGrid();
          if (next == null) {
            stop(null);
            return;
          }
          item = next;
          if (next.fiber != null) {
            idle.push(this);
            item = null;
            next.fiber.turn.release();
            park();
          }
        }
      } catch (Stopped _) {
        // The launch has ended, and with it this fiber.
      } catch (RuntimeException | Error cause) {
        stop(cause);
      }
    }

    private void park() {
      turn.acquireUninterruptibly();
      if (stopped) {
        throw new Stopped();
      }
    }
  }
}
