package org.octolift.kernels.gpu;

import org.octolift.kernels.DenseProducts;
import org.octolift.kernels.Resampling;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Passes of networks for images at the speed of a GPU's memory: [DenseProducts#finish],
/// [org.octolift.kernels.GroupNormalisation#apply] and [Resampling#resize] with the same bits,
/// where a work-item takes one channel of [RowStrips#ROWS] rows, as in [RowStrips].
public final class ImageStrips {
  private static final int ROWS = RowStrips.ROWS;

  private ImageStrips() {}

  /// [DenseProducts#finish], in place.
  ///
  /// @param strips [RowStrips#strips]
  public static void finish(
      FloatArray y,
      FloatArray bias,
      IntArray counts,
      int slot,
      int channels,
      int strips,
      int biased,
      int activation) {
    for (@Parallel int i = 0; i < strips * channels; i++) {
      int channel = i % channels;
      int first = i / channels * ROWS;
      int rows = counts.get(slot) - first;
      if (rows > 0) {
        float[] values = new float[ROWS];
        for (int j = 0; j < ROWS; j++) {
          values[j] = y.get((first + (j < rows ? j : 0)) * channels + channel);
        }
        float shift = biased == 1 ? bias.get(channel) : 0f;
        for (int j = 0; j < ROWS; j++) {
          if (j < rows) {
            y.set((first + j) * channels + channel, activated(values[j] + shift, activation));
          }
        }
      }
    }
  }

  private static float activated(float sum, int activation) {
    float value = sum;
    if (activation == DenseProducts.RELU) {
      value = TornadoMath.max(value, 0f);
    }
    if (activation == DenseProducts.GELU) {
      value = DenseProducts.gelu(value);
    }
    return value;
  }

  /// [org.octolift.kernels.GroupNormalisation#apply].
  ///
  /// @param xHalf x as [PlainRows], read instead if {@code rounded} has bit 0
  /// @param residualHalf the residual, read instead if {@code rounded} has bit 1
  /// @param strips of the pixels of an image
  public static void groupNorm(
      FloatArray y,
      FloatArray x,
      LongArray xHalf,
      FloatArray statistics,
      FloatArray gamma,
      FloatArray beta,
      FloatArray residual,
      LongArray residualHalf,
      int images,
      int pixels,
      int channels,
      int groups,
      int strips,
      int rounded,
      float epsilon,
      int added,
      int relu) {
    for (@Parallel int i = 0; i < images * strips * channels; i++) {
      int channel = i % channels;
      int image = i / channels / strips;
      int strip = i / channels - image * strips;
      int left = pixels - strip * ROWS;
      int from = (image * pixels + strip * ROWS) * channels + channel;
      float[] values = new float[ROWS];
      float[] others = new float[ROWS];
      for (int j = 0; j < ROWS; j++) {
        int at = from + (j < left ? j : 0) * channels;
        values[j] = (rounded & 1) == 1 ? PlainRows.number(xHalf, at) : x.get(at);
        others[j] = 0;
        if (added == 1) {
          others[j] = rounded > 1 ? PlainRows.number(residualHalf, at) : residual.get(at);
        }
      }
      int group = image * groups + channel / (channels / groups);
      float mean = statistics.get(2 * group);
      float scale = gamma.get(channel) / TornadoMath.sqrt(statistics.get(2 * group + 1) + epsilon);
      float shift = beta.get(channel);
      for (int j = 0; j < ROWS; j++) {
        float value = (values[j] - mean) * scale + shift;
        if (added == 1) {
          value += others[j];
        }
        if (j < left) {
          y.set(from + j * channels, relu == 1 && value < 0 ? 0 : value);
        }
      }
    }
  }

  /// [Resampling#resize] with two taps.
  ///
  /// @param strips of the pixels of a line
  public static void doubleTaps(
      FloatArray y,
      FloatArray x,
      int images,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int channels,
      int strips,
      int aligned) {
    for (@Parallel int i = 0; i < images * outHeight * strips * channels; i++) {
      int channel = i % channels;
      int strip = i / channels % strips;
      int line = i / channels / strips;
      int image = line / outHeight;
      float down =
          Resampling.coordinate(line - image * outHeight, height, outHeight, 2, aligned == 1);
      int above = (image * height + Resampling.index(down, 0, height, 2)) * width;
      int below = (image * height + Resampling.index(down, 1, height, 2)) * width;
      float[] upper = new float[ROWS];
      float[] lower = new float[ROWS];
      float[] upperNext = new float[ROWS];
      float[] lowerNext = new float[ROWS];
      for (int j = 0; j < ROWS; j++) {
        float right = Resampling.coordinate(strip * ROWS + j, width, outWidth, 2, aligned == 1);
        int one = Resampling.index(right, 0, width, 2);
        int next = Resampling.index(right, 1, width, 2);
        upper[j] = x.get((above + one) * channels + channel);
        upperNext[j] = x.get((above + next) * channels + channel);
        lower[j] = x.get((below + one) * channels + channel);
        lowerNext[j] = x.get((below + next) * channels + channel);
      }
      float share = Resampling.weight(down, 1, 2);
      for (int j = 0; j < ROWS; j++) {
        float right = Resampling.coordinate(strip * ROWS + j, width, outWidth, 2, aligned == 1);
        float part = Resampling.weight(right, 1, 2);
        float top = (1 - part) * upper[j] + part * upperNext[j];
        float bottom = (1 - part) * lower[j] + part * lowerNext[j];
        if (strip * ROWS + j < outWidth) {
          int at = line * outWidth + strip * ROWS + j;
          y.set(at * channels + channel, (1 - share) * top + share * bottom);
        }
      }
    }
  }
}
