package org.octolift.engine.tornado;

import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.SchedulableTask;

/// The kernels of a plan, compiled before it runs: each once, by several threads. TornadoVM itself
/// keeps compiled kernels by plan, task and method, and compiles what it does not find there, one
/// task after the other, while it mostly waits for NVRTC. Here they are known by what their code
/// depends on: the method, and the numbers among the arguments, which are literals of the code.
/// With a grid, whose size the kernel learns when it starts, it depends on nothing else, as long as
/// no kernel asks an array for its size. Nothing is launched or allocated on the device.
///
/// TornadoVM's API has no word for that, its driver has; where that has changed, TornadoVM compiles
/// every task itself.
final class Precompilation {
  /// Threads; what TornadoVM's own compiler does is done by one at a time.
  private static final int MOST_THREADS = 16;

  private static final String PROFILER = "uk.ac.manchester.tornado.runtime.profiler.EmptyProfiler";

  /// What a kernel's code depends on.
  ///
  /// @param arguments literals, and the classes of the others
  /// @param sequential whether there is but one work-item
  private record Code(Object method, List<Object> arguments, boolean sequential) {}

  private final TornadoExecutionPlan plan;
  private final GridScheduler grids;
  private final Object profiler;

  private Precompilation(TornadoExecutionPlan plan, GridScheduler grids)
      throws ReflectiveOperationException {
    this.plan = plan;
    this.grids = grids;
    this.profiler = Class.forName(PROFILER).getConstructor().newInstance();
  }

  /// Compiles the tasks of a plan that has not run. Tasks without a grid are left out: it is their
  /// compilation that finds a grid.
  static void run(TornadoExecutionPlan plan, List<SchedulableTask> tasks, GridScheduler grids) {
    int count = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      Precompilation precompilation = new Precompilation(plan, grids);
      precompilation.byCode(tasks).forEach(same -> threads.execute(() -> precompilation.add(same)));
    } catch (ReflectiveOperationException _) {
      // This TornadoVM compiles all tasks as the plan runs.
    }
  }

  /// The tasks that differ in name, in groups of equal code.
  private Iterable<List<SchedulableTask>> byCode(List<SchedulableTask> tasks)
      throws ReflectiveOperationException {
    Map<String, SchedulableTask> byName = new LinkedHashMap<>();
    tasks.forEach(task -> byName.putIfAbsent(task.getId() + " " + task.getTaskName(), task));
    Map<Code, List<SchedulableTask>> byCode = new LinkedHashMap<>();
    for (SchedulableTask task : byName.values()) {
      WorkerGrid grid = grids.get(task.getId());
      if (grid != null) {
        byCode.computeIfAbsent(code(task, grid), _ -> new ArrayList<>()).add(task);
      }
    }
    return byCode.values();
  }

  private static Code code(SchedulableTask task, WorkerGrid grid)
      throws ReflectiveOperationException {
    List<Object> arguments = new ArrayList<>();
    for (Object argument : task.getArguments()) {
      boolean literal = argument instanceof Number || argument instanceof Boolean;
      arguments.add(literal ? argument : argument.getClass());
    }
    boolean sequential = Arrays.stream(grid.getGlobalWork()).allMatch(extent -> extent == 1);
    return new Code(call(task, "getMethod"), arguments, sequential);
  }

  /// Compiles the first task and gives what comes out to the others.
  private void add(List<SchedulableTask> same) {
    try {
      SchedulableTask first = same.getFirst();
      call(first, "setUseGridScheduler", true);
      call(first, "setGridScheduler", grids);
      call(first, "attachProfiler", profiler);
      Object device = call(first, "getDevice");
      Object code = call(call(device, "installCode", plan.getId(), first), "getCode");
      Object driver = call(device, "getDeviceContext");
      for (SchedulableTask task : same.subList(1, same.size())) {
        Object meta = call(task, "meta");
        call(driver, "installCode", plan.getId(), meta, task.getId(), task.getTaskName(), code);
      }
    } catch (ReflectiveOperationException | RuntimeException | Error _) {
      // It fails again, and is reported, when the plan runs.
    }
  }

  private static Object call(Object object, String name, Object... arguments)
      throws ReflectiveOperationException {
    for (Method method : object.getClass().getMethods()) {
      if (method.getName().equals(name)
          && !method.isBridge()
          && takes(method.getParameterTypes(), arguments)) {
        return method.invoke(object, arguments);
      }
    }
    throw new NoSuchMethodException(object.getClass().getName() + "." + name);
  }

  private static boolean takes(Class<?>[] types, Object[] arguments) {
    boolean takes = types.length == arguments.length;
    for (int i = 0; takes && i < types.length; i++) {
      takes = MethodType.methodType(types[i]).wrap().returnType().isInstance(arguments[i]);
    }
    return takes;
  }
}
