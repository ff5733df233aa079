package org.octolift.kernels.gpu;

import org.octolift.kernels.Shape;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Passes over matrices at the speed of a GPU's memory: the loops of
/// [org.octolift.kernels.Normalisation], [org.octolift.kernels.Elementwise] and
/// [org.octolift.kernels.RowCopies] with the same bits, where a work-item takes one channel of
/// [#ROWS] rows. What depends on the channel is computed once a work-item, division of the index
/// too, and all numbers are read before the first is written: as nothing tells the compiler that
/// arrays are apart, it would not read the next before. {@code shape} is a [Shape].
public final class RowStrips {
  /// Rows of a strip.
  public static final int ROWS = 8;

  private RowStrips() {}

  /// Work-items for {@code capacity} rows.
  public static int size(int capacity, int channels) {
    return Math.multiplyExact(strips(capacity), channels);
  }

  /// Strips of {@code capacity} rows.
  public static int strips(int capacity) {
    return Math.ceilDiv(capacity, ROWS);
  }

  /// [org.octolift.kernels.Normalisation#normalise] with the scale computed here.
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified
  /// @param mean not modified, (1, channels)
  /// @param variance not modified, (1, channels)
  /// @param gamma not modified, (1, channels)
  /// @param beta not modified, (1, channels)
  /// @param residual not modified, (capacity, channels); anything if {@code residuals} is 0
  public static void normalise(
      FloatArray y,
      FloatArray x,
      FloatArray mean,
      FloatArray variance,
      FloatArray gamma,
      FloatArray beta,
      FloatArray residual,
      IntArray counts,
      IntArray shape,
      int residuals,
      int relu,
      float epsilon) {
    int slot = shape.get(Shape.SLOT);
    int channels = shape.get(Shape.CHANNELS);
    int strips = (shape.get(Shape.CAPACITY) + ROWS - 1) / ROWS;
    for (@Parallel int i = 0; i < strips * channels; i++) {
      int channel = i % channels;
      int first = i / channels * ROWS;
      int rows = counts.get(slot) - first;
      if (rows > 0) {
        float[] values = new float[ROWS];
        float[] added = new float[ROWS];
        for (int j = 0; j < ROWS; j++) {
          int at = (first + (j < rows ? j : 0)) * channels + channel;
          values[j] = x.get(at);
          added[j] = residuals == 1 ? residual.get(at) : 0f;
        }
        float centre = mean.get(channel);
        float shift = beta.get(channel);
        float scale =
            (float) (gamma.get(channel) / Math.sqrt((double) variance.get(channel) + epsilon));
        for (int j = 0; j < ROWS; j++) {
          float value = (values[j] - centre) * scale + shift;
          if (residuals == 1) {
            value += added[j];
          }
          if (relu == 1 && value < 0) {
            value = 0;
          }
          if (j < rows) {
            y.set((first + j) * channels + channel, value);
          }
        }
      }
    }
  }

