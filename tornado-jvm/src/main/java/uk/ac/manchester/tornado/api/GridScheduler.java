package uk.ac.manchester.tornado.api;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The grids of a plan's tasks, by the tasks' full names `graph.task`.
public final class GridScheduler {
  private final Map<String, WorkerGrid> grids = new ConcurrentHashMap<>();

  /// A scheduler without grids.
  public GridScheduler() {}

  /// A scheduler of one grid.
  public GridScheduler(String taskName, WorkerGrid workerGrid) {
    addWorkerGrid(taskName, workerGrid);
  }

  /// Sets the grid of the task `graph.task`.
  public void addWorkerGrid(String taskName, WorkerGrid workerGrid) {
    grids.put(taskName, workerGrid);
  }

  /// The grid of the task `graph.task`, or null.
  public WorkerGrid get(String taskName) {
    return grids.get(taskName);
  }

  /// Whether the graph's task has a grid.
  public boolean contains(String taskScheduleName, String taskName) {
    return grids.containsKey(taskScheduleName + "." + taskName);
  }

  /// The names of all tasks that have a grid.
  public Set<String> keySet() {
    return grids.keySet();
  }
}
