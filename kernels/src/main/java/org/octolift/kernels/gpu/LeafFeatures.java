package org.octolift.kernels.gpu;

import org.octolift.kernels.OctreeKeys;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Input signals of the leaves: means over the points of a voxel, summed in the order of the sorted
/// points (O-CNN, `calc_signal`). A row is normal (3), displacement (1, or 4 without normals),
/// point features, mean point (3), each if asked for. Groups have [OctreeBuilding#THREADS] work-
/// items.
public final class LeafFeatures {
  /// The original's literal for 2/√3.
  private static final float DISPLACEMENT_SCALE = 1.1547f;

  private static final float TINY_NORMAL = 1e-6f;

  private LeafFeatures() {}

  /// The rows of the non-empty leaves; one work-item a leaf.
  ///
  /// @param feature written, (leaves, channels)
  /// @param found slot {@code rejected} is set to 1 if a value is infinite or not a number
  /// @param xyz not modified, (points, 3)
  /// @param normals not modified, (points, 3); anything if {@code hasNormals} is 0
  /// @param features not modified, (points, {@code own}); anything if that is 0
  /// @param order not modified: the points in the order of their keys
  /// @param starts not modified, (leaves + 1)
  /// @param slot the number of leaves
  /// @param displacement number of its channels: 0, 1 or 4
  /// @param hasMean whether rows end with the mean point: 1 or 0
  public static void rows(
      KernelContext context,
      FloatArray feature,
      IntArray found,
      FloatArray xyz,
      FloatArray normals,
      FloatArray features,
      IntArray order,
      IntArray starts,
      IntArray counts,
      int slot,
      int rejected,
      int depth,
      int hasNormals,
      int displacement,
      int own,
      int hasMean) {
    int leaf = context.globalIdx;
    if (leaf < counts.get(slot)) {
      int at = leaf * (3 * hasNormals + displacement + own + 3 * hasMean);
      int from = starts.get(leaf);
      int to = starts.get(leaf + 1);
      int size = to - from;
      float x = 0;
      float y = 0;
      float z = 0;
      for (int i = from; i < to; i++) {
        int point = 3 * order.get(i);
        x += OctreeKeys.scaled(xyz.get(point), depth);
        y += OctreeKeys.scaled(xyz.get(point + 1), depth);
        z += OctreeKeys.scaled(xyz.get(point + 2), depth);
      }
      x = x / size;
      y = y / size;
      z = z / size;
      float offsetX = x - (int) x - 0.5f;
      float offsetY = y - (int) y - 0.5f;
      float offsetZ = z - (int) z - 0.5f;
      float zero = 0;
      if (hasNormals == 1) {
        float normalX = 0;
        float normalY = 0;
        float normalZ = 0;
        for (int i = from; i < to; i++) {
          int point = 3 * order.get(i);
          normalX += normals.get(point);
          normalY += normals.get(point + 1);
          normalZ += normals.get(point + 2);
        }
        float length = length(normalX, normalY, normalZ);
        if (length < TINY_NORMAL) {
          int first = 3 * order.get(from);
          normalX = normals.get(first);
          normalY = normals.get(first + 1);
          normalZ = normals.get(first + 2);
          length = length(normalX, normalY, normalZ) + 1e-30f;
        }
        normalX = normalX / length;
        normalY = normalY / length;
        normalZ = normalZ / length;
        feature.set(at, normalX);
        feature.set(at + 1, normalY);
        feature.set(at + 2, normalZ);
        at += 3;
        zero += zero(normalX) + zero(normalY) + zero(normalZ);
        if (displacement > 0) {
          float along = offsetX * normalX + offsetY * normalY + offsetZ * normalZ;
          feature.set(at, along * DISPLACEMENT_SCALE);
        }
      } else if (displacement > 0) {
        feature.set(at, offsetX);
        feature.set(at + 1, offsetY);
        feature.set(at + 2, offsetZ);
        feature.set(at + 3, DISPLACEMENT_SCALE);
      }
      at += displacement;
      for (int c = 0; c < own; c++) {
        float sum = 0;
        for (int i = from; i < to; i++) {
          sum += features.get(own * order.get(i) + c);
        }
        float mean = sum / size;
        feature.set(at + c, mean);
        zero += zero(mean);
      }
      at += own;
      if (hasMean == 1) {
        feature.set(at, x);
        feature.set(at + 1, y);
        feature.set(at + 2, z);
      }
      int finite = zero < 1 ? 1 : 0; // not a number is not below 1
      if (finite == 0) {
        found.set(rejected, 1);
      }
    }
  }

  /// 0 of a finite number, else not a number.
  private static float zero(float value) {
    return value * 0;
  }

  private static float length(float x, float y, float z) {
    return TornadoMath.sqrt(x * x + y * y + z * z);
  }

  /// The rows of all leaves, 0 for empty ones; one work-item an element.
  ///
  /// @param all written, (nodes, channels)
  /// @param feature not modified, (leaves, channels), from [#rows]
  /// @param children not modified, (nodes): the node's number among the non-empty ones, or -1
  /// @param slot the number of nodes
  public static void allRows(
      KernelContext context,
      FloatArray all,
      FloatArray feature,
      IntArray children,
      IntArray counts,
      int slot,
      int channels) {
    int i = context.globalIdx;
    int node = i / channels;
    if (node < counts.get(slot)) {
      int row = children.get(node);
      all.set(i, row < 0 ? 0 : feature.get(row * channels + i - node * channels));
    }
  }
}
