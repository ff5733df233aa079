package org.octolift.nn.layers;

import java.util.random.RandomGenerator;
import org.octolift.nn.Parameter;
import org.octolift.nn.Parameter.Layout;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.autograd.BatchNormParameters;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Makes a model's parameters, initialised as the reference does, in the order of
/// its state dict.
public final class ParameterFactory {
  /// O-CNN's constant.
  private static final float BATCH_NORM_EPSILON = 1e-3f;

  private final ParameterSet parameters = new ParameterSet();
  private final RandomGenerator random;
  private final float batchNormMomentum;

  /// @param random where initial weights come from
  /// @param batchNormMomentum weight of a new batch in BatchNorm's running statistics
  public ParameterFactory(RandomGenerator random, float batchNormMomentum) {
    this.random = random;
    this.batchNormMomentum = batchNormMomentum;
  }

  /// The parameters made so far.
  public ParameterSet parameters() {
    return parameters;
  }

  /// Octree convolution weights, Xavier-uniform on the reference's matrix.
  public Parameter convolution(String name, int kernels, int in, int out) {
    return xavier(Parameter.weights(name, Layout.CONVOLUTION, kernels, in, out));
  }

  /// Octree deconvolution weights, Xavier-uniform on the reference's matrix.
  public Parameter deconvolution(String name, int kernels, int in, int out) {
    return xavier(Parameter.weights(name, Layout.DECONVOLUTION, kernels, in, out));
  }

  /// 1×1 convolution weights, uniform in ±1/√in.
  public Parameter linear(String name, int in, int out) {
    Parameter weights = Parameter.weights(name, Layout.LINEAR, 1, in, out);
    return parameters.add(uniform(weights, 1 / Math.sqrt(in)));
  }

  /// Weights of a convolution of images with windows of size² pixels, uniform with the variance
  /// that keeps a ReLU network's signal (He et al., 2015).
  public Parameter imageConvolution(String name, int size, int in, int out) {
    int area = size * size;
    Parameter weights = Parameter.weights(name, Layout.IMAGE_CONVOLUTION, area, in, out);
    return parameters.add(uniform(weights, Math.sqrt(6.0 / (area * in))));
  }

  /// The bias of a 1×1 convolution of {@code in} channels, uniform in ±1/√in.
  public Parameter linearBias(String name, int in, int out) {
    return parameters.add(uniform(Parameter.vector(name, out, true), 1 / Math.sqrt(in)));
  }

  /// A BatchNorm layer: weight 1, bias 0, mean 0, variance 1.
  public BatchNormParameters batchNorm(String prefix, int channels) {
    Parameter weight = parameters.add(Parameter.vector(prefix + ".weight", channels, true));
    Parameter bias = parameters.add(Parameter.vector(prefix + ".bias", channels, true));
    Parameter mean = parameters.add(Parameter.vector(prefix + ".running_mean", channels, false));
    Parameter variance = parameters.add(Parameter.vector(prefix + ".running_var", channels, false));
    parameters.addCounter(prefix + ".num_batches_tracked");
    weight.variable().data().init(1f);
    variance.variable().data().init(1f);
    return new BatchNormParameters(
        weight, bias, mean, variance, BATCH_NORM_EPSILON, batchNormMomentum);
  }

  private Parameter xavier(Parameter weights) {
    int[] shape = weights.shape();
    return parameters.add(uniform(weights, Math.sqrt(6.0 / (shape[0] + shape[1]))));
  }

  private Parameter uniform(Parameter parameter, double bound) {
    FloatArray data = parameter.variable().data();
    for (int i = 0; i < data.getSize(); i++) {
      data.set(i, (float) ((2 * random.nextDouble() - 1) * bound));
    }
    return parameter;
  }
}
