package uk.ac.manchester.tornado.api;

import java.util.function.IntFunction;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// A work-item's view of its grid, its group and its warp. The program makes one and passes it
/// to a task; the kernel receives another for each work-item. Called outside a task, a kernel is
/// the only work-item: its ids and sizes are 0, barriers are no-ops, and it has no warp.
///
/// The ids are [Integer]s because TornadoVM declares them so.
public final class KernelContext {
  private static final int LDMATRIX_ALIGNMENT = 16;

  /// Position in the grid, first dimension.
  public final Integer globalIdx;

  /// Position in the grid, second dimension.
  public final Integer globalIdy;

  /// Position in the grid, third dimension.
  public final Integer globalIdz;

  /// The group's position among the groups, first dimension.
  public final Integer groupIdx;

  /// The group's position among the groups, second dimension.
  public final Integer groupIdy;

  /// The group's position among the groups, third dimension.
  public final Integer groupIdz;

  /// Position in the group, first dimension.
  public final Integer localIdx;

  /// Position in the group, second dimension.
  public final Integer localIdy;

  /// Position in the group, third dimension.
  public final Integer localIdz;

  /// Work-items of the grid, first dimension.
  public final Integer globalGroupSizeX;

  /// Work-items of the grid, second dimension.
  public final Integer globalGroupSizeY;

  /// Work-items of the grid, third dimension.
  public final Integer globalGroupSizeZ;

  /// Work-items of the group, first dimension.
  public final Integer localGroupSizeX;

  /// Work-items of the group, second dimension.
  public final Integer localGroupSizeY;

  /// Work-items of the group, third dimension.
  public final Integer localGroupSizeZ;

  private final WorkItem item;

  /// A context to pass to a task.
  public KernelContext() {
    item = null;
    globalIdx = globalIdy = globalIdz = 0;
    groupIdx = groupIdy = groupIdz = 0;
    localIdx = localIdy = localIdz = 0;
    globalGroupSizeX = globalGroupSizeY = globalGroupSizeZ = 0;
    localGroupSizeX = localGroupSizeY = localGroupSizeZ = 0;
  }

  KernelContext(WorkItem item) {
    this.item = item;
    WorkGroup group = item.group();
    Grid grid = item.grid();
    localIdx = item.localX();
    localIdy = item.localY();
    localIdz = item.localZ();
    groupIdx = group.x();
    groupIdy = group.y();
    groupIdz = group.z();
    globalIdx = groupIdx * grid.localX() + localIdx;
    globalIdy = groupIdy * grid.localY() + localIdy;
    globalIdz = groupIdz * grid.localZ() + localIdz;
    globalGroupSizeX = grid.x();
    globalGroupSizeY = grid.y();
    globalGroupSizeZ = grid.z();
    localGroupSizeX = grid.localX();
    localGroupSizeY = grid.localY();
    localGroupSizeZ = grid.localZ();
  }

  /// Waits until all work-items of the group are here; local memory is then the same for all.
  public void localBarrier() {
    if (item != null) {
      item.await(WorkGroup.Barrier.LOCAL);
    }
  }

  /// Waits until all work-items of the group are here; global memory is then the same for all of
  /// the group. Other groups are not waited for.
  public void globalBarrier() {
    if (item != null) {
      item.await(WorkGroup.Barrier.GLOBAL);
    }
  }

  /// An array that the group shares; not zeroed.
  public int[] allocateIntLocalArray(int size) {
    return local(int[].class, size, DeviceMemory::ints);
  }

  /// An array that the group shares; not zeroed.
  public byte[] allocateByteLocalArray(int size) {
    return local(byte[].class, size, DeviceMemory::bytes);
  }

  /// An array that the group shares; not zeroed.
  public HalfFloat[] allocateHalfFloatLocalArray(int size) {
    return local(HalfFloat[].class, size, DeviceMemory::halves);
  }

  /// An array that the group shares; not zeroed.
  public long[] allocateLongLocalArray(int size) {
    return local(long[].class, size, DeviceMemory::longs);
  }

