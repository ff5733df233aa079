package org.octolift.engine.tornado;

import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.SchedulableTask;

/// A task graph that tells what tasks it has.
final class MeasuredGraph extends TaskGraph {
  MeasuredGraph(String name) {
    super(name);
  }

  void forEachTask(Consumer<SchedulableTask> consumer) {
    taskGraphImpl.apply(consumer);
  }
}
