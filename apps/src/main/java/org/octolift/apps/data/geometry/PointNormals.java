package org.octolift.apps.data.geometry;

import org.octolift.engine.cpu.Workers;

/// Normals of a point cloud: for each point the direction in which its neighbourhood is thinnest,
/// the eigenvector of the smallest eigenvalue of the neighbours' covariance. Neighbours are the
/// nearest points closer than a radius, the point itself included, as in Open3D's hybrid search.
///
/// The sign is a convention without a geometric meaning, as in the reference: the component of the
/// largest magnitude is positive. Points with fewer than three neighbours get (0, 0, 1).
public final class PointNormals {
  /// The reference's radius in metres.
  public static final double RADIUS = 0.1;

  /// The reference's number of neighbours.
  public static final int NEIGHBOURS = 30;

  private static final int GRAIN = 1024;

  private PointNormals() {}

  /// Normals with the reference's radius and number of neighbours.
  ///
  /// @param xyz finite coordinates, (N, 3)
  /// @return unit vectors, (N, 3)
  public static float[] of(float[] xyz, Workers workers) {
    return of(xyz, RADIUS, NEIGHBOURS, workers);
  }

  /// Normals from at most {@code maxNeighbours} neighbours closer than {@code radius}.
  public static float[] of(float[] xyz, double radius, int maxNeighbours, Workers workers) {
    KdTree tree = new KdTree(xyz);
    float[] normals = new float[xyz.length];
    workers.parallel(
        tree.size(),
        GRAIN,
        (from, to) -> {
          NearestInLeaves near = new NearestInLeaves(tree, radius, maxNeighbours);
          SymmetricEigen eigen = new SymmetricEigen();
          int slot = from;
          while (slot < to) {
            int end = Math.min(to, tree.leafEnd(slot));
            near.start(slot, end);
            for (; slot < end; slot++) {
              near.search(slot);
              thinnestDirection(near, eigen, normals, 3 * tree.row(slot));
            }
          }
        });
    return normals;
  }

  /// Flips each normal that points away from the place its point was seen from.
  ///
  /// @param xyz coordinates, (N, 3)
  /// @param normals normals, (N, 3), changed
  /// @param viewpoints one place (3) for all points, or one for each (N, 3)
  public static void orientInPlace(float[] xyz, float[] normals, double[] viewpoints) {
    int step = viewpoints.length == 3 ? 0 : 1;
    for (int i = 0; i < xyz.length; i += 3) {
      double towards = 0;
      for (int c = i; c < i + 3; c++) {
        towards += normals[c] * (viewpoints[step * i + c - i] - xyz[c]);
      }
      if (towards < 0) {
        for (int c = i; c < i + 3; c++) {
          normals[c] = -normals[c];
        }
      }
    }
  }

  private static void thinnestDirection(
      NearestInLeaves near, SymmetricEigen eigen, float[] normals, int at) {
    double[] direction = eigen.vector;
    int count = near.size();
    if (count < 3) {
      normals[at + 2] = 1;
      return;
    }
    double mx = 0;
    double my = 0;
    double mz = 0;
    for (int i = 0; i < count; i++) {
      mx += near.x(i);
      my += near.y(i);
      mz += near.z(i);
    }
    mx /= count;
    my /= count;
    mz /= count;
    double xx = 0;
    double xy = 0;
    double xz = 0;
    double yy = 0;
    double yz = 0;
    double zz = 0;
    for (int i = 0; i < count; i++) {
      double x = near.x(i) - mx;
      double y = near.y(i) - my;
      double z = near.z(i) - mz;
      xx += x * x;
      xy += x * y;
      xz += x * z;
      yy += y * y;
      yz += y * z;
      zz += z * z;
    }
    eigen.smallest(xx, xy, xz, yy, yz, zz);
    int largest = 0;
    for (int c = 1; c < 3; c++) {
      if (Math.abs(direction[c]) > Math.abs(direction[largest])) {
        largest = c;
      }
    }
    double sign = direction[largest] < 0 ? -1 : 1;
    for (int c = 0; c < 3; c++) {
      // Adding zero turns -0 into 0.
      normals[at + c] = (float) (sign * direction[c]) + 0f;
    }
  }
}
