package org.octolift.engine.tornado;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/// Kernels that several threads compile before the plan that runs them. TornadoVM compiles a plan's
/// tasks one after the other and mostly waits for NVRTC, which compiles on as many threads as call
/// it. The plan then gets what is compiled ([CompiledKernels]). Nothing is launched or allocated on
/// the device.
final class Precompilation implements AutoCloseable {
  /// Threads; what TornadoVM does itself is done by one at a time.
  private static final int MOST_THREADS = 16;

  /// Graphs to be compiled, and their tasks.
  record Unit(TornadoExecutionPlan plan, List<GridTask> tasks) {}

  private final List<Unit> units;
  private final ExecutorService threads;

  private Precompilation(List<Unit> units, ExecutorService threads) {
    this.units = units;
    this.threads = threads;
  }

  /// Begins. TornadoVM must not see a kernel method for the first time meanwhile.
  static Precompilation start(List<Unit> units) {
    int count = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    ExecutorService threads = Executors.newFixedThreadPool(count);
    units.forEach(unit -> threads.execute(() -> compile(unit.plan())));
    return new Precompilation(units, threads);
  }

  private static void compile(TornadoExecutionPlan plan) {
    try {
      plan.withPreCompilation();
    } catch (RuntimeException | Error _) {
      // It fails again, and is reported, when the plan that needs the kernel runs.
    }
  }

  /// Waits for the end and gives all kernels to a plan that has not run yet.
  void giveTo(TornadoExecutionPlan plan, List<GridTask> tasks) {
    threads.close();
    try {
      CompiledKernels kernels = new CompiledKernels();
      for (Unit unit : units) {
        kernels.add(unit.plan(), unit.tasks());
      }
      kernels.giveTo(plan, tasks);
    } catch (ReflectiveOperationException _) {
      // This TornadoVM compiles all tasks of the plan; what NVRTC made of them it finds again.
    }
  }

  /// Waits for the end. Plans are closed last, and before others run: as TornadoVM closes a plan it
  /// releases the pinned memory of all.
  @Override
  public void close() {
    threads.close();
    for (Unit unit : units) {
      try {
        unit.plan().close();
      } catch (TornadoExecutionPlanException e) {
        throw new IllegalStateException("compiled kernels could not be given back", e);
      }
    }
  }
}
