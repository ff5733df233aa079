package org.octolift.kernels.gpu;

import org.octolift.kernels.OctreeQueryKernels;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// [OctreeQueryKernels#linear] in groups of [OctreeBuilding#THREADS] work-items, one a point.
public final class PointCorners {
  private PointCorners() {}

  /// The eight voxels around each point and their weights.
  ///
  /// @param index written, (points, 8)
  /// @param weights written, (points, 8)
  /// @param trees not modified, (points)
  /// @param keys not modified: of non-empty nodes, sorted
  /// @param slot the number of points
  /// @param keySlot the number of keys
  public static void find(
      KernelContext context,
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
    int row = context.globalIdx;
    if (row < counts.get(slot)) {
      OctreeQueryKernels.linearRow(
          index, weights, xyz, trees, keys, counts.get(keySlot), depth, nonEmpty, row);
    }
  }
}
