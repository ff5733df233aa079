package org.octolift.engine.cpu;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Executable;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.memory.Capacity;
import org.octolift.engine.memory.MemoryPlan;
import org.octolift.kernels.cpu.DenseKernels;
import org.octolift.kernels.cpu.PairKernels;
import org.octolift.kernels.cpu.RowKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// A program on the CPU.
final class CpuExecutable implements Executable, CpuRun {
  private static final int SCRATCH_SLOTS = 8;
  private static final int OFF_HEAP_SLOTS = 4;

  private final CpuDevice device;
  private final Program program;
  private final TornadoNativeArray[] arrays;
  private final float[][][] scratch;
  private final float[][] sharedScratch = new float[SCRATCH_SLOTS][0];
  private final FloatArray[] offHeapScratch = new FloatArray[OFF_HEAP_SLOTS];
  private final Map<Rows, Integer> rows = new HashMap<>();
  private BatchInputs batch;
  private MemoryPlan plan;

  CpuExecutable(CpuDevice device, Program program) {
    this.device = device;
    this.program = program;
    this.arrays = new TornadoNativeArray[program.values().size()];
    this.scratch = new float[device.workers().threads()][SCRATCH_SLOTS][0];
  }

  @Override
  public void run(BatchInputs next) {
    prepare(next);
    for (Op op : program.ops()) {
      op.run(this);
    }
  }

  @Override
  public long[] profile(BatchInputs next) {
    prepare(next);
    long[] nanoseconds = new long[program.ops().size()];
    for (int i = 0; i < nanoseconds.length; i++) {
      long start = System.nanoTime();
      program.ops().get(i).run(this);
      nanoseconds[i] = System.nanoTime() - start;
    }
    return nanoseconds;
  }

  /// Counts rows, finds memory for all values.
  private void prepare(BatchInputs next) {
    batch = next;
    device.pairLists().begin(next);
    rows.clear();
    for (Value value : program.values()) {
      rows.computeIfAbsent(value.rows(), this::count);
    }
    if (plan == null || !Capacity.fits(plan.capacities(), rows)) {
      allocate();
      device.awaitWarmUp();
    }
    for (Value value : program.inputs()) {
      bind(value);
    }
    for (Value value : program.values()) {
      if (value.source() instanceof Value.Source.Persistent(var variable)) {
        arrays[value.id()] = variable.data();
      }
    }
  }

  private int count(Rows symbol) {
    return symbol.kind() == Rows.Kind.FIXED ? symbol.value() : batch.rows(symbol);
  }

  private void allocate() {
    Map<Rows, Integer> capacities =
        Capacity.grown(plan == null ? Map.of() : plan.capacities(), rows);
    for (Value value : program.values()) {
      if (value.isTemporary()) {
        arrays[value.id()] = null;
      }
    }
    plan = MemoryPlan.of(program, capacities::get);
    List<MemoryPlan.Buffer> buffers = plan.buffers();
    // New arrays are zeroed, and the system finds their pages then: on all threads.
    workers()
        .parallel(buffers.size(), 1, (from, to) -> buffers.subList(from, to).forEach(this::bind));
  }

  private void bind(MemoryPlan.Buffer buffer) {
    TornadoNativeArray array =
        buffer.type() == Value.Type.FLOAT
            ? new FloatArray(buffer.size())
            : new IntArray(buffer.size());
    for (Value value : buffer.values()) {
      arrays[value.id()] = array;
    }
  }

  private void bind(Value value) {
    var key = ((Value.Source.Input) value.source()).key();
    TornadoNativeArray array =
        value.type() == Value.Type.FLOAT ? batch.floats(key) : batch.ints(key);
    long needed = (long) rows(value) * value.channels();
    if (array.getSize() < needed) {
      throw new IllegalArgumentException(
          "input %s needs %d elements, got %d".formatted(value, needed, array.getSize()));
    }
    arrays[value.id()] = array;
  }

  @Override
  public FloatArray floats(Value value) {
    return (FloatArray) arrays[value.id()];
  }

  @Override
  public IntArray ints(Value value) {
    return (IntArray) arrays[value.id()];
  }

  @Override
  public int rows(Rows symbol) {
    return rows.get(symbol);
  }

  @Override
  public int rows(Value value) {
    return rows.get(value.rows());
  }

  @Override
  public Workers workers() {
    return device.workers();
  }

  @Override
  public PairKernels pairKernels() {
    return device.pairKernels();
  }

  @Override
  public RowKernels rowKernels() {
    return device.rowKernels();
  }

  @Override
  public DenseKernels denseKernels() {
    return device.denseKernels();
  }

  @Override
  public PairLists pairs(Value table) {
    return device.pairLists().of(ints(table), rows(table), table.channels());
  }

  @Override
  public PairLists identity(int count) {
    return device.pairLists().identity(count);
  }

  @Override
  public InverseIndex inverse(Value index, int count) {
    int size = rows(index) * index.channels();
    return index.source() instanceof Value.Source.Input
        ? device.pairLists().inverse(ints(index), size, count)
        : InverseIndex.of(ints(index), size, count);
  }

  @Override
  public float[] scratch(int thread, int slot, int size) {
    if (scratch[thread][slot].length < size) {
      scratch[thread][slot] = new float[size + size / 4];
    }
    return scratch[thread][slot];
  }

  @Override
  public float[] sharedScratch(int slot, int size) {
    if (sharedScratch[slot].length < size) {
      sharedScratch[slot] = new float[size];
    }
    return sharedScratch[slot];
  }

  @Override
  public FloatArray offHeapScratch(int slot, int size) {
    if (offHeapScratch[slot] == null || offHeapScratch[slot].getSize() < size) {
      offHeapScratch[slot] = new FloatArray(size);
    }
    return offHeapScratch[slot];
  }

  @Override
  public MemoryPlan plan() {
    return plan;
  }

  @Override
  public void close() {
    Arrays.fill(arrays, null);
    plan = null;
  }
}
