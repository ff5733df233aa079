package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Group normalisation of images (Wu and He, 2018) and weight standardisation (Qiao et al., 2019).
public final class GroupNormalisation {
  private GroupNormalisation() {}

  /// Mean and variance of each image and group of neighbouring channels.
  ///
  /// @param statistics written, (images · groups, 2): mean, biased variance
  /// @param x not modified, (images · pixels, channels)
  public static void statistics(
      FloatArray statistics, FloatArray x, int images, int pixels, int channels, int groups) {
    for (@Parallel int index = 0; index < images * groups; index++) {
      int size = channels / groups;
      int from = index / groups * pixels * channels + index % groups * size;
      float sum = 0;
      for (int i = 0; i < pixels * size; i++) {
        sum += x.get(from + i / size * channels + i % size);
      }
      float mean = sum / (pixels * size);
      float squares = 0;
      for (int i = 0; i < pixels * size; i++) {
        float difference = x.get(from + i / size * channels + i % size) - mean;
        squares += difference * difference;
      }
      statistics.set(2 * index, mean);
      statistics.set(2 * index + 1, squares / (pixels * size));
    }
  }

  /// `y = (x - mean) / √(variance + epsilon) · gamma + beta`.
  ///
  /// @param y written, (images · pixels, channels)
  /// @param x not modified
  /// @param statistics not modified: of [#statistics]
  /// @param gamma not modified, (1, channels)
  /// @param beta not modified, (1, channels)
  public static void apply(
      FloatArray y,
      FloatArray x,
      FloatArray statistics,
      FloatArray gamma,
      FloatArray beta,
      int images,
      int pixels,
      int channels,
      int groups,
      float epsilon) {
    for (@Parallel int row = 0; row < images * pixels; row++) {
      for (@Parallel int channel = 0; channel < channels; channel++) {
        int group = row / pixels * groups + channel / (channels / groups);
        float scale =
            gamma.get(channel) / TornadoMath.sqrt(statistics.get(2 * group + 1) + epsilon);
        float centred = x.get(row * channels + channel) - statistics.get(2 * group);
        y.set(row * channels + channel, centred * scale + beta.get(channel));
      }
    }
  }

  /// `y = (w - mean) / (√variance + epsilon)` in each column: every output channel's weights.
  ///
  /// @param y written, (rows, channels)
  /// @param w not modified
  public static void standardise(
      FloatArray y, FloatArray w, int rows, int channels, float epsilon) {
    for (@Parallel int channel = 0; channel < channels; channel++) {
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
