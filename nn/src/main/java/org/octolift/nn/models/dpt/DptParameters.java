package org.octolift.nn.models.dpt;

import org.octolift.nn.Parameter;
import org.octolift.nn.Parameter.Layout;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.autograd.BatchNormParameters;

/// Makes the parameters of a network that is loaded, never trained: values begin as zeros.
final class DptParameters {
  private static final float BATCH_NORM_EPSILON = 1e-5f;
  private static final float BATCH_NORM_MOMENTUM = 0.1f;

  private final ParameterSet parameters = new ParameterSet();

  /// A weight and a bias; the bias is null where there is none.
  record Pair(Parameter weight, Parameter bias) {}

  ParameterSet parameters() {
    return parameters;
  }

  /// The weights of a convolution with windows of size² pixels.
  Parameter convolution(String name, int size, int in, int out) {
    return parameters.add(Parameter.weights(name, Layout.IMAGE_CONVOLUTION, size * size, in, out));
  }

  /// The same, and a bias if there is one.
  Pair convolution(String prefix, int size, int in, int out, boolean biased) {
    return biased
        ? biasedConvolution(prefix, size, in, out)
        : new Pair(convolution(prefix + ".weight", size, in, out), null);
  }

  /// The same with a bias.
  Pair biasedConvolution(String prefix, int size, int in, int out) {
    return new Pair(convolution(prefix + ".weight", size, in, out), vector(prefix + ".bias", out));
  }

  /// The weights of a transposed convolution by size × size pixels, and a bias.
  Pair deconvolution(String prefix, int size, int in, int out) {
    Parameter weight =
        Parameter.weights(prefix + ".weight", Layout.IMAGE_DECONVOLUTION, size * size, in, out);
    return new Pair(parameters.add(weight), vector(prefix + ".bias", out));
  }

  /// A dense layer with a bias.
  Pair dense(String prefix, int in, int out) {
    Parameter weight = Parameter.weights(prefix + ".weight", Layout.DENSE, 1, in, out);
    return new Pair(parameters.add(weight), vector(prefix + ".bias", out));
  }

  /// Weight and bias of a LayerNorm or GroupNorm.
  Pair norm(String prefix, int channels) {
    return new Pair(vector(prefix + ".weight", channels), vector(prefix + ".bias", channels));
  }

  /// Rows of learnt tokens.
  Parameter tokens(String name, int rows, int channels) {
    return parameters.add(Parameter.weights(name, Layout.TOKENS, 1, rows, channels));
  }

  BatchNormParameters batchNorm(String prefix, int channels) {
    Pair affine = norm(prefix, channels);
    Parameter mean = statistic(prefix + ".running_mean", channels);
    Parameter variance = statistic(prefix + ".running_var", channels);
    parameters.addCounter(prefix + ".num_batches_tracked");
    return new BatchNormParameters(
        affine.weight, affine.bias, mean, variance, BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM);
  }

  private Parameter vector(String name, int channels) {
    return parameters.add(Parameter.vector(name, channels, true));
  }

  private Parameter statistic(String name, int channels) {
    return parameters.add(Parameter.vector(name, channels, false));
  }
}
