package uk.ac.manchester.tornado.api.common;

/// A task of a graph.
public interface SchedulableTask {
  /// The arguments of its kernel.
  Object[] getArguments();

  /// The name that grids are registered under.
  String getId();

  /// The name of the kernel's method; here no more than the task's.
  String getTaskName();
}
