package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/// What the 32 work-items of a warp do together: sums, shuffles, matrix products.
class WarpTest {
  private static final int ROWS = 32;
  private static final int COLUMNS = 16;

  /// Where `mmaStore` finds the first element.
  private static final int ORIGIN = (int) (TornadoNativeArray.ARRAY_HEADER - 16) / Float.BYTES;
  private static final int DEPTH = 48;

  private static void run(TaskGraph graph, WorkerGrid grid, Object... arrays) {
    graph.transferToDevice(EVERY_EXECUTION, arrays).transferToHost(EVERY_EXECUTION, arrays);
    new TornadoExecutionPlan(graph.snapshot())
        .withGridScheduler(new GridScheduler("g.t", grid))
        .execute();
  }

  private static WorkerGrid row(int global, int local) {
    WorkerGrid grid = new WorkerGrid1D(global);
    grid.setLocalWork(local, 1, 1);
    return grid;
  }

  private static void simd(
      KernelContext context, FloatArray sums, FloatArray next, FloatArray firsts) {
    int i = context.globalIdx;
    float value = i;
    sums.set(i, context.simdSum(value));
    next.set(i, context.simdShuffleDown(value, 3));
    firsts.set(i, context.simdBroadcastFirst(value));
  }

  @Test
  void lanesExchangeValues() {
    FloatArray sums = new FloatArray(128);
    FloatArray next = new FloatArray(128);
    FloatArray firsts = new FloatArray(128);
    TaskGraph graph =
        new TaskGraph("g").task("t", WarpTest::simd, new KernelContext(), sums, next, firsts);
    run(graph, row(128, 64), sums, next, firsts);
    for (int i = 0; i < 128; i++) {
      int first = i / 32 * 32;
      assertThat(sums.get(i)).isEqualTo(32 * first + 31 * 16);
      assertThat(next.get(i)).isEqualTo(i - first < 29 ? i + 3 : i);
      assertThat(firsts.get(i)).isEqualTo(first);
    }
    TaskGraph narrow =
        new TaskGraph("g").task("t", WarpTest::simd, new KernelContext(), sums, next, firsts);
    assertThatThrownBy(() -> run(narrow, row(128, 16), sums, next, firsts))
        .hasMessageContaining("task g.t failed")
        .hasMessageContaining("multiple of 32");
  }

  /// One warp a (16, 16) tile of C; two warps a group, each with its part of the local tiles.
  private static void multiplyHalves(
      KernelContext context, FloatArray c, HalfFloatArray a, HalfFloatArray b, int wait) {
    int lane = context.localIdx % 32;
    int warp = context.localIdx / 32;
    int[] tileA = context.allocateIntLocalArray(2 * 128);
    int[] tileB = context.allocateIntLocalArray(2 * 64);
    float[] left = context.mmaFragment(0f);
    float[] right = context.mmaFragment(0f);
    int row = (context.groupIdx * 2 + warp) * 16;
    for (int k = 0; k < DEPTH; k += 16) {
      for (int i = lane; i < 128; i += 32) {
        context.asyncCopyToLocal(tileA, warp * 128 + i, a, (row + i / 8) * DEPTH + k + i % 8 * 2);
      }
      context.asyncCopyCommit();
      for (int i = context.localIdx; i < 128; i += 64) {
        int half = i / 64;
        int inHalf = i % 64;
        context.asyncCopyToLocal(
            tileB, i, b, (k + inHalf / 4) * COLUMNS + half * 8 + inHalf % 4 * 2);
      }
      context.asyncCopyCommit();
      context.asyncCopyWaitGroup(wait);
      context.localBarrier();
      HalfFloat[] fragA = context.mmaLoadA(tileA, 16, warp * 512);
      HalfFloat[] fragB = context.mmaLoadB(tileB, 16);
      left = context.mma(fragA, fragB, left, MMAShape.M16N8K16);
      right = context.mma(fragA, context.mmaLoadB(tileB, 16, 256), right, MMAShape.M16N8K16);
      context.localBarrier();
    }
    context.mmaStore(left, c, row, ORIGIN, COLUMNS);
    context.mmaStore(right, c, row, ORIGIN + 8, COLUMNS);
  }

  private static void throughPrivateMemory(KernelContext context, FloatArray y) {
    VectorFloat4 own = new VectorFloat4(4);
    int lane = context.localIdx & 31;
    int row = -(lane >> 2);
    int column = -2 * (lane & 3);
    context.mmaStore(context.mmaFragment(context.localIdx), own.getArray(), row, column, 1);
    context.mmaStore(context.mmaFragment(-1f), own.getArray(), row, column + 2, 1);
    Float4 first = own.get(1);
    Float4 second = own.get(3);
    y.set(4 * context.localIdx, first.getX() + 1000 * second.getX());
    y.set(4 * context.localIdx + 1, first.getY() + 1000 * second.getY());
    y.set(4 * context.localIdx + 2, first.getZ() + 1000 * second.getZ());
    y.set(4 * context.localIdx + 3, first.getW() + 1000 * second.getW());
  }

  @Test
  void fragmentsAreReadFromPrivateMemory() {
    FloatArray y = new FloatArray(4 * 64);
    run(
        new TaskGraph("g").task("t", WarpTest::throughPrivateMemory, new KernelContext(), y),
        row(64, 64),
        y);
    for (int i = 0; i < y.getSize(); i++) {
      int item = i / 4;
      assertThat(y.get(i)).as("%d", i).isEqualTo(i % 4 < 2 ? 1001f * item : -1001f);
    }
  }

