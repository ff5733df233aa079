package uk.ac.manchester.tornado.api;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

/// Graphs that run on one device and its memory. A plan runs all its graphs one after the other,
/// or those that [#withGraph] has selected. Not safe for use by several threads at once.
public final class TornadoExecutionPlan implements AutoCloseable {
  private static final AtomicLong PLANS = new AtomicLong();

  private final long id = PLANS.incrementAndGet();
  private final List<DeviceGraph> graphs;
  private List<DeviceGraph> selected;
  private GridScheduler grids = new GridScheduler();
  private DeviceGraph last;

  /// A plan of the given graphs; all are selected.
  public TornadoExecutionPlan(ImmutableTaskGraph... immutableTaskGraphs) {
    graphs = Stream.of(immutableTaskGraphs).map(DeviceGraph::new).toList();
    selected = graphs;
  }

  /// The plan's number.
  public long getId() {
    return id;
  }

  /// Runs the selected graphs. To graphs that consume arrays, all graphs of one call follow the
  /// call before: run them one by one, selected by [#withGraph].
  public TornadoExecutionResult execute() {
    for (DeviceGraph graph : selected) {
      graph.execute(grids, last);
    }
    last = selected.getLast();
    return new TornadoExecutionResult(this);
  }

  /// Selects the graph of the given index.
  public TornadoExecutionPlan withGraph(int graphIndex) {
    if (graphIndex < 0 || graphIndex >= graphs.size()) {
      throw new TornadoRuntimeException(
          "there is no graph %d in a plan of %d graphs".formatted(graphIndex, graphs.size()));
    }
    selected = List.of(graphs.get(graphIndex));
    return this;
  }

  /// Selects all graphs.
  public TornadoExecutionPlan withAllGraphs() {
    selected = graphs;
    return this;
  }

  /// Sets the grids of the tasks. One grid at least must belong to a task of the plan, and a name
  /// that begins with one of its graphs must go on with a task of that graph.
  public TornadoExecutionPlan withGridScheduler(GridScheduler gridScheduler) {
    boolean registered = false;
    for (String taskName : gridScheduler.keySet()) {
      boolean known = graphs.stream().anyMatch(graph -> graph.hasTask(taskName));
      if (!known && graphs.stream().anyMatch(graph -> taskName.startsWith(graph.name() + "."))) {
        throw new TornadoRuntimeException(
            "the grid %s belongs to no task of the graph: %s".formatted(taskName, taskNames()));
      }
      registered |= known;
    }
    if (!registered) {
      throw new TornadoRuntimeException(
          "the grids %s belong to no task of the plan; its tasks are %s"
              .formatted(gridScheduler.keySet(), taskNames()));
    }
    grids = gridScheduler;
    return this;
  }

  /// Runs the selected graphs as CUDA graphs: each task keeps the grid of its first launch.
  public TornadoExecutionPlan withCUDAGraph() {
    selected.forEach(DeviceGraph::freezeGrids);
    return this;
  }

  /// Compiles the kernels before the first execution; here they are compiled already.
  public TornadoExecutionPlan withPreCompilation() {
    return this;
  }

  /// Runs the selected graphs a number of times, transfers included.
  public TornadoExecutionPlan withWarmUpIterations(int iterations) {
    if (iterations < 0) {
      throw new TornadoRuntimeException("iterations must not be negative, are " + iterations);
    }
    for (int i = 0; i < iterations; i++) {
      for (DeviceGraph graph : selected) {
        graph.execute(grids, last);
        last = graph;
      }
    }
    return this;
  }

  /// Lets an array of one graph have the memory of an array of another graph, which has run;
  /// selects all graphs. Here only whole arrays, with offset 0.
  ///
  /// @param destTornadoArray an array of graph {@code toGraphIndex}
  /// @param srcTornadoArray an array of graph {@code fromGraphIndex}
  public void mapOnDeviceMemoryRegion(
      Object destTornadoArray,
      Object srcTornadoArray,
      long offset,
      int fromGraphIndex,
      int toGraphIndex) {
    if (offset != 0) {
      throw new TornadoRuntimeException("offset must be 0 here, is " + offset);
    }
    withAllGraphs();
    graphs.get(toGraphIndex).map(destTornadoArray, srcTornadoArray, graphs.get(fromGraphIndex));
  }

  /// Forgets the selected graphs' arrays on the device: the next execution is a first one.
  public TornadoExecutionPlan freeDeviceMemory() {
    selected.forEach(DeviceGraph::free);
    return this;
  }

  /// Size in bytes of the selected graphs' arrays on the device.
  public long getCurrentDeviceMemoryUsage() {
    return selected.stream().mapToLong(DeviceGraph::bytes).sum();
  }

  /// Frees the memory of all graphs.
  @Override
  public void close() throws TornadoExecutionPlanException {
    graphs.forEach(DeviceGraph::free);
  }

  void transferToHost(Object array) {
    boolean found = false;
    for (DeviceGraph graph : selected) {
      found |= graph.transferToHost(array);
    }
    if (!found) {
      throw new TornadoRuntimeException(
          "transferToHost: graph %s has no copy of this %s on the device"
              .formatted(
                  selected.getLast().name(),
                  array == null ? "null" : array.getClass().getSimpleName()));
    }
  }

  private List<String> taskNames() {
    return graphs.stream().flatMap(DeviceGraph::taskNames).toList();
  }
}
