package org.octolift.nn.models.dpt;

import org.octolift.engine.Grid;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Prepares images for DPT: resized, both sides to multiples of 32, and scaled to -1..1.
public final class DptInput {
  /// Width and height that the reference aims at.
  private static final int WIDTH = 640;

  private static final int HEIGHT = 480;

  /// a of Keys' cubic kernel (1981).
  private static final float A = -0.75f;

  private static final int TAPS = 4;

  private DptInput() {}

  /// The size that the reference resizes an image to: aspect is kept, by whichever side needs the
  /// smaller change to reach 640 × 480; then both sides are rounded to multiples of 32.
  ///
  /// @param height of the image
  /// @param width of the image
  public static Grid size(int height, int width) {
    double vertical = (double) HEIGHT / height;
    double horizontal = (double) WIDTH / width;
    double scale = Math.abs(1 - horizontal) < Math.abs(1 - vertical) ? horizontal : vertical;
    return new Grid(1, multiple(scale * height), multiple(scale * width));
  }

  /// The nearest multiple, halves to even ones, and at least one.
  private static int multiple(double length) {
    int unit = DptHybrid.MULTIPLE;
    return Math.max(1, (int) Math.rint(length / unit)) * unit;
  }

  /// The network's input.
  ///
  /// @param pixels red, green and blue of each pixel, 0..1, row by row
  /// @param height of the image
  /// @param width of the image
  /// @param size of the input: see [#size]
  /// @return (pixels, 3)
  public static FloatArray prepare(double[] pixels, int height, int width, Grid size) {
    double[] resized = resize(pixels, height, width, 3, size.height(), size.width());
    FloatArray input = new FloatArray(resized.length);
    for (int i = 0; i < resized.length; i++) {
      input.set(i, (float) ((resized[i] - 0.5) / 0.5));
    }
    return input;
  }

  /// Bicubic interpolation as OpenCV's `resize` computes it for images of doubles
  /// (`INTER_CUBIC`): taps beyond the border are those at it, weights are single precision, values
  /// may leave the range of the image's.
  static double[] resize(
      double[] pixels, int height, int width, int channels, int newHeight, int newWidth) {
    double[] wide = new double[height * newWidth * channels];
    float[] weights = new float[TAPS];
    for (int x = 0; x < newWidth; x++) {
      int first = taps(weights, x, width, newWidth);
      for (int y = 0; y < height; y++) {
        for (int c = 0; c < channels; c++) {
          double sum = 0;
          for (int tap = 0; tap < TAPS; tap++) {
            int from = Math.clamp(first + tap, 0, width - 1);
            sum += pixels[(y * width + from) * channels + c] * weights[tap];
          }
          wide[(y * newWidth + x) * channels + c] = sum;
        }
      }
    }
    int line = newWidth * channels;
    double[] result = new double[newHeight * line];
    for (int y = 0; y < newHeight; y++) {
      int first = taps(weights, y, height, newHeight);
      for (int i = 0; i < line; i++) {
        double sum = 0;
        for (int tap = 0; tap < TAPS; tap++) {
          sum += wide[Math.clamp(first + tap, 0, height - 1) * line + i] * weights[tap];
        }
        result[y * line + i] = sum;
      }
    }
    return result;
  }

  /// Weights of the taps of a pixel; returns where they begin.
  private static int taps(float[] weights, int at, int length, int newLength) {
    float source = (float) ((at + 0.5) * ((double) length / newLength) - 0.5);
    int whole = (int) Math.floor(source);
    float t = source - whole;
    weights[0] = ((A * (t + 1) - 5 * A) * (t + 1) + 8 * A) * (t + 1) - 4 * A;
    weights[1] = ((A + 2) * t - (A + 3)) * t * t + 1;
    weights[2] = ((A + 2) * (1 - t) - (A + 3)) * (1 - t) * (1 - t) + 1;
    weights[3] = 1 - weights[0] - weights[1] - weights[2];
    return whole - 1;
  }
}
