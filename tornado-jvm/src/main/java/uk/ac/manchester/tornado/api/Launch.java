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
/// A waiting work-item needs a stack of its own, hence threads ("fibers"), of which one runs and
/// the others are parked. Without barriers one fiber runs the whole grid.
final class Launch {
  private final GraphTask task;
  private final Object[] arguments;
  private final Grid grid;
  private final int groups;

  private final List<Fiber> fibers = new ArrayList<>();
  private final Deque<Fiber> idle = new ArrayDeque<>();
  private final Semaphore over = new Semaphore(0);
  private WorkGroup group;
  private boolean stopped;
  private Throwable failure;

  /// Launches the task on the arguments, whose [KernelContext] stands for those of the items.
  Launch(GraphTask task, Object[] arguments, Grid grid) {
    this.task = task;
    this.arguments = arguments;
    this.grid = grid;
    this.groups = grid.groups();
    this.group = new WorkGroup(this, task.fullName(), grid, 0);
  }

  /// Runs the grid and returns when all work-items have.
  void run() {
    start(group.next());
    over.acquireUninterruptibly();
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
    if (next == null && group.number() + 1 < groups) {
      group = new WorkGroup(this, task.fullName(), grid, group.number() + 1);
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
      Thread.ofVirtual().name(task.fullName()).start(fiber);
    }
  }

  private void stop(Throwable cause) {
    failure = cause;
    stopped = true;
    fibers.forEach(fiber -> fiber.turn.release());
    over.release();
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
