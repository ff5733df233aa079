package org.octolift.engine.cpu;

import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Program;
import org.octolift.kernels.cpu.DenseKernels;
import org.octolift.kernels.cpu.PairKernels;
import org.octolift.kernels.cpu.RowKernels;
import org.octolift.kernels.cpu.ScalarDenseKernels;
import org.octolift.kernels.cpu.ScalarPairKernels;
import org.octolift.kernels.cpu.ScalarRowKernels;
import org.octolift.kernels.cpu.VectorDenseKernels;
import org.octolift.kernels.cpu.VectorPairKernels;
import org.octolift.kernels.cpu.VectorRowKernels;

/// All cores of this machine, or as many threads as asked for. Results are the same bits for any
/// number.
public final class CpuDevice implements Device {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private final Workers workers;
  private final PairKernels pairKernels;
  private final RowKernels rowKernels;
  private final DenseKernels denseKernels;
  private final PairListCache pairLists;
  private final Thread warmUp;

  /// A device of {@code threads} threads.
  public CpuDevice(int threads) {
    this(
        threads,
        hasVectorModule() ? new VectorPairKernels() : new ScalarPairKernels(),
        hasVectorModule() ? new VectorRowKernels() : new ScalarRowKernels(),
        hasVectorModule() ? new VectorDenseKernels() : new ScalarDenseKernels());
  }

  /// A device with given inner loops, for comparisons.
  public CpuDevice(
      int threads, PairKernels pairKernels, RowKernels rowKernels, DenseKernels denseKernels) {
    this.workers = new Workers(threads);
    this.pairKernels = pairKernels;
    this.rowKernels = rowKernels;
    this.denseKernels = denseKernels;
    this.pairLists = new PairListCache(workers);
    this.warmUp = pairKernels instanceof VectorPairKernels ? KernelWarmUp.ofSparseLoops() : null;
  }

  /// A device of all processors.
  public static CpuDevice ofAllCores() {
    return new CpuDevice(Runtime.getRuntime().availableProcessors());
  }

  /// Whether the JVM was started with the Vector API's module.
  public static boolean hasVectorModule() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  /// The threads.
  public Workers workers() {
    return workers;
  }

  PairKernels pairKernels() {
    return pairKernels;
  }

  RowKernels rowKernels() {
    return rowKernels;
  }

  DenseKernels denseKernels() {
    return denseKernels;
  }

  /// Waits until the inner loops of octree networks are compiled.
  void awaitWarmUp() {
    try {
      if (warmUp != null) {
        warmUp.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  PairListCache pairLists() {
    return pairLists;
  }

  @Override
  public String description() {
    return "CPU, %d threads, %s"
        .formatted(workers.threads(), pairKernels.getClass().getSimpleName());
  }

  @Override
  public Executable load(Program program) {
    if (denseKernels instanceof VectorDenseKernels
        && program.ops().stream().anyMatch(DenseOp.class::isInstance)) {
      KernelWarmUp.ofDenseLoops();
    }
    return new CpuExecutable(this, program);
  }

  @Override
  public void close() {
    workers.close();
  }
}
