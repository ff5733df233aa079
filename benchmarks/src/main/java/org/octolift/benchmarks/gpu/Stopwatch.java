package org.octolift.benchmarks.gpu;

import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.FIRST_EXECUTION;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.UNDER_DEMAND;

import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Times graphs of tasks. A last task writes an int that is
/// copied back, so that an execution ends when the device is done; its own time is measured first
/// and subtracted.
final class Stopwatch {
  private static final int RUNS = 15;

  private final IntArray ticket = new IntArray(16);
  private final boolean graphs;
  private final double launch;

  /// @param graphs whether to launch by CUDA graphs
  Stopwatch(boolean graphs) {
    this.graphs = graphs;
    launch = median(graph -> graph, Map.of(), new Object[0], new Object[0]);
  }

  /// Milliseconds of an execution without tasks, but for the last one.
  double launch() {
    return launch;
  }

  /// A grid of groups along three dimensions, each of `threads` work-items.
  static WorkerGrid groups(int threads, int x, int y, int z) {
    WorkerGrid grid =
        y == 1 && z == 1 ? new WorkerGrid1D(threads * x) : new WorkerGrid3D(threads * x, y, z);
    grid.setLocalWork(threads, 1, 1);
    return grid;
  }

  /// A grid for a loop of `size` steps, as the engine launches those.
  static WorkerGrid loop(int size) {
    return groups(256, Math.ceilDiv(size, 256), 1, 1);
  }

  /// The last task.
  static void stamp(IntArray ticket) {
    for (@Parallel int i = 0; i < 16; i++) {
      ticket.set(i, i);
    }
  }

  /// Milliseconds of the tasks: the median of some executions, after which the results are on the
  /// host.
  ///
  /// @param grids of the tasks, by name
  /// @param inputs go to the device once
  /// @param results come back once, at the end
  double time(
      UnaryOperator<TaskGraph> tasks,
      Map<String, WorkerGrid> grids,
      Object[] inputs,
      Object... results) {
    return median(tasks, grids, inputs, results) - launch;
  }

  private double median(
      UnaryOperator<TaskGraph> tasks,
      Map<String, WorkerGrid> grids,
      Object[] inputs,
      Object[] results) {
    TaskGraph graph = new TaskGraph("g").transferToDevice(FIRST_EXECUTION, ticket);
    if (inputs.length > 0) {
      graph.transferToDevice(FIRST_EXECUTION, inputs);
    }
    if (results.length > 0) {
      graph.transferToDevice(FIRST_EXECUTION, results);
    }
    tasks.apply(graph).task("stamp", Stopwatch::stamp, ticket);
    graph.transferToHost(EVERY_EXECUTION, ticket);
    if (results.length > 0) {
      graph.transferToHost(UNDER_DEMAND, results);
    }
    GridScheduler scheduler = new GridScheduler();
    grids.forEach((task, grid) -> scheduler.addWorkerGrid("g." + task, grid));
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      if (!grids.isEmpty()) {
        plan.withGridScheduler(scheduler);
      }
      if (graphs) {
        plan.withCUDAGraph();
      }
      for (int warm = 0; warm < 3; warm++) {
        plan.execute();
      }
      double[] times = new double[RUNS];
      TornadoExecutionResult result = null;
      for (int run = 0; run < RUNS; run++) {
        long start = System.nanoTime();
        result = plan.execute();
        times[run] = (System.nanoTime() - start) * 1e-6;
      }
      if (results.length > 0) {
        result.transferToHost(results);
      }
      plan.freeDeviceMemory();
      Arrays.sort(times);
      return times[RUNS / 2];
    } catch (TornadoExecutionPlanException exception) {
      throw new IllegalStateException("the plan could not be closed", exception);
    }
  }
}