  /// An array that the group shares; not zeroed.
  public float[] allocateFloatLocalArray(int size) {
    return local(float[].class, size, DeviceMemory::floats);
  }

  /// An array that the group shares; not zeroed.
  public double[] allocateDoubleLocalArray(int size) {
    return local(double[].class, size, DeviceMemory::doubles);
  }

  /// Adds to an element in global memory, whatever other work-items do to it.
  public void atomicAdd(IntArray array, int index, int val) {
    array.set(index, array.get(index) + val);
  }

  /// Adds to an element in local memory, whatever other work-items do to it. (TornadoVM
  /// miscompiles it: reduce in another way.)
  public void atomicAdd(int[] array, int index, int val) {
    array[index] += val;
  }

  /// Adds to an element in global memory, whatever other work-items do to it.
  public void atomicAdd(LongArray array, int index, long val) {
    array.set(index, array.get(index) + val);
  }

  /// Adds to an element in global memory, whatever other work-items do to it; CUDA only.
  public void atomicAdd(FloatArray array, int index, float val) {
    array.set(index, array.get(index) + val);
  }

  /// Adds to an element in global memory, whatever other work-items do to it; CUDA only.
  public void atomicAdd(DoubleArray array, int index, double val) {
    array.set(index, array.get(index) + val);
  }

  /// The sum of `val` over the warp, for all its lanes: pairs at distance 16, 8, 4, 2, 1.
  public float simdSum(float val) {
    float sum = val;
    for (int distance = WorkGroup.WARP / 2; distance > 0; distance /= 2) {
      sum += (float) warp().exchange(sum).of(item.lane() ^ distance);
    }
    return sum;
  }

  /// The `val` of the lane that is `delta` ahead; one's own where there is none.
  public float simdShuffleDown(float val, int delta) {
    WorkItem.Exchange values = warp().exchange(val);
    int lane = item.lane() + delta;
    return lane < WorkGroup.WARP ? (float) values.of(lane) : val;
  }

  /// The `val` of the warp's first lane.
  public float simdBroadcastFirst(float val) {
    return (float) warp().exchange(val).of(0);
  }

  /// The lane's part of a (16, 8) matrix filled with `v`.
  public float[] mmaFragment(float v) {
    return new float[] {v, v, v, v};
  }

  /// The lane's part of the (16, 16) matrix A at the start of a local tile.
  public HalfFloat[] mmaLoadA(int[] aTile, int wmmaK) {
    return mmaLoadA(aTile, wmmaK, 0);
  }

  /// The lane's part of the (16, 8) matrix B at the start of a local tile.
  public HalfFloat[] mmaLoadB(int[] bTile, int wmmaK) {
    return mmaLoadB(bTile, wmmaK, 0);
  }

  /// The lane's part of the (16, 16) matrix A, `byteOffset` bytes into a local tile of two 16-bit
  /// elements an int, the first one low, row-major. `wmmaK` is 16. The hardware reads half a row
  /// for each lane: lane l the one of row l % 16 and columns 8·(l / 16) and up, at that lane's
  /// `byteOffset`, so that lanes with offsets of their own can read a tile of another layout.
  public HalfFloat[] mmaLoadA(int[] aTile, int wmmaK, int byteOffset) {
    requireFragment(wmmaK, byteOffset);
    return MatrixFragment.loadA(aTile, warp().exchange(byteOffset), item.lane());
  }

  /// The lane's part of the (16, 8) matrix B, `byteOffset` bytes into a local tile of two 16-bit
  /// elements an int, the first one low, row-major: row k holds the 8 columns. `wmmaK` is 16. Row k
  /// is read at the `byteOffset` of lane k.
  public HalfFloat[] mmaLoadB(int[] bTile, int wmmaK, int byteOffset) {
    requireFragment(wmmaK, byteOffset);
    return MatrixFragment.loadB(bTile, warp().exchange(byteOffset), item.lane());
  }

