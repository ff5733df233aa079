package org.octolift.apps.rooms;

import java.util.Arrays;
import org.octolift.apps.data.Scan;

/// Collects the points of many views, one for each occupied voxel: the one seen from nearest,
/// whose errors are least.
final class VoxelFusion {
  private static final int BIAS = 1 << 20;
  private static final long EMPTY = -1;

  private final double voxel;
  private long[] keys = new long[1 << 16];
  private int[] slots = new int[1 << 16];
  private float[] xyz = new float[3 << 15];
  private float[] normals = new float[3 << 15];
  private float[] colours = new float[3 << 15];
  private float[] range = new float[1 << 15];
  private int[] labels = new int[1 << 15];
  private int count;

  /// @param voxel edge length in metres
  VoxelFusion(double voxel) {
    this.voxel = voxel;
    Arrays.fill(keys, EMPTY);
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
        int index = indexOf(point);
        if (index == count || depth < range[index]) {
          store(index, point, view, pixel);
        }
      }
    }
  }

  private int indexOf(double[] point) {
    long key =
        (long) (Math.floor(point[0] / voxel) + BIAS) << 42
            | (long) (Math.floor(point[1] / voxel) + BIAS) << 21
            | (long) (Math.floor(point[2] / voxel) + BIAS);
    int slot = (int) Dice.mix(key) & (keys.length - 1);
    while (keys[slot] != EMPTY && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    if (keys[slot] == EMPTY) {
      keys[slot] = key;
      slots[slot] = count;
    }
    return slots[slot];
  }

  private void store(int index, double[] point, View view, int pixel) {
    if (index == count) {
      count++;
      if (2 * count > keys.length) {
        growTable();
      }
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

  private void growTable() {
    long[] oldKeys = keys;
    int[] oldSlots = slots;
    keys = new long[2 * oldKeys.length];
    slots = new int[keys.length];
    Arrays.fill(keys, EMPTY);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int slot = (int) Dice.mix(oldKeys[i]) & (keys.length - 1);
        while (keys[slot] != EMPTY) {
          slot = (slot + 1) & (keys.length - 1);
        }
        keys[slot] = oldKeys[i];
        slots[slot] = oldSlots[i];
      }
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