  @Test
  void halfProductsEqualThePlainOnes() {
    HalfFloatArray a = halves(ROWS * DEPTH, 1);
    HalfFloatArray b = halves(DEPTH * COLUMNS, 2);
    FloatArray c = new FloatArray(ROWS * COLUMNS);
    run(
        new TaskGraph("g").task("t", WarpTest::multiplyHalves, new KernelContext(), c, a, b, 0),
        row(64, 64),
        c,
        a,
        b);
    for (int i = 0; i < c.getSize(); i++) {
      double sum = 0;
      for (int k = 0; k < DEPTH; k++) {
        sum +=
            a.get(i / COLUMNS * DEPTH + k).getFloat32()
                * b.get(k * COLUMNS + i % COLUMNS).getFloat32();
      }
      assertThat((double) c.get(i)).isCloseTo(sum, within(1e-6));
    }
  }

  @Test
  void copiesThatAreNotWaitedForAreNotThere() {
    HalfFloatArray a = halves(ROWS * DEPTH, 1);
    HalfFloatArray b = halves(DEPTH * COLUMNS, 2);
    FloatArray c = new FloatArray(ROWS * COLUMNS);
    run(
        new TaskGraph("g").task("t", WarpTest::multiplyHalves, new KernelContext(), c, a, b, 1),
        row(64, 64),
        c,
        a,
        b);
    assertThat(c.get(0)).isNaN();
  }

  private static HalfFloatArray halves(int size, int seed) {
    Random random = new Random(seed);
    HalfFloatArray array = new HalfFloatArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, new HalfFloat(random.nextFloat() - 0.5f));
    }
    return array;
  }

  private static void multiplyBfloats(
      KernelContext context, FloatArray d, ShortArray a, ShortArray b) {
    int[] tileA = context.allocateIntLocalArray(128);
    int[] tileB = context.allocateIntLocalArray(64);
    for (int i = context.localIdx; i < 128; i += 32) {
      tileA[i] = (a.get(2 * i) & 0xFFFF) | (a.get(2 * i + 1) << 16);
    }
    for (int i = context.localIdx; i < 64; i += 32) {
      tileB[i] = (b.get(2 * i) & 0xFFFF) | (b.get(2 * i + 1) << 16);
    }
    context.localBarrier();
    HalfFloat[] fragA = context.mmaLoadA(tileA, 16);
    HalfFloat[] fragB = context.mmaLoadB(tileB, 16);
    float[] sum = context.mmaFragment(1f);
    context.mmaStore(context.mmaBF16(fragA, fragB, sum, MMAShape.M16N8K16), d, 0, ORIGIN, 8);
  }

  @Test
  void bfloatProductsEqualThePlainOnes() {
    Random random = new Random(3);
    ShortArray a = new ShortArray(256);
    ShortArray b = new ShortArray(128);
    for (int i = 0; i < 256; i++) {
      a.set(i, BFloat16.bf16FromFloat(random.nextFloat() * 1e5f));
      b.set(i % 128, BFloat16.bf16FromFloat(random.nextFloat() - 0.5f));
    }
    FloatArray d = new FloatArray(128);
    run(
        new TaskGraph("g").task("t", WarpTest::multiplyBfloats, new KernelContext(), d, a, b),
        row(32, 32),
        d,
        a,
        b);
    for (int i = 0; i < 128; i++) {
      double sum = 1;
      for (int k = 0; k < 16; k++) {
        sum +=
            (double) BFloat16.bf16ToFloat(a.get(i / 8 * 16 + k))
                * BFloat16.bf16ToFloat(b.get(k * 8 + i % 8));
      }
      assertThat(d.get(i)).isEqualTo((float) sum);
    }
  }

  private static void partOfAWarp(KernelContext context, FloatArray out) {
    if (context.localIdx != 5) {
      out.set(context.globalIdx, context.simdSum(1f));
    }
  }

  private static void copyBytes(KernelContext context, IntArray out, ByteArray bytes) {
    int[] tile = context.allocateIntLocalArray(32);
    context.asyncCopyToLocal(tile, context.localIdx, bytes, context.localIdx * 4);
    context.asyncCopyCommit();
    context.asyncCopyWaitGroup(0);
    out.set(context.localIdx, tile[context.localIdx]);
  }

  private static void copyOddHalf(KernelContext context, IntArray out, HalfFloatArray halves) {
    int[] tile = context.allocateIntLocalArray(32);
    context.asyncCopyToLocal(tile, context.localIdx, halves, 1);
    out.set(context.localIdx, tile[0]);
  }

  @Test
  void fourBytesAreOneInt() {
    ByteArray bytes = new ByteArray(128);
    for (int i = 0; i < 128; i++) {
      bytes.set(i, (byte) (i * 7));
    }
    IntArray out = new IntArray(32);
    run(
        new TaskGraph("g").task("t", WarpTest::copyBytes, new KernelContext(), out, bytes),
        row(32, 32),
        out,
        bytes);
    for (int i = 0; i < 32; i++) {
      assertThat(out.get(i))
          .isEqualTo(bytes.getSegment().get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i));
    }
  }

  @Test
  void partialWarpsAndUnalignedCopiesAreErrors() {
    FloatArray out = new FloatArray(64);
    TaskGraph partial =
        new TaskGraph("g").task("t", WarpTest::partOfAWarp, new KernelContext(), out);
    assertThatThrownBy(() -> run(partial, row(64, 64), out))
        .hasMessageContaining("task g.t: divergent barrier")
        .hasMessageContaining("wait at a warp barrier");
    IntArray ints = new IntArray(32);
    HalfFloatArray halves = new HalfFloatArray(8);
    TaskGraph odd =
        new TaskGraph("g").task("t", WarpTest::copyOddHalf, new KernelContext(), ints, halves);
    assertThatThrownBy(() -> run(odd, row(32, 32), ints, halves))
        .hasMessageContaining("index 1 is no multiple of 2");
  }
}
