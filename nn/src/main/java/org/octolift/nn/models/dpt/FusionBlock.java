package org.octolift.nn.models.dpt;

import org.octolift.engine.ops.Activation;
import org.octolift.nn.Parameter;
import org.octolift.nn.autograd.BatchNormParameters;

/// Joins a coarse map with a finer one and doubles its size (RefineNet's block as DPT uses it).
final class FusionBlock {
  private final DptParameters.Pair projection;
  private final ResidualUnit lateral;
  private final ResidualUnit joint;

  FusionBlock(DptParameters factory, String prefix, int channels) {
    projection = factory.biasedConvolution(prefix + "out_conv", 1, channels, channels);
    lateral = new ResidualUnit(factory, prefix + "resConfUnit1.", channels);
    joint = new ResidualUnit(factory, prefix + "resConfUnit2.", channels);
  }

  /// The reference doubles first and projects then; both are linear and the weights of an
  /// interpolation sum to one, so the order does not matter, and this one costs a quarter.
  ///
  /// @param coarse the result of the block before
  /// @param fine a map of the same size, or null
  Image record(Layers layers, Image coarse, Image fine) {
    Image x = fine == null ? coarse : layers.add(coarse, lateral.record(layers, fine));
    x = joint.record(layers, x);
    x = layers.convolution(x, projection.weight(), projection.bias(), 1, Activation.NONE);
    return layers.doubled(x);
  }

  /// Two 3 × 3 convolutions with BatchNorm, each behind a ReLU, and the input added.
  private static final class ResidualUnit {
    private final Parameter first;
    private final Parameter second;
    private final BatchNormParameters firstNorm;
    private final BatchNormParameters secondNorm;

    ResidualUnit(DptParameters factory, String prefix, int channels) {
      first = factory.convolution(prefix + "conv1.weight", 3, channels, channels);
      second = factory.convolution(prefix + "conv2.weight", 3, channels, channels);
      firstNorm = factory.batchNorm(prefix + "bn1", channels);
      secondNorm = factory.batchNorm(prefix + "bn2", channels);
    }

    Image record(Layers layers, Image x) {
      Image y = layers.convolution(layers.relu(x), first, null, 1, Activation.NONE);
      y = layers.batchNorm(y, firstNorm, null, true);
      y = layers.convolution(y, second, null, 1, Activation.NONE);
      return layers.batchNorm(y, secondNorm, x, false);
    }
  }
}
