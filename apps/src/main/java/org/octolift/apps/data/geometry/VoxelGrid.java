package org.octolift.apps.data.geometry;

import java.util.Arrays;
import org.octolift.apps.data.Scan;
import org.octolift.engine.InputException;

/// Merges scans: all points in one voxel become one, at their mean position, with their mean
/// colour. Voxels are listed in the order of their first point, so the result depends on the order
/// of the scans alone.
public final class VoxelGrid {
  private static final int SUMS = 9;
  private static final int BITS = 21;

  private final double edge;
  private long[] keys = new long[1 << 12];
  private int[] voxels = new int[1 << 12];
  private double[] sums = new double[SUMS << 12];
  private int[] counts = new int[1 << 12];
  private int size;
  private boolean coloured = true;

  /// @param edge edge of a voxel in metres
  public VoxelGrid(double edge) {
    if (!(edge > 0 && edge < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("edge of a voxel must be positive, is " + edge);
    }
    this.edge = edge;
  }

  /// Number of voxels with points.
  public int size() {
    return size;
  }

  /// Adds the points of {@code scan}, seen from {@code viewpoint} (3).
  ///
  /// @throws InputException when a point is more than 2²⁰ voxels away from the origin
  public void add(Scan scan, double[] viewpoint) {
    float[] xyz = scan.xyz();
    coloured &= scan.colours() != null;
    for (int i = 0; i < scan.size(); i++) {
      long key = 0;
      for (int c = 0; c < 3; c++) {
        double cell = Math.floor(xyz[3 * i + c] / edge);
        if (!(cell >= -(1 << (BITS - 1)) && cell < 1 << (BITS - 1))) {
          throw new InputException(
              "%s: point %d is too far away for voxels of %s m; use larger voxels"
                  .formatted(scan.source(), i, edge));
        }
        key = key << BITS | ((long) cell & ((1 << BITS) - 1));
      }
      int voxel = voxel(key);
      counts[voxel]++;
      int at = SUMS * voxel;
      for (int c = 0; c < 3; c++) {
        sums[at + c] += xyz[3 * i + c];
        sums[at + 3 + c] += viewpoint[c];
        if (coloured) {
          sums[at + 6 + c] += scan.colours()[3 * i + c];
        }
      }
    }
  }

  /// The merged points: coordinates, and colours when all scans have them.
  public Scan toScan(String source) {
    float[] xyz = new float[3 * size];
    float[] colours = coloured ? new float[3 * size] : null;
    for (int i = 0; i < size; i++) {
      for (int c = 0; c < 3; c++) {
        xyz[3 * i + c] = (float) (sums[SUMS * i + c] / counts[i]);
        if (coloured) {
          colours[3 * i + c] = (float) (sums[SUMS * i + 6 + c] / counts[i]);
        }
      }
    }
    return new Scan(source, xyz, null, colours, null, null);
  }

  /// The mean place that the points of each voxel were seen from, (size, 3).
  public double[] viewpoints() {
    double[] viewpoints = new double[3 * size];
    for (int i = 0; i < viewpoints.length; i++) {
      viewpoints[i] = sums[SUMS * (i / 3) + 3 + i % 3] / counts[i / 3];
    }
    return viewpoints;
  }

  /// The voxel of {@code key}, a new one if need be: open addressing, at most half full.
  private int voxel(long key) {
    int slot = slot(key);
    if (voxels[slot] == 0) {
      if (2 * size >= keys.length) {
        grow();
        slot = slot(key);
      }
      keys[slot] = key;
      voxels[slot] = ++size;
    }
    return voxels[slot] - 1;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 33) & mask;
    while (voxels[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldVoxels = voxels;
    int capacity = Math.multiplyExact(2, keys.length);
    keys = new long[capacity];
    voxels = new int[capacity];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldVoxels[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        voxels[slot] = oldVoxels[i];
      }
    }
    counts = Arrays.copyOf(counts, capacity);
    sums = Arrays.copyOf(sums, Math.multiplyExact(SUMS, capacity));
  }
}
