package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;

import java.util.Random;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// Work-items, groups, local memory, barriers and atomics.
class KernelContextTest {
  private static final int TILE = 8;
  private static final int GROUP = 64;
  private final KernelContext context = new KernelContext();

  /// Runs the graph's tasks, all on one grid; every array goes to the device and back.
  private static void run(TaskGraph graph, WorkerGrid grid, TornadoNativeArray... arrays) {
    graph.transferToDevice(EVERY_EXECUTION, (Object[]) arrays);
    graph.transferToHost(EVERY_EXECUTION, (Object[]) arrays);
    new TornadoExecutionPlan(graph.snapshot())
        .withGridScheduler(new GridScheduler("g.t", grid))
        .execute();
  }

  private static WorkerGrid row(int global, int local) {
    WorkerGrid grid = new WorkerGrid1D(global);
    grid.setLocalWork(local, 1, 1);
    return grid;
  }

  /// Each work-item hands its number to the left neighbour, with no barrier in between.
  private static void shiftWithoutBarrier(KernelContext context, IntArray y) {
    int[] numbers = context.allocateIntLocalArray(GROUP + 1);
    numbers[context.localIdx] = context.globalIdx;
    numbers[GROUP] = -1;
    y.set(context.globalIdx, numbers[context.localIdx + 1]);
  }

  private void shift(IntArray y) {
    run(
        new TaskGraph("g").task("t", KernelContextTest::shiftWithoutBarrier, context, y),
        row(2 * GROUP, GROUP),
        y);
  }

  /// The fill of local memory where the neighbour comes later, its number where it comes first.
  @Test
  void theReversedOrderShowsThatABarrierIsMissing() {
    IntArray y = new IntArray(2 * GROUP);
    shift(y);
    assertThat(y.get(3)).isEqualTo(0x7F7F7F7F);
    System.setProperty(Launch.REVERSED, "true");
    try {
      shift(y);
    } finally {
      System.clearProperty(Launch.REVERSED);
    }
    assertThat(y.get(3)).isEqualTo(4);
    assertThat(y.get(GROUP)).isEqualTo(GROUP + 1);
    assertThat(y.get(2 * GROUP - 1)).isEqualTo(-1);
  }

  private static void multiplyTiled(
      KernelContext context, FloatArray c, FloatArray a, FloatArray b, int size) {
    int row = context.localIdy;
    int column = context.localIdx;
    float[] tileA = context.allocateFloatLocalArray(TILE * TILE);
    float[] tileB = context.allocateFloatLocalArray(TILE * TILE);
    float sum = 0;
    for (int k = 0; k < size; k += TILE) {
      tileA[row * TILE + column] = a.get(context.globalIdy * size + k + column);
      tileB[row * TILE + column] = b.get((k + row) * size + context.globalIdx);
      context.localBarrier();
      for (int i = 0; i < TILE; i++) {
        sum += tileA[row * TILE + i] * tileB[i * TILE + column];
      }
      context.localBarrier();
    }
    c.set(context.globalIdy * size + context.globalIdx, sum);
  }

  @Test
  void aTiledProductEqualsThePlainOne() {
    int size = 32;
    Random random = new Random(1);
    FloatArray a = new FloatArray(size * size);
    FloatArray b = new FloatArray(size * size);
    FloatArray c = new FloatArray(size * size);
    for (int i = 0; i < size * size; i++) {
      a.set(i, random.nextFloat() - 0.5f);
      b.set(i, random.nextFloat() - 0.5f);
    }
    WorkerGrid grid = new WorkerGrid2D(size, size);
    grid.setLocalWork(TILE, TILE, 1);
    run(
        new TaskGraph("g").task("t", KernelContextTest::multiplyTiled, context, c, a, b, size),
        grid,
        c,
        a,
        b);
    for (int i = 0; i < size * size; i++) {
      float sum = 0;
      for (int k = 0; k < size; k++) {
        sum += a.get(i / size * size + k) * b.get(k * size + i % size);
      }
      assertThat(c.get(i)).isEqualTo(sum);
    }
  }

  private static void sumOfGroup(KernelContext context, LongArray sums, IntArray values) {
    int item = context.localIdx;
    long[] partial = context.allocateLongLocalArray(GROUP);
    partial[item] = values.get(context.globalIdx);
    for (int stride = GROUP / 2; stride > 0; stride /= 2) {
      context.localBarrier();
      if (item < stride) {
        partial[item] += partial[item + stride];
      }
    }
    if (item == 0) {
      sums.set(context.groupIdx, partial[0]);
    }
  }

