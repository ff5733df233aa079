package org.octolift.apps.data.rgbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.octolift.engine.cpu.Workers;

class DepthEdgesTest {
  private static double at(double[] image, int width, int height, int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : image[y * width + x];
  }

  private static int mirrored(int index, int size) {
    int i = index;
    while (i < 0 || i >= size) {
      i = i < 0 ? -1 - i : 2 * size - 1 - i;
    }
    return i;
  }

  /// The definition, without separating the Gaussian: far too slow for real images.
  private static boolean[] bruteForce(double[] depth, int width, int height) {
    boolean[] kept = new boolean[depth.length];
    for (int i = 0; i < depth.length; i++) {
      kept[i] = true;
    }
    for (double sigma : new double[] {0, 3, 5, 10}) {
      int radius = (int) (4 * sigma + 0.5);
      double[] smooth = new double[depth.length];
      for (int i = 0; i < depth.length; i++) {
        double weights = 0;
        for (int dy = -radius; dy <= radius; dy++) {
          for (int dx = -radius; dx <= radius; dx++) {
            double weight = sigma == 0 ? 1 : Math.exp(-0.5 * (dx * dx + dy * dy) / (sigma * sigma));
            int x = mirrored(i % width + dx, width);
            int y = mirrored(i / width + dy, height);
            smooth[i] += weight * depth[y * width + x];
            weights += weight;
          }
        }
        smooth[i] /= weights;
      }
      for (int i = 0; i < depth.length; i++) {
        double sobel = 0;
        for (int dy = -1; dy <= 1; dy++) {
          for (int dx = -1; dx <= 1; dx += 2) {
            sobel +=
                dx * (dy == 0 ? 2 : 1) * at(smooth, width, height, i % width + dx, i / width + dy);
          }
        }
        kept[i] &= Math.exp(-3 * Math.abs(sobel)) > 0.5;
      }
    }
    return kept;
  }

  @Test
  void agreesWithTheDefinition() {
    SplittableRandom random = new SplittableRandom(7);
    int kept = 0;
    try (Workers workers = new Workers(2)) {
      for (int[] size : new int[][] {{1, 1}, {5, 3}, {40, 33}, {61, 18}}) {
        double[] depth = new double[size[0] * size[1]];
        for (int i = 0; i < depth.length; i++) {
          int x = i % size[0];
          depth[i] = (x > size[0] / 2 ? 0.12 : 0.02) + 0.004 * random.nextDouble() + 0.001 * x;
        }
        boolean[] surfaces = new DepthEdges(size[0], size[1], workers).surfaces(depth);
        assertThat(surfaces).isEqualTo(bruteForce(depth, size[0], size[1]));
        for (boolean surface : surfaces) {
          kept += surface ? 1 : 0;
        }
      }
    }
    assertThat(kept).isBetween(1000, 2400);
  }
}
