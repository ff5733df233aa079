package uk.ac.manchester.tornado.api;

import java.util.List;

/// A task graph that changes no more. It runs in a [TornadoExecutionPlan].
public final class ImmutableTaskGraph {
  private final String name;
  private final List<GraphTask> tasks;
  private final List<TaskGraph.Transfer> toDevice;
  private final List<TaskGraph.Transfer> toHost;
  private final List<TaskGraph.Consumed> consumed;

  ImmutableTaskGraph(
      String name,
      List<GraphTask> tasks,
      List<TaskGraph.Transfer> toDevice,
      List<TaskGraph.Transfer> toHost,
      List<TaskGraph.Consumed> consumed) {
    this.name = name;
    this.tasks = tasks;
    this.toDevice = toDevice;
    this.toHost = toHost;
    this.consumed = consumed;
  }

  String name() {
    return name;
  }

  List<GraphTask> tasks() {
    return tasks;
  }

  List<TaskGraph.Transfer> toDevice() {
    return toDevice;
  }

  List<TaskGraph.Transfer> toHost() {
    return toHost;
  }

  List<TaskGraph.Consumed> consumed() {
    return consumed;
  }
}
