package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Images of another size, by 2 × 2 or 4 × 4 taps, as `torch.nn.functional.interpolate` computes
/// them: bilinear, and bicubic with the kernel of Keys (1981), a = -3/4; no anti-aliasing. Output
/// pixel o lies at `o · (in - 1) / (out - 1)` if corners are aligned, else at
/// `(o + ½) · in / out - ½`; taps outside the image are those at its border.
///
/// Pixels are rows: `(image · height + y) · width + x`. {@code taps} is 2 (bilinear) or 4
/// (bicubic), {@code aligned} is 1 if corners are aligned, else 0.
public final class Resampling {
  private static final float A = -0.75f;

  private Resampling() {}

  /// Where output pixel {@code at} lies on an axis of the input.
  public static float coordinate(int at, int in, int out, int taps, boolean aligned) {
    if (aligned) {
      return out > 1 ? at * ((float) (in - 1) / (out - 1)) : 0;
    }
    float source = (at + 0.5f) * ((float) in / out) - 0.5f;
    return taps == 2 ? TornadoMath.max(source, 0f) : source;
  }

  /// Input pixel of a tap.
  public static int index(float coordinate, int tap, int in, int taps) {
    int first = (int) TornadoMath.floor(coordinate) + (taps == 2 ? 0 : -1);
    int index = first + tap;
    return index < 0 ? 0 : index < in ? index : in - 1;
  }

  /// Weight of a tap.
  public static float weight(float coordinate, int tap, int taps) {
    float t = coordinate - TornadoMath.floor(coordinate);
    if (taps == 2) {
      return tap == 0 ? 1 - t : t;
    }
    float distance = TornadoMath.abs(t + 1 - tap);
    if (distance <= 1) {
      return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
    }
    return ((A * distance - 5 * A) * distance + 8 * A) * distance - 4 * A;
  }

  /// `y = resized x`.
  ///
  /// @param y written, (images · outHeight · outWidth, channels)
  /// @param x not modified, (images · height · width, channels)
  public static void resize(
      FloatArray y,
      FloatArray x,
      int images,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int channels,
      int taps,
      int aligned) {
    for (@Parallel int element = 0; element < images * outHeight * outWidth * channels; element++) {
      int row = element / channels;
      int channel = element % channels;
      int image = row / (outHeight * outWidth);
      float i = coordinate(row / outWidth % outHeight, height, outHeight, taps, aligned == 1);
      float j = coordinate(row % outWidth, width, outWidth, taps, aligned == 1);
      float sum = 0;
      for (int a = 0; a < taps; a++) {
        int line = (image * height + index(i, a, height, taps)) * width;
        float inner = 0;
        for (int b = 0; b < taps; b++) {
          int at = (line + index(j, b, width, taps)) * channels + channel;
          inner += weight(j, b, taps) * x.get(at);
        }
        sum += weight(i, a, taps) * inner;
      }
      y.set(element, sum);
    }
  }

  /// The adjoint of [#resize]: each input pixel gathers from the output pixels that have it for a
  /// tap.
  ///
  /// @param dx written, (images · height · width, channels)
  /// @param dy not modified, (images · outHeight · outWidth, channels)
  public static void resizeGradient(
      FloatArray dx,
      FloatArray dy,
      int images,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int channels,
      int taps,
      int aligned) {
    for (@Parallel int row = 0; row < images * height * width; row++) {
      for (@Parallel int channel = 0; channel < (channels & Bounds.LITERAL); channel++) {
        int image = row / (height * width);
        int i = row / width % height;
        int j = row % width;
        float sum = 0;
        for (int oy = 0; oy < outHeight; oy++) {
          float wy = shareOf(i, oy, height, outHeight, taps, aligned == 1);
          if (wy != 0) {
            for (int ox = 0; ox < outWidth; ox++) {
              float wx = shareOf(j, ox, width, outWidth, taps, aligned == 1);
              if (wx != 0) {
                int at = ((image * outHeight + oy) * outWidth + ox) * channels + channel;
                sum += wy * wx * dy.get(at);
              }
            }
          }
        }
        dx.set(row * channels + channel, sum);
      }
    }
  }

  /// The weight of input pixel {@code in} of an axis in output pixel {@code at}.
  private static float shareOf(
      int in, int at, int length, int outLength, int taps, boolean aligned) {
    float source = coordinate(at, length, outLength, taps, aligned);
    float share = 0;
    for (int tap = 0; tap < taps; tap++) {
      if (index(source, tap, length, taps) == in) {
        share += weight(source, tap, taps);
      }
    }
    return share;
  }

  /// `y = arg max` over the channels of [#resize]'s result, which is never stored; the first
  /// maximum wins.
  ///
  /// @param y written, (images · outHeight · outWidth, 1)
  /// @param x not modified, (images · height · width, channels)
  public static void argMax(
      IntArray y,
      FloatArray x,
      int images,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int channels,
      int taps,
      int aligned) {
    for (@Parallel int row = 0; row < images * outHeight * outWidth; row++) {
      int image = row / (outHeight * outWidth);
      float i = coordinate(row / outWidth % outHeight, height, outHeight, taps, aligned == 1);
      float j = coordinate(row % outWidth, width, outWidth, taps, aligned == 1);
      int best = 0;
      float greatest = 0;
      for (int channel = 0; channel < channels; channel++) {
        float sum = 0;
        for (int a = 0; a < taps; a++) {
          int line = (image * height + index(i, a, height, taps)) * width;
          float inner = 0;
          for (int b = 0; b < taps; b++) {
            int at = (line + index(j, b, width, taps)) * channels + channel;
            inner += weight(j, b, taps) * x.get(at);
          }
          sum += weight(i, a, taps) * inner;
        }
        if (channel == 0 || sum > greatest) {
          best = channel;
          greatest = sum;
        }
      }
      y.set(row, best);
    }
  }
}
