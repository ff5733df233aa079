package org.octolift.nn.models.dpt;

import java.util.Arrays;
import java.util.function.ObjIntConsumer;
import org.octolift.engine.Grid;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Prepares images for DPT: resized, both sides to multiples of 32, and scaled to -1..1.
public final class DptInput {
  /// The size that the reference aims at.
  public static final Grid REFERENCE = new Grid(1, 480, 640);

  /// a of Keys' cubic kernel (1981).
  private static final float A = -0.75f;

  private static final int TAPS = 4;
  private static final int CHANNELS = 3;

  private DptInput() {}

  /// An image, row by row.
  @FunctionalInterface
  public interface Source {
    /// Puts red, green and blue of each pixel of a row, 0..1, into {@code values}, (width, 3).
    void read(int row, double[] values);
  }

  /// The size that the reference resizes an image to.
  ///
  /// @param height of the image
  /// @param width of the image
  public static Grid size(int height, int width) {
    return size(height, width, REFERENCE);
  }

  /// The size that an image is resized to: aspect is kept, by whichever side needs the smaller
  /// change to reach its aim; then both sides are rounded to multiples of 32.
  ///
  /// @param height of the image
  /// @param width of the image
  /// @param aim height and width to come near
  public static Grid size(int height, int width, Grid aim) {
    double vertical = (double) aim.height() / height;
    double horizontal = (double) aim.width() / width;
    double scale = Math.abs(1 - horizontal) < Math.abs(1 - vertical) ? horizontal : vertical;
    return new Grid(1, multiple(scale * height), multiple(scale * width));
  }

  /// The nearest multiple, halves to even ones, and at least one.
  private static int multiple(double length) {
    int unit = Dpt.MULTIPLE;
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
    return prepare(inMemory(pixels, width), height, width, size);
  }

  /// The same for images that are read row by row; only a few rows are held at once.
  public static FloatArray prepare(Source image, int height, int width, Grid size) {
    int line = CHANNELS * size.width();
    FloatArray input = new FloatArray(CHANNELS * size.size());
    resize(
        image,
        height,
        width,
        size,
        (values, row) -> {
          for (int i = 0; i < line; i++) {
            input.set(row * line + i, (float) ((values[i] - 0.5) / 0.5));
          }
        });
    return input;
  }

  private static Source inMemory(double[] pixels, int width) {
    int line = CHANNELS * width;
    return (row, values) -> System.arraycopy(pixels, row * line, values, 0, line);
  }

  /// Bicubic interpolation of an image in memory: see [#prepare].
  static double[] resize(double[] pixels, int height, int width, Grid size) {
    int line = CHANNELS * size.width();
    double[] result = new double[CHANNELS * size.size()];
    resize(
        inMemory(pixels, width),
        height,
        width,
        size,
        (values, row) -> System.arraycopy(values, 0, result, row * line, line));
    return result;
  }

  /// Bicubic interpolation as OpenCV's `resize` computes it for images of doubles
  /// (`INTER_CUBIC`): taps beyond the border are those at it, weights are single precision, values
  /// may leave the range of the image's.
  ///
  /// @param result takes the rows of the result, which are reused
  private static void resize(
      Source image, int height, int width, Grid size, ObjIntConsumer<double[]> result) {
    Axis horizontal = Axis.of(width, size.width());
    Axis vertical = Axis.of(height, size.height());
    double[] source = new double[CHANNELS * width];
    // Four rows that follow each other never share a place.
    double[][] wide = new double[TAPS][CHANNELS * size.width()];
    int[] held = {-1, -1, -1, -1};
    double[] line = new double[CHANNELS * size.width()];
    for (int y = 0; y < size.height(); y++) {
      Arrays.fill(line, 0);
      for (int tap = 0; tap < TAPS; tap++) {
        int from = Math.clamp(vertical.first[y] + tap, 0, height - 1);
        double[] row = wide[from % TAPS];
        if (held[from % TAPS] != from) {
          image.read(from, source);
          widen(source, width, row, horizontal);
          held[from % TAPS] = from;
        }
        float weight = vertical.weights[TAPS * y + tap];
        for (int i = 0; i < line.length; i++) {
          line[i] += row[i] * weight;
        }
      }
      result.accept(line, y);
    }
  }

  private static void widen(double[] source, int width, double[] row, Axis axis) {
    for (int x = 0; x < axis.first.length; x++) {
      for (int c = 0; c < CHANNELS; c++) {
        double sum = 0;
        for (int tap = 0; tap < TAPS; tap++) {
          int from = Math.clamp(axis.first[x] + tap, 0, width - 1);
          sum += source[CHANNELS * from + c] * axis.weights[TAPS * x + tap];
        }
        row[CHANNELS * x + c] = sum;
      }
    }
  }

  /// The four taps of each pixel along an axis: where they begin, and their weights.
  private record Axis(int[] first, float[] weights) {
    static Axis of(int length, int newLength) {
      int[] first = new int[newLength];
      float[] weights = new float[TAPS * newLength];
      for (int at = 0; at < newLength; at++) {
        float source = (float) ((at + 0.5) * ((double) length / newLength) - 0.5);
        int whole = (int) Math.floor(source);
        float t = source - whole;
        float before = ((A * (t + 1) - 5 * A) * (t + 1) + 8 * A) * (t + 1) - 4 * A;
        float left = ((A + 2) * t - (A + 3)) * t * t + 1;
        float right = ((A + 2) * (1 - t) - (A + 3)) * (1 - t) * (1 - t) + 1;
        first[at] = whole - 1;
        weights[TAPS * at] = before;
        weights[TAPS * at + 1] = left;
        weights[TAPS * at + 2] = right;
        weights[TAPS * at + 3] = 1 - before - left - right;
      }
      return new Axis(first, weights);
    }
  }
}
