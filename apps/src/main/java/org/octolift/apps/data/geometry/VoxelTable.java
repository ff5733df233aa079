package org.octolift.apps.data.geometry;

/// Numbers voxels in the order in which they are first asked for: a hash table with open
/// addressing, at most half full.
public final class VoxelTable {
  private static final int BITS = 21;

  private final double edge;
  private long[] keys = new long[1 << 12];

  /// Number of the key's voxel and 1, or 0 where there is no key.
  private int[] voxels = new int[1 << 12];

  private int size;

  /// @param edge edge of a voxel in metres
  public VoxelTable(double edge) {
    if (!(edge > 0 && edge < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("edge of a voxel must be positive, is " + edge);
    }
    this.edge = edge;
  }

  /// Number of voxels.
  public int size() {
    return size;
  }

  /// The number of the voxel that holds a point; [#size], which then grows, for a new voxel.
  ///
  /// @return −1 for a point more than 2²⁰ voxels away from the origin, or that is not finite
  public int voxel(double x, double y, double z) {
    double i = Math.floor(x / edge);
    double j = Math.floor(y / edge);
    double k = Math.floor(z / edge);
    if (!(isInside(i) && isInside(j) && isInside(k))) {
      return -1;
    }
    return voxel((bits(i) << BITS | bits(j)) << BITS | bits(k));
  }

  private static boolean isInside(double cell) {
    return cell >= -(1 << (BITS - 1)) && cell < 1 << (BITS - 1);
  }

  private static long bits(double cell) {
    return (long) cell & ((1 << BITS) - 1);
  }

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
  }
}