  /// [org.octolift.kernels.Normalisation#gradient] with the coefficients computed here.
  ///
  /// @param dx written, (capacity, channels); if {@code inPlace} is 1 it holds dy before
  /// @param dResidual written, (capacity, channels); anything if {@code residuals} is 0
  /// @param dy not modified; anything if {@code inPlace} is 1
  /// @param y not modified; anything if {@code masked} is 0
  /// @param x not modified
  /// @param mean not modified, (1, channels)
  /// @param variance not modified, (1, channels)
  /// @param gamma not modified, (1, channels)
  /// @param dGamma not modified, (1, channels)
  /// @param dBeta not modified, (1, channels)
  public static void gradient(
      FloatArray dx,
      FloatArray dResidual,
      FloatArray dy,
      FloatArray y,
      FloatArray x,
      FloatArray mean,
      FloatArray variance,
      FloatArray gamma,
      FloatArray dGamma,
      FloatArray dBeta,
      IntArray counts,
      IntArray shape,
      int masked,
      int residuals,
      int inPlace,
      float epsilon) {
    int slot = shape.get(Shape.SLOT);
    int channels = shape.get(Shape.CHANNELS);
    int strips = (shape.get(Shape.CAPACITY) + ROWS - 1) / ROWS;
    for (@Parallel int i = 0; i < strips * channels; i++) {
      int channel = i % channels;
      int first = i / channels * ROWS;
      int all = counts.get(slot);
      int rows = all - first;
      if (rows > 0) {
        float[] slopes = new float[ROWS];
        float[] values = new float[ROWS];
        float[] outputs = new float[ROWS];
        for (int j = 0; j < ROWS; j++) {
          int at = (first + (j < rows ? j : 0)) * channels + channel;
          slopes[j] = inPlace == 1 ? dx.get(at) : dy.get(at);
          values[j] = x.get(at);
          outputs[j] = masked == 1 ? y.get(at) : 1f;
        }
        float centre = mean.get(channel);
        double rstd = 1 / Math.sqrt((double) variance.get(channel) + epsilon);
        double a = gamma.get(channel) * rstd;
        double share = 1.0 / all;
        float factor = (float) a;
        float slope = (float) (-a * rstd * dGamma.get(channel) * share);
        float shift = (float) (-a * dBeta.get(channel) * share);
        for (int j = 0; j < ROWS; j++) {
          float dz = outputs[j] > 0 ? slopes[j] : 0f;
          float value = factor * dz + (slope * (values[j] - centre) + shift);
          if (j < rows) {
            int at = (first + j) * channels + channel;
            dx.set(at, value);
            if (residuals == 1) {
              dResidual.set(at, dz);
            }
          }
        }
      }
    }
  }

  /// [org.octolift.kernels.Elementwise#addInPlace].
  ///
  /// @param y accumulated, (capacity, channels)
  /// @param x not modified
  public static void addInPlace(FloatArray y, FloatArray x, IntArray counts, IntArray shape) {
    int slot = shape.get(Shape.SLOT);
    int channels = shape.get(Shape.CHANNELS);
    int strips = (shape.get(Shape.CAPACITY) + ROWS - 1) / ROWS;
    for (@Parallel int i = 0; i < strips * channels; i++) {
      int channel = i % channels;
      int first = i / channels * ROWS;
      int rows = counts.get(slot) - first;
      if (rows > 0) {
        float[] sums = new float[ROWS];
        for (int j = 0; j < ROWS; j++) {
          int at = (first + (j < rows ? j : 0)) * channels + channel;
          sums[j] = y.get(at) + x.get(at);
        }
        for (int j = 0; j < ROWS; j++) {
          if (j < rows) {
            y.set((first + j) * channels + channel, sums[j]);
          }
        }
      }
    }
  }

  /// [org.octolift.kernels.RowCopies#copyChannels].
  ///
  /// @param y written in part, (capacity, toWidth)
  /// @param x not modified, (capacity, fromWidth)
  /// @param sizes not modified: the [Shape] of what is copied; toWidth, the first channel there,
  ///     fromWidth, the first channel there
  public static void copyChannels(FloatArray y, FloatArray x, IntArray counts, IntArray sizes) {
    int slot = sizes.get(Shape.SLOT);
    int channels = sizes.get(Shape.CHANNELS);
    int strips = (sizes.get(Shape.CAPACITY) + ROWS - 1) / ROWS;
    int toWidth = sizes.get(Shape.LENGTH);
    int toChannel = sizes.get(Shape.LENGTH + 1);
    int fromWidth = sizes.get(Shape.LENGTH + 2);
    int fromChannel = sizes.get(Shape.LENGTH + 3);
    for (@Parallel int i = 0; i < strips * channels; i++) {
      int channel = i % channels;
      int first = i / channels * ROWS;
      int rows = counts.get(slot) - first;
      if (rows > 0) {
        float[] values = new float[ROWS];
        for (int j = 0; j < ROWS; j++) {
          values[j] = x.get((first + (j < rows ? j : 0)) * fromWidth + fromChannel + channel);
        }
        for (int j = 0; j < ROWS; j++) {
          if (j < rows) {
            y.set((first + j) * toWidth + toChannel + channel, values[j]);
          }
        }
      }
    }
  }
}
