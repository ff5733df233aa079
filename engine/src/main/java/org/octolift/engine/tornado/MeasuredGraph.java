package org.octolift.engine.tornado;

import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.TaskGraph;

/// A task graph that tells what tasks it has.
final class MeasuredGraph extends TaskGraph {
  MeasuredGraph(String name) {
    super(name);
  }

  /// Tells the arguments of each task.
  void forEachTask(Consumer<Object[]> arguments) {
    taskGraphImpl.apply(task -> arguments.accept(task.getArguments()));
  }
}
