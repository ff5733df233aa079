package org.octolift.nn.autograd;

import java.util.List;
import org.octolift.engine.Recomputation;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.ops.BatchNormApply;
import org.octolift.engine.ops.BatchNormGradient;
import org.octolift.engine.ops.BatchNormGradientSums;
import org.octolift.engine.ops.BatchNormStatistics;

/// Records [Tape#batchNorm] on a tape: by running statistics if it is for inference, else by those
/// of the rows, with the way back.
///
/// @param residual or null
record BatchNorm(Tape tape, Value x, BatchNormParameters norm, Value residual, boolean relu) {
  Value record() {
    Recorder recorder = tape.recorder();
    Value gamma = tape.parameter(norm.weight());
    Value beta = tape.parameter(norm.bias());
    Value runningMean = tape.parameter(norm.runningMean());
    Value runningVariance = tape.parameter(norm.runningVariance());
    if (!tape.training()) {
      return apply(x, runningMean, runningVariance, gamma, beta);
    }
    String name = norm.weight().name();
    Value mean = recorder.temporary(name + ".mean", Rows.fixed(1), x.channels());
    Value variance = recorder.temporary(name + ".variance", Rows.fixed(1), x.channels());
    recorder.add(
        new BatchNormStatistics(mean, variance, runningMean, runningVariance, x, norm.momentum()));
    Value y = apply(x, mean, variance, gamma, beta);
    if (residual == null || !tape.isComputedAgain(residual)) {
      tape.computeAgain(
          residual == null ? Recomputation.PASSES : Recomputation.RESIDUALS,
          y,
          g -> apply(g.forward(x), mean, variance, gamma, beta));
    }
    tape.record(
        y,
        List.of(norm.weight(), norm.bias()),
        g -> back(g, y, mean, variance, gamma, beta),
        x,
        gamma,
        beta,
        residual);
    return y;
  }

  private Value apply(Value input, Value mean, Value variance, Value gamma, Value beta) {
    Value y = tape.recorder().temporary(norm.weight().name(), x.rows(), x.channels());
    tape.recorder()
        .add(
            new BatchNormApply(
                y, input, mean, variance, gamma, beta, residual, relu, norm.epsilon()));
    return y;
  }

  private void back(Gradients g, Value y, Value mean, Value variance, Value gamma, Value beta) {
    Value dy = g.of(y);
    Value mask = relu ? g.forward(y) : null;
    Value input = g.forward(x);
    Value dGamma = g.like(gamma);
    Value dBeta = g.like(beta);
    tape.recorder()
        .add(
            new BatchNormGradientSums(
                dGamma, dBeta, dy, mask, input, mean, variance, norm.epsilon()));
    g.add(gamma, dGamma);
    g.add(beta, dBeta);
    boolean residualWanted = g.wanted(residual);
    if (!g.wanted(x) && !residualWanted) {
      return;
    }
    Value dx = g.like(x);
    Value dResidual = residualWanted ? g.like(residual) : null;
    tape.recorder()
        .add(
            new BatchNormGradient(
                dx,
                dResidual,
                dy,
                mask,
                input,
                mean,
                variance,
                gamma,
                dGamma,
                dBeta,
                norm.epsilon()));
    g.add(x, dx);
    if (residualWanted) {
      g.add(residual, dResidual);
    }
  }
}
