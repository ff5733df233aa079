package org.octolift.engine.tornado;

import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.common.SchedulableTask;

/// Kernels that TornadoVM's CUDA backend has compiled for some plans, to be given to others.
/// TornadoVM keeps compiled kernels by plan, task and method, and compiles what it does not find
/// there, one after the other. Here they are known by what their code depends on: the method, and
/// the numbers among the arguments, which are literals of the code. With a grid, whose size the
/// kernel learns when it starts, it depends on nothing else, as long as no kernel asks an array for
/// its size.
///
/// TornadoVM's API has no word for that, its driver has; where that has changed, TornadoVM compiles
/// every task itself. Safe for use by several threads.
final class CompiledKernels {
  /// What a kernel's code depends on.
  ///
  /// @param arguments literals, and the classes of the others
  record Code(Object method, List<Object> arguments, boolean sequential) {}

  /// Where a compiled kernel is.
  private record Place(long plan, String task, String method) {}

  private final Map<Code, Place> places = new ConcurrentHashMap<>();

  /// Adds what a plan has compiled.
  void add(TornadoExecutionPlan plan, List<GridTask> tasks) throws ReflectiveOperationException {
    for (GridTask task : tasks) {
      if (task.grid() != null) {
        places.putIfAbsent(code(task), place(plan, task.task()));
      }
    }
  }

  /// Gives a plan the kernels of its tasks, as far as they are known. Tasks without a grid are left
  /// out: it is their compilation that finds a grid.
  void giveTo(TornadoExecutionPlan plan, List<GridTask> tasks) throws ReflectiveOperationException {
    Set<Place> given = new HashSet<>();
    for (GridTask task : tasks) {
      Place from = task.grid() == null ? null : places.get(code(task));
      Place to = place(plan, task.task());
      if (from != null && given.add(to)) {
        give(from, to, task.task());
      }
    }
  }

  private static void give(Place from, Place to, SchedulableTask task)
      throws ReflectiveOperationException {
    Object driver = call(call(task, "getDevice"), "getDeviceContext");
    Object kernel = call(driver, "getInstalledCode", from.plan(), from.task(), from.method());
    if (kernel != null) {
      Object source = call(kernel, "getCode");
      call(driver, "installCode", to.plan(), call(task, "meta"), to.task(), to.method(), source);
    }
  }

  private static Place place(TornadoExecutionPlan plan, SchedulableTask task) {
    return new Place(plan.getId(), task.getId(), task.getTaskName());
  }

  /// What the code of a task that has a grid depends on.
  static Code code(GridTask task) throws ReflectiveOperationException {
    List<Object> arguments = new ArrayList<>();
    for (Object argument : task.task().getArguments()) {
      boolean literal = argument instanceof Number || argument instanceof Boolean;
      arguments.add(literal ? argument : argument.getClass());
    }
    boolean sequential = Arrays.stream(task.grid().getGlobalWork()).allMatch(extent -> extent == 1);
    return new Code(call(task.task(), "getMethod"), arguments, sequential);
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
