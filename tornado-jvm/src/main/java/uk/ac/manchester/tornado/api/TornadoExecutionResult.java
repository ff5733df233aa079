package uk.ac.manchester.tornado.api;

/// What a plan's execution has left: arrays on the device, which can be asked for.
public final class TornadoExecutionResult {
  private final TornadoExecutionPlan plan;

  TornadoExecutionResult(TornadoExecutionPlan plan) {
    this.plan = plan;
  }

  /// Copies arrays from the device now, from the graphs that the plan has selected.
  public TornadoExecutionResult transferToHost(Object... objects) {
    for (Object object : objects) {
      plan.transferToHost(object);
    }
    return this;
  }

  /// Whether the execution is over; always true.
  public boolean isReady() {
    return true;
  }
}
