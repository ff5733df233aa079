package org.octolift.engine.tornado;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/// Kernels that several threads compile before the plan that runs them. TornadoVM compiles a plan's
/// tasks one after the other and mostly waits for NVRTC, which compiles on as many threads as call
/// it; TornadoVM's CUDA backend keeps its results for the process, by source, and finds them again
/// when it compiles the plan. Nothing is launched or allocated on the device.
final class Precompilation implements AutoCloseable {
  /// Threads; what TornadoVM does itself is done by one at a time.
  private static final int MOST_THREADS = 16;

  private final List<TornadoExecutionPlan> plans;
  private final ExecutorService threads;

  private Precompilation(List<TornadoExecutionPlan> plans, ExecutorService threads) {
    this.plans = plans;
    this.threads = threads;
  }

  /// Begins. TornadoVM must not see a kernel method for the first time meanwhile.
  static Precompilation start(List<TornadoExecutionPlan> plans) {
    int count = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    ExecutorService threads = Executors.newFixedThreadPool(count);
    plans.forEach(plan -> threads.execute(() -> compile(plan)));
    return new Precompilation(plans, threads);
  }

  private static void compile(TornadoExecutionPlan plan) {
    try {
      plan.withPreCompilation();
    } catch (RuntimeException | Error _) {
      // It fails again, and is reported, when the plan that needs the kernel runs.
    }
  }

  /// Waits for the end. Plans are closed last, and before others run: as TornadoVM closes a plan it
  /// releases the pinned memory of all.
  @Override
  public void close() {
    threads.close();
    for (TornadoExecutionPlan plan : plans) {
      try {
        plan.close();
      } catch (TornadoExecutionPlanException e) {
        throw new IllegalStateException("compiled kernels could not be given back", e);
      }
    }
  }
}
