package org.octolift.nn.models.dpt;

import org.octolift.engine.ops.Activation;
import org.octolift.nn.autograd.BatchNormParameters;

/// Joins a coarse map with a finer one and doubles its size (RefineNet's block as DPT uses it).
final class FusionBlock {
  private final DptParameters.Pair projection;
  private final ResidualUnit lateral;
  private final ResidualUnit joint;

  /// @param normalised whether BatchNorm stands for the biases of the convolutions
  FusionBlock(DptParameters factory, String prefix, int channels, boolean normalised) {
    projection = factory.biasedConvolution(prefix + "out_conv", 1, channels, channels);
    lateral = new ResidualUnit(factory, prefix + "resConfUnit1.", channels, normalised);
    joint = new ResidualUnit(factory, prefix + "resConfUnit2.", channels, normalised);
  }

  /// The reference doubles first and projects then; both are linear and the weights of an
  /// interpolation sum to one, so the order does not matter, and this one costs a quarter.
  ///
  /// @param coarse the result of the block before
  /// @param fine a map of the same size, or null
  Image record(Layers layers, Image coarse, Image fine) {
    Image x = fine == null ? coarse : layers.add(coarse, lateral.record(layers, fine));
    x = joint.record(layers, x);
    return layers.doubled(layers.convolution(x, projection, 1, Activation.NONE));
  }

  /// Two 3 × 3 convolutions, each behind a ReLU, and the input added.
  private static final class ResidualUnit {
    private final DptParameters.Pair first;
    private final DptParameters.Pair second;
    private final BatchNormParameters firstNorm;
    private final BatchNormParameters secondNorm;

    ResidualUnit(DptParameters factory, String prefix, int channels, boolean normalised) {
      first = factory.convolution(prefix + "conv1", 3, channels, channels, !normalised);
      second = factory.convolution(prefix + "conv2", 3, channels, channels, !normalised);
      firstNorm = normalised ? factory.batchNorm(prefix + "bn1", channels) : null;
      secondNorm = normalised ? factory.batchNorm(prefix + "bn2", channels) : null;
    }

    Image record(Layers layers, Image x) {
      if (firstNorm == null) {
        Image y = layers.convolution(layers.relu(x), first, 1, Activation.RELU);
        return layers.add(layers.convolution(y, second, 1, Activation.NONE), x);
      }
      Image y = layers.convolution(layers.relu(x), first, 1, Activation.NONE);
      y = layers.batchNorm(y, firstNorm, null, true);
      y = layers.convolution(y, second, 1, Activation.NONE);
      return layers.batchNorm(y, secondNorm, x, false);
    }
  }
}