  @Test
  void groupsReduceInLocalMemory() {
    IntArray values = new IntArray(GROUP * 5);
    LongArray sums = new LongArray(5);
    long[] expected = new long[5];
    for (int i = 0; i < values.getSize(); i++) {
      values.set(i, i * i);
      expected[i / GROUP] += (long) i * i;
    }
    run(
        new TaskGraph("g").task("t", KernelContextTest::sumOfGroup, context, sums, values),
        row(values.getSize(), GROUP),
        sums,
        values);
    assertThat(sums.toHeapArray()).isEqualTo(expected);
  }

  private static void histogram(
      KernelContext context,
      IntArray counts,
      LongArray longs,
      FloatArray floats,
      DoubleArray doubles,
      IntArray values) {
    int bin = values.get(context.globalIdx);
    context.atomicAdd(counts, bin, 1);
    context.atomicAdd(longs, bin, 1L << 32);
    context.atomicAdd(floats, bin, 0.5f);
    context.globalBarrier();
    context.atomicAdd(doubles, bin, 0.25);
  }

  @Test
  void atomicsCountEveryWorkItem() {
    IntArray values = new IntArray(960);
    int[] expected = new int[7];
    Random random = new Random(2);
    for (int i = 0; i < values.getSize(); i++) {
      values.set(i, random.nextInt(7));
      expected[values.get(i)]++;
    }
    IntArray counts = new IntArray(7);
    LongArray longs = new LongArray(7);
    FloatArray floats = new FloatArray(7);
    DoubleArray doubles = new DoubleArray(7);
    run(
        new TaskGraph("g")
            .task(
                "t", KernelContextTest::histogram, context, counts, longs, floats, doubles, values),
        row(960, 96),
        counts,
        longs,
        floats,
        doubles,
        values);
    assertThat(counts.toHeapArray()).isEqualTo(expected);
    for (int bin = 0; bin < 7; bin++) {
      assertThat(longs.get(bin)).isEqualTo((long) expected[bin] << 32);
      assertThat(floats.get(bin)).isEqualTo(expected[bin] * 0.5f);
      assertThat(doubles.get(bin)).isEqualTo(expected[bin] * 0.25);
    }
  }

  private static void ids(KernelContext context, IntArray seen, IntArray sizes) {
    int index =
        (context.globalIdz * context.globalGroupSizeY + context.globalIdy)
                * context.globalGroupSizeX
            + context.globalIdx;
    boolean consistent =
        context.globalIdx == context.groupIdx * context.localGroupSizeX + context.localIdx
            && context.globalIdy == context.groupIdy * context.localGroupSizeY + context.localIdy
            && context.globalIdz == context.groupIdz * context.localGroupSizeZ + context.localIdz
            && context.localIdx < context.localGroupSizeX
            && context.localIdy < context.localGroupSizeY
            && context.localIdz < context.localGroupSizeZ;
    context.atomicAdd(seen, index, consistent ? 1 : 100);
    sizes.set(0, context.localGroupSizeX);
    sizes.set(1, context.localGroupSizeY);
    sizes.set(2, context.localGroupSizeZ);
  }

  @Test
  void everyWorkItemOfAGridRunsOnce() {
    IntArray sizes = new IntArray(3);
    IntArray plane = new IntArray(12 * 6);
    WorkerGrid grid2 = new WorkerGrid2D(12, 6);
    grid2.setLocalWork(4, 3, 1);
    run(
        new TaskGraph("g").task("t", KernelContextTest::ids, context, plane, sizes),
        grid2,
        plane,
        sizes);
    assertThat(plane.toHeapArray()).containsOnly(1);
    assertThat(sizes.toHeapArray()).containsExactly(4, 3, 1);

    IntArray space = new IntArray(6 * 4 * 10);
    WorkerGrid grid3 = new WorkerGrid3D(6, 4, 10);
    grid3.setLocalWork(3, 2, 5);
    run(
        new TaskGraph("g").task("t", KernelContextTest::ids, context, space, sizes),
        grid3,
        space,
        sizes);
    assertThat(space.toHeapArray()).containsOnly(1);
    assertThat(sizes.toHeapArray()).containsExactly(3, 2, 5);
  }

