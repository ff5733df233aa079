package uk.ac.manchester.tornado.api.common;

/// A task of a graph.
public interface SchedulableTask {
  /// The arguments of its kernel.
  Object[] getArguments();
}
