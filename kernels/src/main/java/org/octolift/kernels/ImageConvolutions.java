package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Convolution and pooling of images. Pixels are rows: `(image · height + y) · width + x`. A window
/// of size² pixels at output pixel (i, j) begins at input pixel (i · stride - top,
/// j · stride - left); pixels outside the image count as zeros, or not at all in a maximum.
/// Weights are (size² · in, out) with row `(ky · size + kx) · in + c`.
public final class ImageConvolutions {
  private ImageConvolutions() {}

  /// `y[i, j] = Σ_ky Σ_kx x[i · stride - top + ky, j · stride - left + kx] · W[ky, kx]`.
  ///
  /// @param y written, (images · outHeight · outWidth, out)
  /// @param x not modified, (images · height · width, in)
  /// @param weights not modified
  public static void convolution(
      FloatArray y,
      FloatArray x,
      FloatArray weights,
      int images,
      int height,
      int width,
      int in,
      int outHeight,
      int outWidth,
      int out,
      int size,
      int stride,
      int top,
      int left) {
    for (@Parallel int index = 0; index < images * outHeight * outWidth * out; index++) {
      int row = index / out;
      int channel = index % out;
      int image = row / (outHeight * outWidth);
      int i = row / outWidth % outHeight * stride - top;
      int j = row % outWidth * stride - left;
      float sum = 0;
      for (int k = 0; k < size * size; k++) {
        int iy = i + k / size;
        int ix = j + k % size;
        if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
          int from = ((image * height + iy) * width + ix) * in;
          for (int c = 0; c < in; c++) {
            sum += x.get(from + c) * weights.get((k * in + c) * out + channel);
          }
        }
      }
      y.set(index, sum);
    }
  }

  /// For each output pixel the input pixels of its window, -1 outside the image.
  ///
  /// @param table written, (images · outHeight · outWidth, size²)
  public static void windows(
      IntArray table,
      int images,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int size,
      int stride,
      int top,
      int left) {
    for (@Parallel int i = 0; i < images * outHeight * outWidth * size * size; i++) {
      int row = i / (size * size);
      int k = i % (size * size);
      int image = row / (outHeight * outWidth);
      int iy = row / outWidth % outHeight * stride - top + k / size;
      int ix = row % outWidth * stride - left + k % size;
      int pixel = -1;
      if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
        pixel = (image * height + iy) * width + ix;
      }
      table.set(i, pixel);
    }
  }

  /// The pixels of each window side by side, zeros outside the image: the column matrix.
  ///
  /// @param y written, (images · outHeight · outWidth, size² · in)
  /// @param x not modified, (images · height · width, in)
  public static void gather(
      FloatArray y,
      FloatArray x,
      int images,
      int height,
      int width,
      int in,
      int outHeight,
      int outWidth,
      int size,
      int stride,
      int top,
      int left) {
    for (@Parallel int i = 0; i < images * outHeight * outWidth * size * size * in; i++) {
      int k = i / in % (size * size);
      int row = i / in / (size * size);
      int image = row / (outHeight * outWidth);
      int iy = row / outWidth % outHeight * stride - top + k / size;
      int ix = row % outWidth * stride - left + k % size;
      float value = 0;
      if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
        value = x.get(((image * height + iy) * width + ix) * in + i % in);
      }
      y.set(i, value);
    }
  }

  /// The gradient of [#convolution] to its input: each input pixel gathers from the windows that
  /// saw it.
  ///
  /// @param dx written, (images · height · width, in)
  /// @param dy not modified, (images · outHeight · outWidth, out)
  /// @param weights not modified
  public static void inputGradient(
      FloatArray dx,
      FloatArray dy,
      FloatArray weights,
      int images,
      int height,
      int width,
      int in,
      int outHeight,
      int outWidth,
      int out,
      int size,
      int stride,
      int top,
      int left) {
    for (@Parallel int row = 0; row < images * height * width; row++) {
      for (@Parallel int channel = 0; channel < (in & Bounds.LITERAL); channel++) {
        int image = row / (height * width);
        int i = row / width % height + top;
        int j = row % width + left;
        float sum = 0;
        for (int k = 0; k < size * size; k++) {
          int oy = i - k / size;
          int ox = j - k % size;
          if (oy >= 0
              && ox >= 0
              && oy % stride == 0
              && ox % stride == 0
              && oy / stride < outHeight
              && ox / stride < outWidth) {
            int from = ((image * outHeight + oy / stride) * outWidth + ox / stride) * out;
            for (int o = 0; o < out; o++) {
              sum += dy.get(from + o) * weights.get((k * in + channel) * out + o);
            }
          }
        }
        dx.set(row * in + channel, sum);
      }
    }
  }

  /// The gradient of [#convolution] to its weights.
  ///
  /// @param dWeights written
  /// @param x not modified, (images · height · width, in)
  /// @param dy not modified, (images · outHeight · outWidth, out)
  public static void weightGradient(
      FloatArray dWeights,
      FloatArray x,
      FloatArray dy,
      int images,
      int height,
      int width,
      int in,
      int outHeight,
      int outWidth,
      int out,
      int size,
      int stride,
      int top,
      int left) {
    for (@Parallel int index = 0; index < size * size * in; index++) {
      for (@Parallel int channel = 0; channel < (out & Bounds.LITERAL); channel++) {
        int k = index / in;
        float sum = 0;
        for (int row = 0; row < images * outHeight * outWidth; row++) {
          int image = row / (outHeight * outWidth);
          int iy = row / outWidth % outHeight * stride - top + k / size;
          int ix = row % outWidth * stride - left + k % size;
          if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
            int from = ((image * height + iy) * width + ix) * in;
            sum += x.get(from + index % in) * dy.get(row * out + channel);
          }
        }
        dWeights.set(index * out + channel, sum);
      }
    }
  }

  /// `y[i, j] = max x` over the pixels of the window that lie in the image; -∞ if none does.
  ///
  /// @param y written, (images · outHeight · outWidth, channels)
  /// @param x not modified, (images · height · width, channels)
  public static void maxPool(
      FloatArray y,
      FloatArray x,
      int images,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int channels,
      int size,
      int stride,
      int top,
      int left) {
    for (@Parallel int i = 0; i < images * outHeight * outWidth * channels; i++) {
      int row = i / channels;
      int channel = i % channels;
      maxPoolAt(
          y, x, row, channel, height, width, outHeight, outWidth, channels, size, stride, top,
          left);
    }
  }

  /// One element of [#maxPool].
  public static void maxPoolAt(
      FloatArray y,
      FloatArray x,
      int row,
      int channel,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int channels,
      int size,
      int stride,
      int top,
      int left) {
    int image = row / (outHeight * outWidth);
    int i = row / outWidth % outHeight * stride - top;
    int j = row % outWidth * stride - left;
    float maximum = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < size * size; k++) {
      int iy = i + k / size;
      int ix = j + k % size;
      if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
        int at = ((image * height + iy) * width + ix) * channels + channel;
        maximum = TornadoMath.max(maximum, x.get(at));
      }
    }
    y.set(row * channels + channel, maximum);
  }

  /// `y[factor · i + a, factor · j + b, c] = x[i, j, (factor · a + b) · channels + c] + bias[c]`.
  ///
  /// @param y written, (images · factor · height · factor · width, channels)
  /// @param x not modified, (images · height · width, factor² · channels)
  /// @param bias not modified, (1, channels)
  public static void depthToSpace(
      FloatArray y,
      FloatArray x,
      FloatArray bias,
      int images,
      int height,
      int width,
      int factor,
      int channels) {
    for (@Parallel int i = 0; i < images * height * width * factor * factor * channels; i++) {
      int row = i / channels;
      int channel = i % channels;
      int line = row / (factor * width);
      int column = row % (factor * width);
      int pixel = line / factor * width + column / factor;
      int offset = line % factor * factor + column % factor;
      float value = x.get((pixel * factor * factor + offset) * channels + channel);
      y.set(i, value + bias.get(channel));
    }
  }
}
