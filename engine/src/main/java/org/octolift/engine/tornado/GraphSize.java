package org.octolift.engine.tornado;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// How much of TornadoVM's room for a graph tasks take. TornadoVM 5.2 has four limits, and a graph
/// beyond them fails as it is built or first run: 256 tasks; 8 KiB of tasks with their arguments;
/// 1024 nodes; and the buffer for what is interpreted, which is a setting. Sizes are upper bounds.
final class GraphSize {
  private static final int TASKS = 256;
  private static final int CODE = 8192;
  private static final int NODES = 1024;

  private static final int TASK_CODE = 15;
  private static final int ARGUMENT_CODE = 5;

  /// A task, and the allocation of what it is the first to use.
  private static final int TASK_NODES = 2;

  /// An object, its way to the device, and its end there.
  private static final int OBJECT_NODES = 3;

  /// Of a launch, of an argument with what its writer tells, of an object, and of the rest.
  private static final int LAUNCH = 33;

  private static final int ARGUMENT = 10;
  private static final int OBJECT = 48;
  private static final int REST = 64;

  private final int buffer;
  private int tasks;
  private int arguments;
  private int written;
  private final Set<Object> objects = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Object> scalars = new HashSet<>();

  GraphSize() {
    this(Integer.getInteger("tornado.tvm.maxbytecodesize", 4096)); // TornadoVM's default
  }

  /// @param buffer bytes of what is interpreted
  GraphSize(int buffer) {
    this.buffer = buffer;
  }

  /// What a graph takes that has the tasks of one op. They write the op's results, what only this
  /// op uses, and what it is the first to use; not what it is given.
  ///
  /// @param number of the graph
  /// @param arrays of all graphs
  /// @param results of the op
  static GraphSize of(
      MeasuredGraph graph, int number, List<ResidentArray> arrays, List<ResidentArray> results) {
    GraphSize size = new GraphSize();
    Set<Object> written = Collections.newSetFromMap(new IdentityHashMap<>());
    for (ResidentArray array : arrays) {
      if (array.isUsedBy(number)) {
        size.addObject(array.host());
        boolean own =
            switch (array.role()) {
              case SCRATCH -> true;
              case LIST, PREPARED -> array.first() == number;
              case VARIABLE, INPUT, CONSTANT, RESULT, TEMPORARY -> false;
            };
        if (own) {
          written.add(array.host());
        }
      }
    }
    results.forEach(array -> written.add(array.host()));
    graph.forEachTask(task -> size.addTask(task.getArguments(), written));
    return size;
  }

  /// Adds a task.
  ///
  /// @param mutable objects that the task may write
  void addTask(Object[] arguments, Set<Object> mutable) {
    tasks++;
    for (Object argument : arguments) {
      this.arguments++;
      if (argument instanceof Number || argument instanceof Boolean) {
        scalars.add(argument);
      } else {
        objects.add(argument);
        written += mutable.contains(argument) ? 1 : 0;
      }
    }
  }

  /// Adds an object that tasks may have for an argument.
  void addObject(Object object) {
    objects.add(object);
  }

  /// Adds the tasks of another.
  void add(GraphSize other) {
    tasks += other.tasks;
    arguments += other.arguments;
    written += other.written;
    objects.addAll(other.objects);
    scalars.addAll(other.scalars);
  }

  /// Whether a graph has room for these tasks.
  boolean fits() {
    int interpreted = REST + LAUNCH * tasks + ARGUMENT * arguments + OBJECT * objects.size();
    return tasks <= TASKS
        && TASK_CODE * tasks + ARGUMENT_CODE * arguments <= CODE
        && nodes() <= NODES
        && interpreted <= buffer;
  }

  private int nodes() {
    return 1 + scalars.size() + OBJECT_NODES * objects.size() + TASK_NODES * tasks + written;
  }
}
