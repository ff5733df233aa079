package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Which octree nodes hold or surround given points (O-CNN, `OctreeInterp`).
///
/// `keys` are the sorted shuffled keys of non-empty nodes: with `nonEmpty` = 1 those at the depth
/// asked for, and results are numbers among them; with 0 those one level above, and results are
/// numbers among all nodes (the eight children of non-empty node t are nodes 8t..8t+7). Points lie
/// in the cube -1 ≤ p < 1, (N, 3); others, and NaN, find nothing. Nothing but the outputs is
/// modified; one work-item a point.
public final class OctreeQueryKernels {
  private OctreeQueryKernels() {}

  /// Position of {@code key} in the first {@code count} sorted keys, or -1.
  public static int search(LongArray keys, int count, long key) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys.get(middle) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < count && keys.get(low) == key ? low : -1;
  }

  /// Number of the node with {@code key}, or -1.
  public static int node(LongArray keys, int count, int nonEmpty, long key) {
    if (nonEmpty != 0) {
      return search(keys, count, key);
    }
    int group = search(keys, count, OctreeKeys.parent(key));
    return group < 0 ? -1 : 8 * group + (int) (key & 7);
  }

  /// Row of the voxel that holds a point of tree {@code trees[row]}, or -1.
  public static void nearestRow(
      IntArray index,
      FloatArray xyz,
      IntArray trees,
      LongArray keys,
      int count,
      int depth,
      int nonEmpty,
      int row) {
    float x = xyz.get(3 * row);
    float y = xyz.get(3 * row + 1);
    float z = xyz.get(3 * row + 2);
    int found = -1;
    if (inside(x) && inside(y) && inside(z)) {
      long key = OctreeKeys.addBatch(OctreeKeys.ofPoint(x, y, z, depth), trees.get(row));
      found = node(keys, count, nonEmpty, key);
    }
    index.set(row, found);
  }

  /// The voxel of each of `counts[slot]` points; `counts[keySlot]` keys are valid.
  public static void nearest(
      IntArray index,
      FloatArray xyz,
      IntArray trees,
      LongArray keys,
      IntArray counts,
      int slot,
      int keySlot,
      int depth,
      int nonEmpty) {
    for (@Parallel int row = 0; row < index.getSize(); row++) {
      if (row < counts.get(slot)) {
        nearestRow(index, xyz, trees, keys, counts.get(keySlot), depth, nonEmpty, row);
      }
    }
  }

  /// Row of the eight voxels whose centres surround a point, x slowest, and their trilinear
  /// weights `|∏ (1 - corner - fraction)|` divided by (their sum + 1e-10). A voxel that does not
  /// exist has index -1 and weight 0. A corner outside the grid does not exist (the original
  /// carries such coordinates into the neighbouring key field and reads a far voxel).
  public static void linearRow(
      IntArray index,
      FloatArray weights,
      FloatArray xyz,
      IntArray trees,
      LongArray keys,
      int count,
      int depth,
      int nonEmpty,
      int row) {
    float x = xyz.get(3 * row);
    float y = xyz.get(3 * row + 1);
    float z = xyz.get(3 * row + 2);
    boolean inside = inside(x) && inside(y) && inside(z);
    x = OctreeKeys.scaled(x, depth) - 0.5f;
    y = OctreeKeys.scaled(y, depth) - 0.5f;
    z = OctreeKeys.scaled(z, depth) - 0.5f;
    int baseX = floor(x);
    int baseY = floor(y);
    int baseZ = floor(z);
    float sum = 0;
    for (int corner = 0; corner < 8; corner++) {
      int cornerX = corner >> 2;
      int cornerY = corner >> 1 & 1;
      int cornerZ = corner & 1;
      int nodeX = baseX + cornerX;
      int nodeY = baseY + cornerY;
      int nodeZ = baseZ + cornerZ;
      int found = -1;
      float weight = 0;
      if (inside && (nodeX | nodeY | nodeZ) >= 0 && (nodeX | nodeY | nodeZ) >> depth == 0) {
        long key = OctreeKeys.addBatch(OctreeKeys.encode(nodeX, nodeY, nodeZ), trees.get(row));
        found = node(keys, count, nonEmpty, key);
        if (found >= 0) {
          weight =
              ((1 - cornerX) - (x - baseX))
                  * ((1 - cornerY) - (y - baseY))
                  * ((1 - cornerZ) - (z - baseZ));
          weight = weight < 0 ? -weight : weight;
        }
      }
      index.set(8 * row + corner, found);
      weights.set(8 * row + corner, weight);
      sum += weight;
    }
    for (int i = 8 * row; i < 8 * row + 8; i++) {
      weights.set(i, weights.get(i) / (sum + 1e-10f));
    }
  }

  /// The eight voxels and weights, (points, 8), of each of `counts[slot]` points.
  public static void linear(
      IntArray index,
      FloatArray weights,
      FloatArray xyz,
      IntArray trees,
      LongArray keys,
      IntArray counts,
      int slot,
      int keySlot,
      int depth,
      int nonEmpty) {
    for (@Parallel int row = 0; row < trees.getSize(); row++) {
      if (row < counts.get(slot)) {
        linearRow(index, weights, xyz, trees, keys, counts.get(keySlot), depth, nonEmpty, row);
      }
    }
  }

  private static int floor(float value) {
    int truncated = (int) value;
    return value < truncated ? truncated - 1 : truncated;
  }

  private static boolean inside(float coordinate) {
    return coordinate >= -1 && coordinate < 1;
  }
}
