package org.octolift.engine.octree;

import org.octolift.kernels.OctreeKeys;

/// The polygon in which a plane cuts the unit cube of an octree node.
final class PlaneInCube {
  private PlaneInCube() {}

  /// Writes the polygon's vertices, at most 12 triples, one a cut edge, and returns their number.
  ///
  /// @param point a point of the plane, in voxels of the node's depth
  /// @param key the node
  static int vertices(float[] point, float[] normal, long key, float[] vertices) {
    float[] base = {OctreeKeys.x(key), OctreeKeys.y(key), OctreeKeys.z(key)};
    float[] heights = new float[8];
    for (int corner = 0; corner < 8; corner++) {
      for (int c = 0; c < 3; c++) {
        heights[corner] += normal[c] * (base[c] + (corner >> (2 - c) & 1) - point[c]);
      }
    }
    int count = 0;
    for (int axis = 0; axis < 3; axis++) {
      int step = 4 >> axis;
      for (int corner = 0; corner < 8; corner++) {
        float low = heights[corner];
        float high = heights[corner | step];
        if ((corner & step) != 0 || (low < 0) == (high < 0)) {
          continue;
        }
        for (int c = 0; c < 3; c++) {
          vertices[3 * count + c] = base[c] + (corner >> (2 - c) & 1);
        }
        vertices[3 * count + axis] += low / (low - high);
        count++;
      }
    }
    return count;
  }
}
