package org.octolift.apps.data;

import java.util.random.RandomGenerator;

/// Bends points by a smooth random field: normal noise on the nodes of a coarse grid, blurred, read
/// at each point by trilinear interpolation (Simard, Steinkraus and Platt, ICDAR 2003, in 3-D).
/// Coordinates and results are floats, the interpolation works in doubles, as in the reference.
final class ElasticDistortion {
  private static final int BLURS = 2;

  /// The float nearest to a third, as in the reference.
  private static final double THIRD = 1f / 3;

  private ElasticDistortion() {}

  /// The grid that covers points with one cell to spare on each side.
  ///
  /// @param least smallest coordinates of the points
  /// @param cell edge of a cell
  /// @param size nodes along x, y, z
  record Grid(float[] least, double cell, int[] size) {
    static Grid around(float[] xyz, double cell) {
      float[] least = {Float.MAX_VALUE, Float.MAX_VALUE, Float.MAX_VALUE};
      float[] most = {-Float.MAX_VALUE, -Float.MAX_VALUE, -Float.MAX_VALUE};
      for (int i = 0; i < xyz.length; i++) {
        least[i % 3] = Math.min(least[i % 3], xyz[i]);
        most[i % 3] = Math.max(most[i % 3], xyz[i]);
      }
      int[] size = new int[3];
      for (int axis = 0; axis < 3; axis++) {
        size[axis] = (int) Math.floor((most[axis] - least[axis]) / (float) cell) + 3;
      }
      return new Grid(least, cell, size);
    }

    int nodes() {
      return Math.multiplyExact(Math.multiplyExact(size[0], size[1]), size[2]);
    }
  }

  /// Moves {@code xyz} (N, 3) by at most about {@code magnitude}, in a field with cells of {@code
  /// cell}.
  static float[] apply(float[] xyz, double cell, double magnitude, RandomGenerator random) {
    Grid grid = Grid.around(xyz, cell);
    float[] noise = new float[3 * grid.nodes()];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return apply(xyz, grid, magnitude, noise);
  }

  /// As above, with the noise given: (X, Y, Z, 3); it is overwritten.
  static float[] apply(float[] xyz, Grid grid, double magnitude, float[] noise) {
    if (noise.length != 3 * grid.nodes()) {
      throw new IllegalArgumentException(
          "elastic distortion: %d nodes need %d values, got %d"
              .formatted(grid.nodes(), 3 * grid.nodes(), noise.length));
    }
    int strideY = 3 * grid.size()[2];
    int strideX = strideY * grid.size()[1];
    for (int blur = 0; blur < BLURS; blur++) {
      blur(noise, grid.size()[0], strideX);
      blur(noise, grid.size()[1], strideY);
      blur(noise, grid.size()[2], 3);
    }
    float[] moved = new float[xyz.length];
    int[] corner = new int[3];
    double[] share = new double[3];
    for (int p = 0; p < xyz.length; p += 3) {
      for (int axis = 0; axis < 3; axis++) {
        double at = (xyz[p + axis] - (grid.least()[axis] - grid.cell())) / grid.cell();
        corner[axis] = Math.clamp((long) at, 0, grid.size()[axis] - 2);
        share[axis] = at - corner[axis];
      }
      int base = corner[0] * strideX + corner[1] * strideY + corner[2] * 3;
      for (int axis = 0; axis < 3; axis++) {
        double displacement = 0;
        for (int k = 0; k < 8; k++) {
          int dx = k >> 2;
          int dy = k >> 1 & 1;
          int dz = k & 1;
          double weight =
              (dx == 0 ? 1 - share[0] : share[0])
                  * (dy == 0 ? 1 - share[1] : share[1])
                  * (dz == 0 ? 1 - share[2] : share[2]);
          displacement += weight * noise[base + dx * strideX + dy * strideY + dz * 3 + axis];
        }
        moved[p + axis] = (float) (xyz[p + axis] + displacement * magnitude);
      }
    }
    return moved;
  }

  /// Replaces each value by the mean of itself and its two neighbours along one axis; there are
  /// zeros outside.
  private static void blur(float[] values, int size, int stride) {
    for (int block = 0; block < values.length; block += size * stride) {
      for (int line = block; line < block + stride; line++) {
        float before = 0;
        for (int i = 0; i < size; i++) {
          int at = line + i * stride;
          float here = values[at];
          float after = i + 1 < size ? values[at + stride] : 0;
          values[at] = (float) (THIRD * before + THIRD * here + THIRD * after);
          before = here;
        }
      }
    }
  }
}
