package org.octolift.kernels.gpu;

import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;

import java.util.Random;
import java.util.function.UnaryOperator;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Launches one kernel on the stand-in device.
final class Device {
  private Device() {}

  /// A grid of groups along three dimensions, each of `threads` work-items.
  static WorkerGrid groups(int threads, int x, int y, int z) {
    WorkerGrid grid = new WorkerGrid3D(threads * x, y, z);
    grid.setLocalWork(threads, 1, 1);
    return grid;
  }

  /// A grid of groups along one dimension.
  static WorkerGrid groups(int threads, int x) {
    WorkerGrid grid = new WorkerGrid1D(threads * x);
    grid.setLocalWork(threads, 1, 1);
    return grid;
  }

  /// Runs task `t` of the graph; all arrays go there and back.
  static void run(WorkerGrid grid, UnaryOperator<TaskGraph> task, Object... arrays) {
    TaskGraph graph = task.apply(new TaskGraph("g").transferToDevice(EVERY_EXECUTION, arrays));
    graph.transferToHost(EVERY_EXECUTION, arrays);
    new TornadoExecutionPlan(graph.snapshot())
        .withGridScheduler(new GridScheduler("g.t", grid))
        .execute();
  }

  /// Numbers in -1..1.
  static FloatArray random(int size, long seed) {
    Random random = new Random(seed);
    FloatArray array = new FloatArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, 2 * random.nextFloat() - 1);
    }
    return array;
  }

  /// A count at slot 1.
  static IntArray counts(int count) {
    IntArray counts = new IntArray(2);
    counts.set(0, -7);
    counts.set(1, count);
    return counts;
  }
}
