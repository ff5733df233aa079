package uk.ac.manchester.tornado.api;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// A graph in a plan, with its arrays on the device.
final class DeviceGraph {
  private final ImmutableTaskGraph graph;
  private final IdentityHashMap<TornadoNativeArray, TornadoNativeArray> copies =
      new IdentityHashMap<>();
  private final Map<String, Grid> frozenGrids = new HashMap<>();
  private boolean gridsFreeze;

  DeviceGraph(ImmutableTaskGraph graph) {
    this.graph = graph;
  }

  String name() {
    return graph.name();
  }

  Stream<String> taskNames() {
    return graph.tasks().stream().map(GraphTask::getId);
  }

  boolean hasTask(String fullName) {
    return taskNames().anyMatch(fullName::equals);
  }

  void freezeGrids() {
    gridsFreeze = true;
  }

  void free() {
    copies.clear();
    frozenGrids.clear();
  }

  long bytes() {
    return copies.values().stream()
        .mapToLong(TornadoNativeArray::getNumBytesOfSegmentWithHeader)
        .sum();
  }

  /// Transfers, runs all tasks, and transfers back. `last` is the graph that ran before in the
  /// plan, or null.
  void execute(GridScheduler grids, DeviceGraph last) {
    consume(last);
    graph.toDevice().forEach(this::transferToDevice);
    graph.toHost().forEach(transfer -> allocated(transfer.array()));
    graph.tasks().forEach(task -> run(task, grids));
    for (TaskGraph.Transfer transfer : graph.toHost()) {
      if (transfer.mode() != DataTransferMode.UNDER_DEMAND && isArgument(transfer.array())) {
        transferToHost(transfer.array());
      }
    }
  }

  /// Copies the array to the host; false if it is not on the device.
  boolean transferToHost(Object array) {
    if (array instanceof TornadoNativeArray host && copies.containsKey(host)) {
      host.getSegment().copyFrom(copies.get(host).getSegment());
      return true;
    }
    return false;
  }

  /// Takes the memory of another graph's array for one of this graph.
  void map(Object array, Object source, DeviceGraph graph) {
    TornadoNativeArray memory = graph.copies.get(source);
    if (memory == null) {
      throw new TornadoRuntimeException("graph %s has no such array yet".formatted(graph.name()));
    }
    copies.put((TornadoNativeArray) array, memory);
  }

  private void transferToDevice(TaskGraph.Transfer transfer) {
    TornadoNativeArray host = transfer.array();
    boolean first = !copies.containsKey(host);
    MemorySegment copy = allocated(host).getSegment();
    boolean due =
        switch (transfer.mode()) {
          case DataTransferMode.EVERY_EXECUTION -> true;
          case DataTransferMode.FIRST_EXECUTION -> first;
          default -> false;
        };
    if (due && !isConsumed(host)) {
      copy.copyFrom(host.getSegment());
    }
  }

  private TornadoNativeArray allocated(TornadoNativeArray host) {
    return copies.computeIfAbsent(host, DeviceMemory::allocateLike);
  }

  /// As in TornadoVM: arrays come from the graph that ran last, those that were declared to be
  /// of that graph, or all if none was; the others stay as this graph holds them.
  private void consume(DeviceGraph last) {
    if (last != null && last != this) {
      List<TaskGraph.Consumed> named =
          graph.consumed().stream().filter(entry -> entry.graph().equals(last.name())).toList();
      for (TaskGraph.Consumed entry : named.isEmpty() ? graph.consumed() : named) {
        if (last.leaves(entry.array())) {
          copies.put(entry.array(), last.copies.get(entry.array()));
        } else {
          throw notLeft(entry, "graph " + last.name() + ", which ran last, has not persisted it");
        }
      }
    }
    for (TaskGraph.Consumed entry : graph.consumed()) {
      if (!copies.containsKey(entry.array())) {
        throw last == null
            ? notLeft(entry, "no graph of the plan has run before; use withGraph(…).execute()")
            : notLeft(entry, "graph " + last.name() + ", which ran last, has to pass it on");
      }
    }
  }

  private TornadoRuntimeException notLeft(TaskGraph.Consumed entry, String why) {
    return new TornadoRuntimeException(
        "graph %s consumes array %d (%s of %d elements), but %s"
            .formatted(
                name(),
                graph.consumed().indexOf(entry),
                entry.array().getClass().getSimpleName(),
                entry.array().getSize(),
                why));
  }

  private boolean leaves(TornadoNativeArray array) {
    boolean persisted =
        graph.toHost().stream()
            .anyMatch(
                transfer ->
                    transfer.array() == array && transfer.mode() == DataTransferMode.UNDER_DEMAND);
    return copies.containsKey(array) && (persisted || isConsumed(array));
  }

  private boolean isConsumed(TornadoNativeArray array) {
    return graph.consumed().stream().anyMatch(entry -> entry.array() == array);
  }

  private boolean isArgument(TornadoNativeArray array) {
    return graph.tasks().stream()
        .flatMap(task -> task.arguments().stream())
        .anyMatch(argument -> argument == array);
  }

  private void run(GraphTask task, GridScheduler grids) {
    Object[] arguments = task.arguments().toArray();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof TornadoNativeArray array) {
        arguments[i] = copies.get(array);
      }
    }
    if (task.usesContext()) {
      new Launch(task, arguments, grid(task, grids)).run();
      return;
    }
    try {
      task.kernel().run(arguments);
    } catch (RuntimeException failure) {
      throw task.failed("", failure);
    }
  }

  private Grid grid(GraphTask task, GridScheduler grids) {
    Grid frozen = frozenGrids.get(task.id());
    if (frozen != null) {
      return frozen;
    }
    WorkerGrid worker = grids.get(task.getId());
    if (worker == null) {
      throw new TornadoTaskRuntimeException(
          "task %s uses a KernelContext and has no grid; grids are registered for %s"
              .formatted(task.getId(), grids.keySet()));
    }
    Grid grid = Grid.of(task.getId(), worker);
    if (gridsFreeze) {
      frozenGrids.put(task.id(), grid);
    }
    return grid;
  }
}
