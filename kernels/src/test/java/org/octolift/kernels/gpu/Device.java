package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// Launches one kernel on the stand-in device, in both orders of work-items: where two touch the
/// same place with no barrier between them, the results differ.
final class Device {
  /// Read by the stand-in at each launch.
  private static final String REVERSED = "octolift.reversedOrder";

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

  /// Runs task `t` of the graph; all arrays go there and back, also those that it only writes,
  /// which TornadoVM does not copy to the device unless another task reads them. The plan is
  /// closed: a GPU has few streams.
  static void run(WorkerGrid grid, UnaryOperator<TaskGraph> task, Object... arrays) {
    TaskGraph graph = new TaskGraph("g").transferToDevice(EVERY_EXECUTION, arrays);
    for (int i = 0; i < arrays.length; i++) {
      keep(graph, "keep" + i, arrays[i]);
    }
    graph = task.apply(graph);
    graph.transferToHost(EVERY_EXECUTION, arrays);
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.withGridScheduler(new GridScheduler("g.t", grid));
      compareOrders(plan, arrays);
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException("the device's memory could not be given back", e);
    }
  }

  private static void keep(TaskGraph graph, String id, Object array) {
    switch (array) {
      case IntArray ints when ints.getSize() > 0 -> graph.task(id, Device::keepInt, ints);
      case LongArray longs when longs.getSize() > 0 -> graph.task(id, Device::keepLong, longs);
      case FloatArray floats when floats.getSize() > 0 -> graph.task(id, Device::keepFloat, floats);
      default -> {
        // Others are read by the kernels that have them.
      }
    }
  }

  private static void keepInt(IntArray array) {
    for (@Parallel int i = 0; i < 1; i++) {
      array.set(i, array.get(i));
    }
  }

  private static void keepLong(LongArray array) {
    for (@Parallel int i = 0; i < 1; i++) {
      array.set(i, array.get(i));
    }
  }

  private static void keepFloat(FloatArray array) {
    for (@Parallel int i = 0; i < 1; i++) {
      array.set(i, array.get(i));
    }
  }

  private static void compareOrders(TornadoExecutionPlan plan, Object... arrays) {
    byte[][] before = bytes(arrays);
    System.setProperty(REVERSED, "true");
    plan.execute();
    System.clearProperty(REVERSED);
    byte[][] reversed = bytes(arrays);
    for (int i = 0; i < arrays.length; i++) {
      segment(arrays[i]).copyFrom(MemorySegment.ofArray(before[i]));
    }
    plan.execute();
    byte[][] forward = bytes(arrays);
    for (int i = 0; i < arrays.length; i++) {
      assertThat(Arrays.mismatch(reversed[i], forward[i]))
          .as("first byte of array %d that depends on the order of work-items", i)
          .isEqualTo(-1);
    }
  }

  private static MemorySegment segment(Object array) {
    return ((TornadoNativeArray) array).getSegment();
  }

  private static byte[][] bytes(Object... arrays) {
    return Stream.of(arrays)
        .map(array -> segment(array).toArray(ValueLayout.JAVA_BYTE))
        .toArray(byte[][]::new);
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
