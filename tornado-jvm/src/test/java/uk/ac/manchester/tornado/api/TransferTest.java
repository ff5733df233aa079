package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.FIRST_EXECUTION;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.UNDER_DEMAND;

import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// What the program sees of arrays on the device, in each mode and after each mistake.
class TransferTest {
  private final IntArray in = IntArray.fromElements(1, 2, 3);
  private final IntArray out = new IntArray(3);

  private static void copy(IntArray out, IntArray in) {
    for (@Parallel int i = 0; i < in.getSize(); i++) {
      out.set(i, in.get(i));
    }
  }

  private static void add(IntArray array, int value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, array.get(i) + value);
    }
  }

  private TaskGraph graph() {
    return new TaskGraph("g");
  }

  private static TornadoExecutionPlan plan(TaskGraph... graphs) {
    ImmutableTaskGraph[] snapshots = new ImmutableTaskGraph[graphs.length];
    for (int i = 0; i < graphs.length; i++) {
      snapshots[i] = graphs[i].snapshot();
    }
    return new TornadoExecutionPlan(snapshots);
  }

  @Test
  void everyExecutionReadsTheHostEachTime() {
    TornadoExecutionPlan plan =
        plan(
            graph()
                .transferToDevice(EVERY_EXECUTION, in)
                .task("t", TransferTest::copy, out, in)
                .transferToHost(EVERY_EXECUTION, out));
    plan.execute();
    assertThat(out.toHeapArray()).containsExactly(1, 2, 3);
    in.set(0, 7);
    plan.execute();
    assertThat(out.toHeapArray()).containsExactly(7, 2, 3);
  }

  @Test
  void firstExecutionDoesNotReadTheHostAgain() {
    TornadoExecutionPlan plan =
        plan(
            graph()
                .transferToDevice(FIRST_EXECUTION, in)
                .task("t", TransferTest::copy, out, in)
                .transferToHost(EVERY_EXECUTION, out));
    plan.execute();
    in.set(0, 7);
    plan.execute();
    assertThat(out.get(0)).isEqualTo(1);
    plan.freeDeviceMemory().execute();
    assertThat(out.get(0)).isEqualTo(7);
  }

  @Test
  void firstExecutionKeepsWhatKernelsWrote() {
    TornadoExecutionPlan plan =
        plan(
            graph()
                .transferToDevice(FIRST_EXECUTION, in)
                .task("t", TransferTest::add, in, 10)
                .transferToHost(UNDER_DEMAND, in));
    TornadoExecutionResult result = plan.withWarmUpIterations(2).execute();
    assertThat(in.toHeapArray()).containsExactly(1, 2, 3);
    result.transferToHost(in);
    assertThat(in.toHeapArray()).containsExactly(31, 32, 33);
    assertThat(result.isReady()).isTrue();
  }

  @Test
  void anArrayThatIsNotTransferredBackIsNotSeen() {
    plan(graph()
            .transferToDevice(EVERY_EXECUTION, in)
            .task("t", TransferTest::add, in, 10)
            .persistOnDevice(in))
        .execute();
    assertThat(in.toHeapArray()).containsExactly(1, 2, 3);
  }

  @Test
  void anArrayThatWasNeverTransferredToTheDeviceIsGarbageThere() {
    plan(graph()
            .task("t", TransferTest::copy, out, in)
            .transferToHost(EVERY_EXECUTION, out)
            .transferToHost(UNDER_DEMAND, in))
        .execute();
    assertThat(out.toHeapArray()).containsOnly(0x7F7F7F7F);
    FloatArray floats = new FloatArray(2);
    plan(graph()
            .transferToDevice(UNDER_DEMAND, floats)
            .task("t", (FloatArray array) -> array.set(0, 1f), floats)
            .transferToHost(EVERY_EXECUTION, floats))
        .execute();
    assertThat(floats.get(0)).isEqualTo(1f);
    assertThat(floats.get(1)).isGreaterThan(1e38f);
  }

  @Test
  void onlyArgumentsOfTasksAreTransferredBack() {
    IntArray unused = IntArray.fromElements(5);
    plan(graph()
            .transferToDevice(FIRST_EXECUTION, in)
            .task("t", TransferTest::copy, out, in)
            .transferToHost(EVERY_EXECUTION, out, unused))
        .execute();
    assertThat(unused.get(0)).isEqualTo(5);
  }

  @Test
  void anArgumentInNoTransferIsRefused() {
    TaskGraph graph =
        graph().task("t", TransferTest::copy, out, in).transferToHost(EVERY_EXECUTION, out);
    assertThatThrownBy(graph::snapshot)
        .isInstanceOf(TornadoTaskRuntimeException.class)
        .hasMessageContaining("g.t")
        .hasMessageContaining("argument 1 (IntArray of 3 elements)");
  }

  @Test
  void graphsOfAPlanHaveTheirOwnCopies() {
    TornadoExecutionPlan plan =
        plan(
            new TaskGraph("a")
                .transferToDevice(FIRST_EXECUTION, in)
                .task("t", TransferTest::add, in, 10)
                .persistOnDevice(in),
            new TaskGraph("b")
                .transferToDevice(FIRST_EXECUTION, in)
                .task("t", TransferTest::copy, out, in)
                .transferToHost(EVERY_EXECUTION, out));
    plan.execute();
    assertThat(out.toHeapArray()).containsExactly(1, 2, 3);
    assertThat(plan.getCurrentDeviceMemoryUsage()).isEqualTo(3 * (16 + 12));
  }

  private TornadoExecutionPlan chain() {
    return plan(
        new TaskGraph("a")
            .transferToDevice(FIRST_EXECUTION, in)
            .task("t", TransferTest::add, in, 10)
            .persistOnDevice(in),
        new TaskGraph("b")
            .consumeFromDevice("a", in)
            .task("t", TransferTest::add, in, 100)
            .persistOnDevice(in),
        new TaskGraph("c")
            .consumeFromDevice(in)
            .task("t", TransferTest::copy, out, in)
            .transferToHost(EVERY_EXECUTION, out));
  }

  @Test
  void persistedArraysPassFromGraphToGraph() throws Exception {
    try (TornadoExecutionPlan plan = chain()) {
      for (int i = 0; i < 3; i++) {
        plan.withGraph(i).execute();
      }
      assertThat(out.toHeapArray()).containsExactly(111, 112, 113);
      plan.withGraph(2).execute();
      plan.withGraph(0).execute();
      plan.withGraph(1).execute();
      plan.withGraph(1).execute();
      plan.withGraph(2).execute();
      assertThat(out.toHeapArray()).containsExactly(321, 322, 323);
      assertThat(in.toHeapArray()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void consumingWhatWasNotPersistedIsAnError() {
    assertThatThrownBy(() -> chain().execute())
        .isInstanceOf(TornadoRuntimeException.class)
        .hasMessageContaining("graph b consumes array 0 (IntArray of 3 elements)")
        .hasMessageContaining("withGraph");
    TornadoExecutionPlan plan =
        plan(
            new TaskGraph("a")
                .transferToDevice(FIRST_EXECUTION, in)
                .task("t", TransferTest::copy, out, in)
                .persistOnDevice(out),
            new TaskGraph("b").consumeFromDevice("a", in).task("t", TransferTest::add, in, 1));
    plan.withGraph(0).execute();
    assertThatThrownBy(() -> plan.withGraph(1).execute())
        .hasMessageContaining("graph b consumes array 0")
        .hasMessageContaining("graph a, which ran last, has not persisted it");
  }

  @Test
  void arraysComeOnlyFromTheGraphThatRanLast() {
    IntArray other = new IntArray(3);
    TornadoExecutionPlan plan =
        plan(
            new TaskGraph("a").task("t", TransferTest::add, in, 1).persistOnDevice(in),
            new TaskGraph("b").task("t", TransferTest::add, other, 1).persistOnDevice(other),
            new TaskGraph("c")
                .consumeFromDevice("a", in)
                .consumeFromDevice("b", other)
                .task("t", TransferTest::copy, other, in));
    plan.withGraph(0).execute();
    plan.withGraph(1).execute();
    assertThatThrownBy(() -> plan.withGraph(2).execute())
        .hasMessageContaining("graph c consumes array 0")
        .hasMessageContaining("graph b, which ran last, has to pass it on");
  }

  @Test
  void askingForAnArrayThatIsNotOnTheDeviceIsAnError() {
    TornadoExecutionResult result =
        plan(graph().task("t", TransferTest::add, in, 1).persistOnDevice(in)).execute();
    assertThatThrownBy(() -> result.transferToHost(out))
        .hasMessage("transferToHost: graph g has no copy of this IntArray on the device");
    assertThatThrownBy(() -> graph().transferToDevice(FIRST_EXECUTION, new float[3]))
        .hasMessageContaining("graph g")
        .hasMessageContaining("[F");
    assertThatThrownBy(() -> graph().transferToDevice(9, in)).hasMessageContaining("9");
  }

  @Test
  void aGraphCanBeGivenTheMemoryOfAnother() {
    TornadoExecutionPlan plan =
        plan(
            new TaskGraph("a")
                .transferToDevice(EVERY_EXECUTION, in)
                .task("t", TransferTest::add, in, 10)
                .persistOnDevice(in),
            new TaskGraph("b")
                .task("t", TransferTest::copy, out, in)
                .persistOnDevice(in)
                .transferToHost(EVERY_EXECUTION, out));
    assertThatThrownBy(() -> plan.mapOnDeviceMemoryRegion(in, in, 0, 0, 1))
        .isInstanceOf(TornadoRuntimeException.class)
        .hasMessageContaining("graph a has no such array yet");
    plan.withGraph(0).execute();
    plan.mapOnDeviceMemoryRegion(in, in, 0, 0, 1);
    plan.withGraph(1).execute();
    assertThat(out.toHeapArray()).containsExactly(11, 12, 13);
    in.set(0, 5);
    plan.withGraph(0).execute();
    plan.withGraph(1).execute();
    assertThat(out.toHeapArray()).containsExactly(15, 12, 13);
  }
}