  private static void freshLocalMemory(KernelContext context, DoubleArray out) {
    int[] ints = context.allocateIntLocalArray(2);
    byte[] bytes = context.allocateByteLocalArray(2);
    float[] floats = context.allocateFloatLocalArray(2);
    double[] doubles = context.allocateDoubleLocalArray(2);
    HalfFloat[] halves = context.allocateHalfFloatLocalArray(2);
    if (context.localIdx == 0) {
      out.set(context.groupIdx * 5, ints[0]);
      out.set(context.groupIdx * 5 + 1, bytes[0]);
      out.set(context.groupIdx * 5 + 2, floats[0]);
      out.set(context.groupIdx * 5 + 3, doubles[0]);
      out.set(context.groupIdx * 5 + 4, halves[0].getFloat32());
    }
    context.localBarrier();
    ints[0] = 1;
    bytes[0] = 1;
    floats[0] = 1;
    doubles[0] = 1;
    halves[0] = new HalfFloat(1f);
  }

  @Test
  void localMemoryIsTheGroupsAloneAndNotZero() {
    DoubleArray out = new DoubleArray(10);
    run(
        new TaskGraph("g").task("t", KernelContextTest::freshLocalMemory, context, out),
        row(4, 2),
        out);
    for (int group = 0; group < 2; group++) {
      assertThat(out.get(group * 5)).isEqualTo(0x7F7F7F7F);
      assertThat(out.get(group * 5 + 1)).isEqualTo(0x7F);
      assertThat(out.get(group * 5 + 2)).isGreaterThan(1e38);
      assertThat(out.get(group * 5 + 3)).isGreaterThan(1e300);
      assertThat(out.get(group * 5 + 4)).isNaN();
    }
  }

  private static void divergent(KernelContext context, IntArray array) {
    if (context.localIdx < 3) {
      context.localBarrier();
    }
    array.set(context.globalIdx, 1);
  }

  private static void twoBarriers(KernelContext context, IntArray array) {
    if (context.localIdx % 2 == 0) {
      context.localBarrier();
    } else {
      context.globalBarrier();
    }
    array.set(context.globalIdx, 1);
  }

  private static void unequalLocalArrays(KernelContext context, IntArray array) {
    int[] local = context.allocateIntLocalArray(1 + context.localIdx);
    array.set(context.globalIdx, local.length);
  }

  @Test
  void divergenceIsAnErrorThatNamesTheTask() {
    IntArray array = new IntArray(16);
    TaskGraph some = new TaskGraph("g").task("t", KernelContextTest::divergent, context, array);
    assertThatThrownBy(() -> run(some, row(16, 8), array))
        .isInstanceOf(TornadoTaskRuntimeException.class)
        .hasMessageContaining("task g.t: divergent barrier in group (0, 0, 0)")
        .hasMessageContaining("of 8 work-items 5 have returned, 3 wait at a local barrier");
    TaskGraph mixed = new TaskGraph("g").task("t", KernelContextTest::twoBarriers, context, array);
    assertThatThrownBy(() -> run(mixed, row(16, 8), array))
        .hasMessageContaining("4 wait at a local barrier")
        .hasMessageContaining("4 wait at a global barrier");
    TaskGraph unequal =
        new TaskGraph("g").task("t", KernelContextTest::unequalLocalArrays, context, array);
    assertThatThrownBy(() -> run(unequal, row(16, 8), array))
        .hasMessageContaining("g.t")
        .hasMessageContaining("local array 0 is int[1] for one work-item and int[2] for another");
  }

  private static void addFractions(KernelContext context, FloatArray sum) {
    for (int i = 1; i < 5; i++) {
      context.atomicAdd(sum, 0, 1f / (1 + context.globalIdx * i));
      context.localBarrier();
    }
  }

  @Test
  void floatAtomicsAreTheSameInEveryRun() {
    float first = 0;
    for (int run = 0; run < 5; run++) {
      FloatArray sum = new FloatArray(1);
      run(
          new TaskGraph("g").task("t", KernelContextTest::addFractions, context, sum),
          row(512, 128),
          sum);
      first = run == 0 ? sum.get(0) : first;
      assertThat(sum.get(0)).isEqualTo(first);
    }
    assertThat(first).isGreaterThan(4f);
  }

  @Test
  void outsideATaskAKernelIsTheOnlyWorkItem() {
    IntArray array = new IntArray(1);
    twoBarriers(context, array);
    assertThat(array.get(0)).isEqualTo(1);
    assertThat(context.allocateFloatLocalArray(3)).hasSize(3);
    int[] local = {1};
    context.atomicAdd(local, 0, 2);
    assertThat(local).containsExactly(3);
    assertThatThrownBy(() -> context.simdSum(1f)).hasMessageContaining("warp");
  }
}
