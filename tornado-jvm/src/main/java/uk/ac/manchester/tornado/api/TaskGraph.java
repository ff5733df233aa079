package uk.ac.manchester.tornado.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// Tasks that run one after the other on a device, and the transfers of their arrays. Every
/// array has a copy on the device: kernels see the copy alone, and the program sees what is
/// transferred back.
public non-sealed class TaskGraph extends TaskOverloads {
  private static final int MAX_TASKS = 256;

  /// What is behind this.
  protected TornadoTaskGraphInterface taskGraphImpl;

  private final String name;
  private final List<GraphTask> tasks = new ArrayList<>();
  private final List<Transfer> toDevice = new ArrayList<>();
  private final List<Transfer> toHost = new ArrayList<>();
  private final List<Consumed> consumed = new ArrayList<>();

  /// A transfer of an array, at the times that a [DataTransferMode] says.
  record Transfer(int mode, TornadoNativeArray array) {}

  /// An array whose device copy is the one of another graph.
  record Consumed(String graph, TornadoNativeArray array) {}

  /// A graph without tasks.
  public TaskGraph(String name) {
    this.name = name;
    this.taskGraphImpl = consumer -> tasks.forEach(consumer);
  }

  /// The graph's name.
  public String getTaskGraphName() {
    return name;
  }

  @Override
  TaskGraph add(String id, Kernel kernel, Object... arguments) {
    if (tasks.stream().anyMatch(task -> task.id().equals(id))) {
      throw new TornadoTaskRuntimeException("graph %s has a task %s already".formatted(name, id));
    }
    if (tasks.size() == MAX_TASKS) {
      throw new TornadoTaskRuntimeException(
          "task %s.%s is one too many: a graph has at most %d tasks; make several graphs"
              .formatted(name, id, MAX_TASKS));
    }
    tasks.add(new GraphTask(name, id, kernel, List.of(arguments)));
    return this;
  }

  /// Copies arrays to the device: `FIRST_EXECUTION` once, `EVERY_EXECUTION` before every run.
  /// `UNDER_DEMAND` only makes room for them.
  public TaskGraph transferToDevice(int mode, Object... objects) {
    declare(toDevice, mode, objects);
    return this;
  }

  /// Copies arrays back after every run, or with `UNDER_DEMAND` when
  /// [TornadoExecutionResult#transferToHost] asks for them.
  public TaskGraph transferToHost(int mode, Object... objects) {
    declare(toHost, mode, objects);
    return this;
  }

  /// Leaves arrays on the device, for graphs of the same plan that run after this one.
  public TaskGraph persistOnDevice(Object... objects) {
    return transferToHost(DataTransferMode.UNDER_DEMAND, objects);
  }

  /// Takes arrays as the graph that runs before this one has left them on the device.
  public TaskGraph consumeFromDevice(Object... objects) {
    return consumeFromDevice(name, objects);
  }

  /// Takes arrays as the named graph has left them on the device. That graph must be the one
  /// that runs before this one; an array that is older must be consumed and persisted by it.
  public TaskGraph consumeFromDevice(String uniqueTaskGraphName, Object... objects) {
    for (Object object : objects) {
      consumed.add(new Consumed(uniqueTaskGraphName, array(object)));
    }
    return this;
  }

  /// The graph as it is now, ready to run. Every array that a task works on must have been
  /// declared by one of the transfers.
  public ImmutableTaskGraph snapshot() {
    Set<TornadoNativeArray> declared = Collections.newSetFromMap(new IdentityHashMap<>());
    toDevice.forEach(transfer -> declared.add(transfer.array()));
    toHost.forEach(transfer -> declared.add(transfer.array()));
    consumed.forEach(entry -> declared.add(entry.array()));
    tasks.forEach(task -> task.requireDeclared(declared));
    return new ImmutableTaskGraph(
        name,
        List.copyOf(tasks),
        List.copyOf(toDevice),
        List.copyOf(toHost),
        List.copyOf(consumed));
  }

  private void declare(List<Transfer> transfers, int mode, Object[] objects) {
    if (mode < DataTransferMode.FIRST_EXECUTION || mode > DataTransferMode.UNDER_DEMAND) {
      throw new TornadoRuntimeException(
          "graph %s: %d is no data transfer mode".formatted(name, mode));
    }
    for (Object object : objects) {
      transfers.add(new Transfer(mode, array(object)));
    }
  }

  private TornadoNativeArray array(Object object) {
    if (object instanceof TornadoNativeArray array) {
      return array;
    }
    throw new TornadoRuntimeException(
        "graph %s: only TornadoVM's arrays can be transferred, not %s"
            .formatted(name, object == null ? "null" : object.getClass().getName()));
  }
}
