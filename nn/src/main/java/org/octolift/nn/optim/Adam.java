package org.octolift.nn.optim;

import java.util.Map;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.nn.Parameter;

/// Adam with L2 weight decay, as PyTorch's `Adam` (β 0.9 and 0.999, ε 1e-8).
public final class Adam extends AbstractOptimiser {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final double weightDecay;

  /// @param weightDecay added to the gradient as {@code weightDecay * parameter}
  public Adam(double weightDecay) {
    this.weightDecay = weightDecay;
  }

  @Override
  public void record(Recorder recorder, Map<Parameter, Value> gradients) {
    gradients.forEach(
        (parameter, gradient) ->
            recorder.add(
                new org.octolift.engine.ops.Adam(
                    recorder.persistent(parameter.variable()),
                    state(recorder, "exp_avg", parameter),
                    state(recorder, "exp_avg_sq", parameter),
                    gradient,
                    hyperInput(recorder, 6))));
  }

  @Override
  public float[] hyper(double learningRate, long step) {
    return new float[] {
      (float) learningRate, BETA1, BETA2, EPSILON, (float) weightDecay, (float) step
    };
  }
}
