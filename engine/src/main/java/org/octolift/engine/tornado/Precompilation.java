package org.octolift.engine.tornado;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
  private final CompiledKernels kernels = new CompiledKernels();
  private final ExecutorService threads;

  private Precompilation(List<Unit> units) {
    this.units = units;
    int count = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    this.threads = Executors.newFixedThreadPool(count);
  }

  /// Begins. TornadoVM must not see a kernel method for the first time meanwhile.
  static Precompilation start(List<Unit> units) {
    Precompilation started = new Precompilation(units);
    Map<Object, Future<?>> firsts = new HashMap<>();
    for (Unit unit : units) {
      Set<Object> codes = codes(unit);
      List<Future<?>> earlier =
          codes.stream()
              .filter(firsts::containsKey)
              .<Future<?>>map(firsts::get)
              .distinct()
              .toList();
      Future<?> compiled = started.threads.submit(() -> started.compile(unit, earlier));
      codes.forEach(code -> firsts.putIfAbsent(code, compiled));
    }
    return started;
  }

  private static Set<Object> codes(Unit unit) {
    Set<Object> codes = new HashSet<>();
    try {
      for (GridTask task : unit.tasks()) {
        if (task.grid() != null) {
          codes.add(CompiledKernels.code(task));
        }
      }
    } catch (ReflectiveOperationException _) {
      codes.clear(); // nothing can be shared
    }
    return codes;
  }

  /// Compiles the kernels that no earlier unit has. Units start in their order, so the earlier ones
  /// have all started.
  private void compile(Unit unit, List<Future<?>> earlier) {
    for (Future<?> compiled : earlier) {
      await(compiled);
    }
    try {
      give(unit.plan(), unit.tasks());
      unit.plan().withPreCompilation();
      kernels.add(unit.plan(), unit.tasks());
    } catch (RuntimeException | Error | ReflectiveOperationException _) {
      // It fails again, and is reported, when the plan that needs the kernel runs.
    }
  }

  private static void await(Future<?> compiled) {
    try {
      compiled.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("kernels could not be compiled ahead", e);
    }
  }

  private void give(TornadoExecutionPlan plan, List<GridTask> tasks) {
    try {
      kernels.giveTo(plan, tasks);
    } catch (ReflectiveOperationException _) {
      // This TornadoVM compiles all tasks of the plan; what NVRTC made of them it finds again.
    }
  }

  /// Waits for the end and gives all kernels to a plan that has not run yet.
  void giveTo(TornadoExecutionPlan plan, List<GridTask> tasks) {
    threads.close();
    give(plan, tasks);
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
