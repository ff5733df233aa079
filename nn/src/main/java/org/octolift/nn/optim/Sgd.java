package org.octolift.nn.optim;

import java.util.List;
import java.util.Map;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.nn.Parameter;

/// Stochastic gradient descent with momentum and L2 weight decay, as PyTorch's `SGD` (no
/// Nesterov, no dampening).
public final class Sgd extends AbstractOptimiser {
  private final double momentum;
  private final double weightDecay;

  /// @param momentum 0.9 in the reference
  /// @param weightDecay added to the gradient as {@code weightDecay * parameter}
  public Sgd(double momentum, double weightDecay) {
    this.momentum = momentum;
    this.weightDecay = weightDecay;
  }

  @Override
  public void record(Recorder recorder, Map<Parameter, Value> gradients) {
    recorder.add(
        new org.octolift.engine.ops.Sgd(
            gradients.keySet().stream().map(p -> recorder.persistent(p.variable())).toList(),
            gradients.keySet().stream().map(p -> state(recorder, "momentum", p)).toList(),
            List.copyOf(gradients.values()),
            hyperInput(recorder, 3)));
  }

  @Override
  public float[] hyper(double learningRate, long step) {
    return new float[] {(float) learningRate, (float) momentum, (float) weightDecay};
  }
}
