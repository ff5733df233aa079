package org.octolift.nn;

import org.octolift.engine.Variable;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// A named tensor of a model: a weight or a running statistic. Checkpoints hold it under the
/// reference's name and in the reference's layout; programs see [#variable()], (rows, channels)
/// row-major.
///
/// @param name the reference's state-dict name
/// @param layout how the reference lays the values out
/// @param kernels number of weight matrices K; 1 but for octree convolutions
/// @param variable the values
/// @param trainable whether an optimiser updates it
public record Parameter(
    String name, Layout layout, int kernels, Variable variable, boolean trainable) {

  /// The reference's layouts. K counts kernel offsets, Ci and Co the channels.
  public enum Layout {
    /// (Co, Ci·K) with column c·K + k, stored as (K·Ci, Co) with row k·Ci + c.
    CONVOLUTION,
    /// (Ci, Co·K) with column c·K + k, stored as (K·Ci, Co) with row k·Ci + c.
    DECONVOLUTION,
    /// (Co, Ci, 1), stored as (Ci, Co).
    LINEAR,
    /// (Co, Ci), stored as (Ci, Co).
    DENSE,
    /// (Co, Ci, s, s), a convolution of images; K = s², stored as (K·Ci, Co) with row k·Ci + c.
    IMAGE_CONVOLUTION,
    /// (Ci, Co, s, s), a transposed convolution of images with stride s; K = s², stored as
    /// (Ci, K·Co) with column k·Co + c.
    IMAGE_DECONVOLUTION,
    /// (1, rows, C), stored as (rows, C).
    TOKENS,
    /// (C), stored as (1, C).
    VECTOR
  }

  /// Weights of {@code kernels} matrices of (in, out).
  public static Parameter weights(String name, Layout layout, int kernels, int in, int out) {
    boolean wide = layout == Layout.IMAGE_DECONVOLUTION;
    int rows = wide ? in : Math.multiplyExact(kernels, in);
    int channels = wide ? Math.multiplyExact(kernels, out) : out;
    return new Parameter(name, layout, kernels, new Variable(name, rows, channels), true);
  }

  /// One value a channel.
  public static Parameter vector(String name, int channels, boolean trainable) {
    return new Parameter(name, Layout.VECTOR, 1, new Variable(name, 1, channels), trainable);
  }

  /// Number of values.
  public int size() {
    return variable.size();
  }

  /// Input channels Ci.
  public int in() {
    return layout == Layout.IMAGE_DECONVOLUTION ? variable.rows() : variable.rows() / kernels;
  }

  /// Output channels Co.
  public int out() {
    int channels = variable.channels();
    return layout == Layout.IMAGE_DECONVOLUTION ? channels / kernels : channels;
  }

  /// The reference's shape.
  public int[] shape() {
    return switch (layout) {
      case CONVOLUTION -> new int[] {out(), in() * kernels};
      case DECONVOLUTION -> new int[] {in(), out() * kernels};
      case LINEAR -> new int[] {out(), in(), 1};
      case DENSE -> new int[] {out(), in()};
      case IMAGE_CONVOLUTION -> {
        int side = (int) Math.sqrt(kernels);
        yield new int[] {out(), in(), side, side};
      }
      case IMAGE_DECONVOLUTION -> {
        int side = (int) Math.sqrt(kernels);
        yield new int[] {in(), out(), side, side};
      }
      case TOKENS -> new int[] {1, in(), out()};
      case VECTOR -> new int[] {out()};
    };
  }

  /// A copy of the values in the reference's layout.
  public float[] toReference() {
    return toReference(variable.values());
  }

  /// A copy of an array that belongs to this parameter (a gradient, an optimiser's moment) in the
  /// reference's layout.
  public float[] toReference(FloatArray values) {
    float[] result = new float[size()];
    int channels = variable.channels();
    for (int row = 0; row < variable.rows(); row++) {
      for (int channel = 0; channel < channels; channel++) {
        result[referenceIndex(row, channel)] = values.get(row * channels + channel);
      }
    }
    return result;
  }

  /// Sets the values from the reference's layout.
  ///
  /// @throws IllegalArgumentException if the number of values differs
  public void fromReference(float[] values) {
    fromReference(values, variable.data());
  }

  /// Sets an array that belongs to this parameter from the reference's layout.
  public void fromReference(float[] values, FloatArray target) {
    if (values.length != size()) {
      throw new IllegalArgumentException(
          "%s has %d values, got %d".formatted(name, size(), values.length));
    }
    int channels = variable.channels();
    for (int row = 0; row < variable.rows(); row++) {
      for (int channel = 0; channel < channels; channel++) {
        target.set(row * channels + channel, values[referenceIndex(row, channel)]);
      }
    }
  }

  /// Index in the reference's layout of the stored value (row, channel).
  private int referenceIndex(int row, int channel) {
    int in = in();
    int kernel = row / in;
    int c = row % in;
    return switch (layout) {
      case CONVOLUTION, IMAGE_CONVOLUTION -> (channel * in + c) * kernels + kernel;
      case DECONVOLUTION -> (c * out() + channel) * kernels + kernel;
      case IMAGE_DECONVOLUTION -> (row * out() + channel % out()) * kernels + channel / out();
      case LINEAR, DENSE -> channel * in + c;
      case TOKENS -> c * out() + channel;
      case VECTOR -> channel;
    };
  }
}
