package uk.ac.manchester.tornado.api;

import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.common.SchedulableTask;

/// What is behind a [TaskGraph].
public interface TornadoTaskGraphInterface {
  /// Shows all tasks, in their order.
  void apply(Consumer<SchedulableTask> consumer);
}
