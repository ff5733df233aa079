package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Group normalisation of images (Wu and He, 2018) and weight standardisation (Qiao et al., 2019).
public final class GroupNormalisation {
  private GroupNormalisation() {}

  /// Sums over parts of the images' pixels, each part's pixels {@code parts} apart. To keep digits,
  /// a group's first value is subtracted before.
  ///
  /// @param sums written, (images, parts, channels, 2): of the values, of their squares
  /// @param x not modified, (images · pixels, channels)
  public static void partialSums(
      FloatArray sums, FloatArray x, int images, int pixels, int channels, int groups, int parts) {
    for (@Parallel int i = 0; i < images * parts * channels; i++) {
      int channel = i % channels;
      int part = i / channels % parts;
      int from = i / channels / parts * pixels * channels;
      int size = channels / groups;
      float pivot = x.get(from + channel / size * size);
      float sum = 0;
      float squares = 0;
      for (int pixel = part; pixel < pixels; pixel += parts) {
        float value = x.get(from + pixel * channels + channel) - pivot;
        sum += value;
        squares += value * value;
      }
      sums.set(2 * i, sum);
      sums.set(2 * i + 1, squares);
    }
  }

  /// Mean and variance of each image and group of neighbouring channels from [#partialSums].
  ///
  /// @param statistics written, (images · groups, 2): mean, biased variance
  /// @param sums not modified
  /// @param x not modified, (images · pixels, channels)
  public static void statistics(
      FloatArray statistics,
      FloatArray sums,
      FloatArray x,
      int images,
      int pixels,
      int channels,
      int groups,
      int parts) {
    for (@Parallel int index = 0; index < images * groups; index++) {
      int size = channels / groups;
      int image = index / groups;
      int first = index % groups * size;
      float sum = 0;
      float squares = 0;
      for (int i = 0; i < parts * size; i++) {
        int at = 2 * ((image * parts + i / size) * channels + first + i % size);
        sum += sums.get(at);
        squares += sums.get(at + 1);
      }
      float mean = sum / (pixels * size);
      statistics.set(2 * index, mean + x.get(image * pixels * channels + first));
      statistics.set(2 * index + 1, TornadoMath.max(squares / (pixels * size) - mean * mean, 0f));
    }
  }

  /// `y = (x - mean) / √(variance + epsilon) · gamma + beta`, plus a residual, then ReLU.
  ///
  /// @param y written, (images · pixels, channels)
  /// @param x not modified
  /// @param statistics not modified: of [#statistics]
  /// @param gamma not modified, (1, channels)
  /// @param beta not modified, (1, channels)
  /// @param residual not modified, (images · pixels, channels); anything if {@code added} is 0
  public static void apply(
      FloatArray y,
      FloatArray x,
      FloatArray statistics,
      FloatArray gamma,
      FloatArray beta,
      FloatArray residual,
      int images,
      int pixels,
      int channels,
      int groups,
      float epsilon,
      int added,
      int relu) {
    for (@Parallel int i = 0; i < images * pixels * channels; i++) {
      int channel = i % channels;
      int group = i / channels / pixels * groups + channel / (channels / groups);
      float scale = gamma.get(channel) / TornadoMath.sqrt(statistics.get(2 * group + 1) + epsilon);
      float value = (x.get(i) - statistics.get(2 * group)) * scale + beta.get(channel);
      if (added == 1) {
        value += residual.get(i);
      }
      y.set(i, relu == 1 && value < 0 ? 0 : value);
    }
  }

  /// `y = (w - mean) / (√variance + epsilon)` in each column: every output channel's weights.
  ///
  /// @param y written, (rows, channels)
  /// @param w not modified
  public static void standardise(
      FloatArray y, FloatArray w, int rows, int channels, float epsilon) {
    for (@Parallel int channel = 0; channel < (channels & Bounds.LITERAL); channel++) {
      standardiseColumn(y, w, channel, rows, channels, epsilon);
    }
  }

  /// One column of [#standardise].
  public static void standardiseColumn(
      FloatArray y, FloatArray w, int channel, int rows, int channels, float epsilon) {
    float sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += w.get(row * channels + channel);
    }
    float mean = sum / rows;
    float squares = 0;
    for (int row = 0; row < rows; row++) {
      float difference = w.get(row * channels + channel) - mean;
      squares += difference * difference;
    }
    float scale = 1 / (TornadoMath.sqrt(squares / rows) + epsilon);
    for (int row = 0; row < rows; row++) {
      y.set(row * channels + channel, (w.get(row * channels + channel) - mean) * scale);
    }
  }
}