  /// D = A·B + C of the warp's FP16 matrices. All lanes of the warp must call it.
  public float[] mma(HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MMAShape mmaShape) {
    return multiply(fragA, fragB, fragC, MatrixFragment.Type.FP16);
  }

  /// D = A·B + C of the warp's BF16 matrices. All lanes of the warp must call it.
  public float[] mmaBF16(HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MMAShape mmaShape) {
    return multiply(fragA, fragB, fragC, MatrixFragment.Type.BF16);
  }

  /// Stores the lane's part of D in the row-major matrix `c` of `dimN` columns, the corner of D at
  /// (tileRow, tileCol). As TornadoVM does, it takes the header of `c` for that of Java's arrays,
  /// 16 bytes, whatever [TornadoNativeArray#ARRAY_HEADER] is.
  public void mmaStore(float[] fragD, FloatArray c, int tileRow, int tileCol, int dimN) {
    int lane = warp().lane();
    int longer = (int) (TornadoNativeArray.ARRAY_HEADER - 16) / Float.BYTES;
    for (int i = 0; i < fragD.length; i++) {
      int row = tileRow + MatrixFragment.accumulatorRow(lane, i);
      int column = tileCol + MatrixFragment.accumulatorColumn(lane, i);
      c.set(row * dimN + column - longer, fragD[i]);
    }
  }

  /// Begins to copy two halves, from an even index on, into one int. The int is there after the
  /// copies were committed and waited for.
  public void asyncCopyToLocal(int[] dstTile, int dstIndex, HalfFloatArray src, int srcIndex) {
    requireAligned(srcIndex, 2);
    warp()
        .copies()
        .begin(
            () -> {
              int low = src.get(srcIndex).getHalfFloatValue() & 0xFFFF;
              int high = src.get(srcIndex + 1).getHalfFloatValue();
              dstTile[dstIndex] = low | (high << Short.SIZE);
            });
  }

  /// Begins to copy four bytes, from a multiple of four on, into one int. The int is there after
  /// the copies were committed and waited for.
  public void asyncCopyToLocal(int[] dstTile, int dstIndex, ByteArray src, int srcIndex) {
    requireAligned(srcIndex, Integer.BYTES);
    warp()
        .copies()
        .begin(
            () -> {
              int packed = 0;
              for (int i = Integer.BYTES - 1; i >= 0; i--) {
                packed = (packed << Byte.SIZE) | (src.get(srcIndex + i) & 0xFF);
              }
              dstTile[dstIndex] = packed;
            });
  }

  /// Makes a group of the work-item's copies that were begun since the last commit.
  public void asyncCopyCommit() {
    warp().copies().commit();
  }

  /// Waits for the work-item's own copies, except those of the last `groups` groups. Only a
  /// barrier shows them to the other work-items.
  public void asyncCopyWaitGroup(int groups) {
    warp().copies().await(groups);
  }

  private <T> T local(Class<T> type, int size, IntFunction<T> fresh) {
    return item == null ? fresh.apply(size) : item.localArray(type, size, fresh);
  }

  private float[] multiply(
      HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MatrixFragment.Type type) {
    WorkItem.Exchange operands = warp().exchange(new MatrixFragment.Operands(fragA, fragB));
    return MatrixFragment.multiply(operands, fragC, item.lane(), type);
  }

  private WorkItem warp() {
    if (item == null) {
      throw new IllegalStateException("only a task's work-item has a warp: launch the kernel");
    }
    return item;
  }

  private static void requireFragment(int wmmaK, int byteOffset) {
    if (wmmaK != MatrixFragment.DEPTH || byteOffset % LDMATRIX_ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          "a matrix has depth %d and starts at a multiple of %d bytes, not depth %d at byte %d"
              .formatted(MatrixFragment.DEPTH, LDMATRIX_ALIGNMENT, wmmaK, byteOffset));
    }
  }

  private static void requireAligned(int index, int elements) {
    if (index % elements != 0) {
      throw new IllegalArgumentException(
          "an asynchronous copy takes 4 aligned bytes: index %d is no multiple of %d"
              .formatted(index, elements));
    }
  }
}
