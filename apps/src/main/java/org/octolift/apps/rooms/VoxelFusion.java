package org.octolift.apps.rooms;

import java.util.Arrays;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.geometry.VoxelTable;

/// Collects the points of many views, one for each occupied voxel: the one seen from nearest,
/// whose errors are least.
final class VoxelFusion {
  private final VoxelTable table;
  private float[] xyz = new float[3 << 15];
  private float[] normals = new float[3 << 15];
  private float[] colours = new float[3 << 15];
  private float[] range = new float[1 << 15];
  private int[] labels = new int[1 << 15];
  private int count;

  /// @param voxel edge length in metres
  VoxelFusion(double voxel) {
    table = new VoxelTable(voxel);
  }

  /// Adds the measured pixels of a view.
  ///
  /// @param tracked where the scanner believes the camera to be
  void add(View view, Camera tracked) {
    double[] point = new double[3];
    for (int row = 0; row < tracked.height(); row++) {
      for (int column = 0; column < tracked.width(); column++) {
        int pixel = row * tracked.width() + column;
        float depth = view.depth()[pixel];
        if (depth == 0) {
          continue;
        }
        tracked.unproject(column, row, depth, point);
        int index = table.voxel(point[0], point[1], point[2]);
        if (index == count || depth < range[index]) {
          store(index, point, view, pixel);
        }
      }
    }
  }

  private void store(int index, double[] point, View view, int pixel) {
    if (index == count) {
      count++;
      if (count > labels.length) {
        growPoints();
      }
    }
    range[index] = view.depth()[pixel];
    labels[index] = view.labels()[pixel];
    for (int i = 0; i < 3; i++) {
      xyz[3 * index + i] = (float) point[i];
      normals[3 * index + i] = view.normals()[3 * pixel + i];
      colours[3 * index + i] = view.rgb()[3 * pixel + i];
    }
  }

  private void growPoints() {
    xyz = Arrays.copyOf(xyz, 2 * xyz.length);
    normals = Arrays.copyOf(normals, 2 * normals.length);
    colours = Arrays.copyOf(colours, 2 * colours.length);
    range = Arrays.copyOf(range, 2 * range.length);
    labels = Arrays.copyOf(labels, 2 * labels.length);
  }

  /// The fused points, or an even random choice of {@code limit} of them when there are more.
  Scan toScan(String source, int limit, Dice dice) {
    int n = Math.min(count, limit);
    float[] points = new float[3 * n];
    float[] directions = new float[3 * n];
    float[] paints = new float[3 * n];
    int[] classes = new int[n];
    int taken = 0;
    for (int i = 0; taken < n; i++) {
      if (dice.uniform() * (count - i) >= n - taken) {
        continue;
      }
      System.arraycopy(xyz, 3 * i, points, 3 * taken, 3);
      System.arraycopy(normals, 3 * i, directions, 3 * taken, 3);
      System.arraycopy(colours, 3 * i, paints, 3 * taken, 3);
      classes[taken++] = labels[i];
    }
    return new Scan(source, points, directions, paints, classes, null);
  }
}
