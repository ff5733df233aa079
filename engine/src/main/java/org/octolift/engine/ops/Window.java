package org.octolift.engine.ops;

import org.octolift.engine.Grid;

/// The square window of an image convolution or pooling: output pixel (i, j) sees the input pixels
/// `(i · stride - top + ky, j · stride - left + kx)` for ky, kx in 0..size.
///
/// @param size rows and columns of the window
/// @param stride distance of the windows of neighbouring output pixels
/// @param top rows of padding above the image
/// @param left columns of padding left of the image
/// @param in pixels of the input
/// @param out pixels of the output: rows and columns of padding at the other sides follow
public record Window(int size, int stride, int top, int left, Grid in, Grid out) {
  /// Checks the ranges.
  public Window {
    if (size < 1 || stride < 1 || top < 0 || left < 0 || in.images() != out.images()) {
      throw new IllegalArgumentException(
          "window of size %d, stride %d, padding %d, %d from %s to %s"
              .formatted(size, stride, top, left, in, out));
    }
  }

  /// The same padding at all sides.
  public static Window padded(int size, int stride, int padding, Grid in) {
    int height = (in.height() + 2 * padding - size) / stride + 1;
    int width = (in.width() + 2 * padding - size) / stride + 1;
    return new Window(size, stride, padding, padding, in, in.resized(height, width));
  }

  /// TensorFlow's "SAME": outputs are inputs over stride, rounded up; of an odd number of rows or
  /// columns of padding the greater half is at the bottom or right.
  public static Window same(int size, int stride, Grid in) {
    int height = Math.ceilDiv(in.height(), stride);
    int width = Math.ceilDiv(in.width(), stride);
    int top = Math.max(0, (height - 1) * stride + size - in.height()) / 2;
    int left = Math.max(0, (width - 1) * stride + size - in.width()) / 2;
    return new Window(size, stride, top, left, in, in.resized(height, width));
  }

  /// Pixels of the window.
  public int area() {
    return size * size;
  }
}
