package org.octolift.apps.data.rgbd;

import java.util.Arrays;
import org.octolift.engine.cpu.Workers;

/// Tells depth pixels on surfaces from those on the jumps between them, where sensors interpolate:
/// the reference's filter for SUN RGB-D. A pixel is kept where exp(−3 |S|) > 0.5 for the horizontal
/// Sobel response S of the depth and of the depth smoothed by Gaussians of σ = 3, 5 and 10 pixels.
/// Borders: zero for Sobel, mirrored for the Gaussians, which end at 4 σ.
final class DepthEdges {
  private static final double[] SIGMAS = {3, 5, 10};

  /// exp(−3 s) > 0.5 for s below this.
  private static final double LIMIT = Math.log(2) / 3;

  private static final int GRAIN = 16;

  private final int width;
  private final int height;
  private final Workers workers;

  DepthEdges(int width, int height, Workers workers) {
    this.width = width;
    this.height = height;
    this.workers = workers;
  }

  /// Which pixels of {@code depth}, (height, width) in metres, are on surfaces.
  boolean[] surfaces(double[] depth) {
    boolean[] kept = new boolean[depth.length];
    Arrays.fill(kept, true);
    dropJumps(depth, kept);
    for (double sigma : SIGMAS) {
      dropJumps(smooth(depth, sigma), kept);
    }
    return kept;
  }

  private void dropJumps(double[] depth, boolean[] kept) {
    workers.parallel(
        height,
        GRAIN,
        (from, to) -> {
          for (int y = from; y < to; y++) {
            for (int x = 0; x < width; x++) {
              double sobel =
                  slope(depth, x, y - 1) + 2 * slope(depth, x, y) + slope(depth, x, y + 1);
              kept[y * width + x] &= Math.abs(sobel) < LIMIT;
            }
          }
        });
  }

  private double slope(double[] depth, int x, int y) {
    if (y < 0 || y >= height) {
      return 0;
    }
    double right = x + 1 < width ? depth[y * width + x + 1] : 0;
    double left = x > 0 ? depth[y * width + x - 1] : 0;
    return right - left;
  }

  private double[] smooth(double[] depth, double sigma) {
    int radius = (int) (4 * sigma + 0.5);
    double[] kernel = new double[2 * radius + 1];
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      kernel[i + radius] = Math.exp(-0.5 / (sigma * sigma) * i * i);
      sum += kernel[i + radius];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    double[] columns = new double[depth.length];
    workers.parallel(height, GRAIN, (from, to) -> smoothColumns(depth, kernel, columns, from, to));
    double[] smoothed = new double[depth.length];
    workers.parallel(height, GRAIN, (from, to) -> smoothRows(columns, kernel, smoothed, from, to));
    return smoothed;
  }

  private void smoothColumns(double[] in, double[] kernel, double[] out, int from, int to) {
    int radius = kernel.length / 2;
    for (int y = from; y < to; y++) {
      for (int k = 0; k < kernel.length; k++) {
        int row = mirror(y + k - radius, height) * width;
        for (int x = 0; x < width; x++) {
          out[y * width + x] += kernel[k] * in[row + x];
        }
      }
    }
  }

  private void smoothRows(double[] in, double[] kernel, double[] out, int from, int to) {
    int radius = kernel.length / 2;
    double[] padded = new double[width + 2 * radius];
    for (int y = from; y < to; y++) {
      for (int i = 0; i < padded.length; i++) {
        padded[i] = in[y * width + mirror(i - radius, width)];
      }
      for (int k = 0; k < kernel.length; k++) {
        for (int x = 0; x < width; x++) {
          out[y * width + x] += kernel[k] * padded[x + k];
        }
      }
    }
  }

  /// Index of the mirrored signal d c b a | a b c d | d c b a.
  private static int mirror(int index, int size) {
    int i = Math.floorMod(index, 2 * size);
    return i < size ? i : 2 * size - 1 - i;
  }
}
