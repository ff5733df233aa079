package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.FIRST_EXECUTION;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// How graphs are built and run: many tasks, many arguments, names, grids, failures.
class TaskGraphTest {
  private static void scaleAndAdd(IntArray array, int scale, int value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, array.get(i) * scale + value);
    }
  }

  private static void countItems(KernelContext context, IntArray counts) {
    context.atomicAdd(counts, 0, 1);
    counts.set(1, context.globalGroupSizeX);
    counts.set(2, context.localGroupSizeX);
  }

  private static void failAt(KernelContext context, IntArray array) {
    array.set(context.globalIdx, 1);
  }

  private static void twenty(
      IntArray out,
      int a,
      int b,
      int c,
      int d,
      int e,
      int f,
      int g,
      int h,
      int i,
      int j,
      int k,
      int l,
      int m,
      int n,
      float o,
      float p,
      long q,
      double r,
      boolean s) {
    int sum = a + b + c + d + e + f + g + h + i + j + k + l + m + n;
    out.set(0, (int) (sum + o + p + q + r) + (s ? 1 : 0));
  }

  private static TornadoExecutionPlan contextPlan(IntArray counts) {
    return new TornadoExecutionPlan(
        new TaskGraph("g")
            .transferToDevice(EVERY_EXECUTION, counts)
            .task("t", TaskGraphTest::countItems, new KernelContext(), counts)
            .transferToHost(EVERY_EXECUTION, counts)
            .snapshot());
  }

  @Test
  void aHundredTasksRunInOrder() {
    IntArray array = IntArray.fromElements(1, 2);
    int[] expected = array.toHeapArray();
    TaskGraph graph = new TaskGraph("g").transferToDevice(FIRST_EXECUTION, array);
    for (int t = 0; t < 100; t++) {
      int scale = t % 3 - 1;
      graph.task("t" + t, TaskGraphTest::scaleAndAdd, array, scale * 2 + 1, t);
      for (int i = 0; i < expected.length; i++) {
        expected[i] = expected[i] * (scale * 2 + 1) + t;
      }
    }
    new TornadoExecutionPlan(graph.transferToHost(EVERY_EXECUTION, array).snapshot()).execute();
    assertThat(array.toHeapArray()).isEqualTo(expected);
  }

  @Test
  void twentyArgumentsOfAllKindsArriveInOrder() {
    IntArray out = new IntArray(1);
    TaskGraph graph =
        new TaskGraph("g")
            .task(
                "t",
                TaskGraphTest::twenty,
                out,
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9,
                10,
                11,
                12,
                13,
                14,
                0.5f,
                0.5f,
                100L,
                1000.0,
                true)
            .transferToHost(EVERY_EXECUTION, out);
    new TornadoExecutionPlan(graph.snapshot()).execute();
    assertThat(out.get(0)).isEqualTo(105 + 1 + 100 + 1000 + 1);
  }

  @Test
  void whoExtendsAGraphSeesItsTasks() {
    IntArray array = new IntArray(1);
    List<Object[]> seen = new ArrayList<>();
    TaskGraph graph =
        new TaskGraph("g") {
          @Override
          public ImmutableTaskGraph snapshot() {
            taskGraphImpl.apply(task -> seen.add(task.getArguments()));
            return super.snapshot();
          }
        };
    graph.task("t0", TaskGraphTest::scaleAndAdd, array, 1, 2).persistOnDevice(array).snapshot();
    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst()).containsExactly(array, 1, 2);
  }

  @Test
  void namesAreUniqueAndGraphsBounded() {
    IntArray array = new IntArray(1);
    TaskGraph graph = new TaskGraph("g").task("t0", TaskGraphTest::scaleAndAdd, array, 1, 1);
    assertThatThrownBy(() -> graph.task("t0", TaskGraphTest::scaleAndAdd, array, 1, 1))
        .isInstanceOf(TornadoTaskRuntimeException.class)
        .hasMessage("graph g has a task t0 already");
    for (int t = 1; t < 256; t++) {
      graph.task("t" + t, TaskGraphTest::scaleAndAdd, array, 1, 1);
    }
    assertThatThrownBy(() -> graph.task("t256", TaskGraphTest::scaleAndAdd, array, 1, 1))
        .isInstanceOf(TornadoTaskRuntimeException.class)
        .hasMessageContaining("g.t256")
        .hasMessageContaining("256 tasks");
    assertThatThrownBy(() -> new TaskGraph("g").task("t", (float[] a) -> a[0] = 1, new float[1]))
        .hasMessageContaining("g.t: argument 0 is of type [F");
  }

  @Test
  void aSnapshotDoesNotChange() {
    IntArray array = IntArray.fromElements(1);
    TaskGraph graph =
        new TaskGraph("g")
            .transferToDevice(EVERY_EXECUTION, array)
            .task("t", TaskGraphTest::scaleAndAdd, array, 1, 1)
            .transferToHost(EVERY_EXECUTION, array);
    TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot());
    graph.task("u", TaskGraphTest::scaleAndAdd, array, 1, 1);
    plan.execute();
    assertThat(array.get(0)).isEqualTo(2);
  }

  @Test
  void gridsMayChangeBetweenExecutionsButNotUnderACudaGraph() {
    IntArray counts = new IntArray(3);
    WorkerGrid grid = new WorkerGrid1D(64);
    GridScheduler grids = new GridScheduler("g.t", grid);
    TornadoExecutionPlan plan = contextPlan(counts).withGridScheduler(grids);
    plan.execute();
    assertThat(counts.toHeapArray()).containsExactly(64, 64, 64);
    grid.setGlobalWork(96, 1, 1);
    grid.setLocalWork(32, 1, 1);
    assertThat(grid.getNumberOfWorkgroups()).containsExactly(3, 1, 1);
    counts.clear();
    plan.withCUDAGraph().execute();
    assertThat(counts.toHeapArray()).containsExactly(96, 96, 32);
    grid.setGlobalWork(32, 1, 1);
    counts.clear();
    plan.execute();
    assertThat(counts.get(0)).isEqualTo(96);
  }

  @Test
  void wrongGridsAreErrors() {
    IntArray counts = new IntArray(3);
    WorkerGrid grid = new WorkerGrid1D(64);
    assertThatThrownBy(() -> contextPlan(counts).execute())
        .isInstanceOf(TornadoTaskRuntimeException.class)
        .hasMessageContaining("task g.t uses a KernelContext and has no grid");
    assertThatThrownBy(() -> contextPlan(counts).withGridScheduler(new GridScheduler("t", grid)))
        .isInstanceOf(TornadoRuntimeException.class)
        .hasMessageContaining("[t]")
        .hasMessageContaining("[g.t]");
    GridScheduler typo = new GridScheduler("g.t", grid);
    typo.addWorkerGrid("g.tt", grid);
    assertThatThrownBy(() -> contextPlan(counts).withGridScheduler(typo))
        .hasMessageContaining("the grid g.tt belongs to no task");
    grid.setLocalWork(48, 1, 1);
    GridScheduler uneven = new GridScheduler("g.t", grid);
    assertThatThrownBy(() -> contextPlan(counts).withGridScheduler(uneven).execute())
        .hasMessageContaining("task g.t: 64 work-items in dimension 0")
        .hasMessageContaining("groups of 48");
    grid.setGlobalWork(4096, 1, 1);
    grid.setLocalWork(2048, 1, 1);
    assertThatThrownBy(() -> contextPlan(counts).withGridScheduler(uneven).execute())
        .hasMessageContaining("larger than 1024");
    assertThatThrownBy(() -> contextPlan(counts).withGraph(1)).hasMessageContaining("no graph 1");
  }

  @Test
  void aFailureNamesTaskAndWorkItem() {
    IntArray array = new IntArray(40);
    TornadoExecutionPlan plan =
        new TornadoExecutionPlan(
            new TaskGraph("g")
                .task("bad", TaskGraphTest::failAt, new KernelContext(), array)
                .transferToHost(EVERY_EXECUTION, array)
                .snapshot());
    WorkerGrid grid = new WorkerGrid1D(64);
    grid.setLocalWork(32, 1, 1);
    plan.withGridScheduler(new GridScheduler("g.bad", grid));
    assertThatThrownBy(plan::execute)
        .isInstanceOf(TornadoTaskRuntimeException.class)
        .hasMessageContaining(
            "task g.bad failed in work-item (8, 0, 0) of group (1, 0, 0): java.lang.IndexOutOf")
        .hasCauseInstanceOf(IndexOutOfBoundsException.class);
    FloatArray floats = new FloatArray(1);
    TornadoExecutionPlan loop =
        new TornadoExecutionPlan(
            new TaskGraph("g")
                .task("loop", (FloatArray a) -> a.set(1, 0f), floats)
                .transferToHost(EVERY_EXECUTION, floats)
                .snapshot());
    assertThatThrownBy(loop::execute).hasMessageContaining("task g.loop failed");
  }
}
