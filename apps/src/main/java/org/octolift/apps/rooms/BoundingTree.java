package org.octolift.apps.rooms;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// A tree of world-aligned bounding boxes over the primitives of a scene, split at the median of
/// the longest axis; finds the first primitive that a ray meets.
final class BoundingTree {
  private static final int LEAF = 2;

  /// Six numbers a node: least and greatest x, y, z.
  private final double[] bounds;

  /// The right child of an inner node (the left one follows its parent), or −1 − first primitive.
  private final int[] link;

  private final int[] size;
  private final Primitive[] primitives;
  private int nodes;

  BoundingTree(List<Primitive> list) {
    primitives = list.toArray(Primitive[]::new);
    int capacity = 2 * primitives.length + 1;
    bounds = new double[6 * capacity];
    link = new int[capacity];
    size = new int[capacity];
    build(0, primitives.length);
  }

  private int build(int from, int to) {
    int node = nodes++;
    int longest = 0;
    for (int axis = 0; axis < 3; axis++) {
      double least = Double.POSITIVE_INFINITY;
      double greatest = Double.NEGATIVE_INFINITY;
      for (int i = from; i < to; i++) {
        double centre = primitives[i].centre(axis);
        double extent = primitives[i].extent(axis) + 1e-6;
        least = Math.min(least, centre - extent);
        greatest = Math.max(greatest, centre + extent);
      }
      bounds[6 * node + axis] = least;
      bounds[6 * node + 3 + axis] = greatest;
      if (greatest - least > bounds[6 * node + 3 + longest] - bounds[6 * node + longest]) {
        longest = axis;
      }
    }
    size[node] = to - from;
    if (to - from <= LEAF) {
      link[node] = -1 - from;
      return node;
    }
    int axis = longest;
    Arrays.sort(primitives, from, to, Comparator.comparingDouble(p -> p.centre(axis)));
    int middle = (from + to) >>> 1;
    build(from, middle);
    link[node] = build(middle, to);
    return node;
  }

  /// A search with its own memory: one for each thread.
  Search search() {
    return new Search();
  }

  /// Casts rays; the answer to the last one stays in its fields.
  final class Search {
    private final int[] stack = new int[64];

    /// Distance of the last hit in lengths of the direction.
    double t;

    /// The primitive of the last hit, or null.
    Primitive primitive;

    /// Finds the first hit closer than {@code limit}; false when there is none.
    boolean cast(double ox, double oy, double oz, double dx, double dy, double dz, double limit) {
      double ix = Shape.inverse(dx);
      double iy = Shape.inverse(dy);
      double iz = Shape.inverse(dz);
      t = limit;
      primitive = null;
      int top = 0;
      stack[top++] = 0;
      while (top > 0) {
        int node = stack[--top];
        if (size[node] == 0 || enter(node, ox, oy, oz, ix, iy, iz) >= t) {
          continue;
        }
        int next = link[node];
        if (next < 0) {
          for (int i = -1 - next; i < -1 - next + size[node]; i++) {
            double hit = primitives[i].hit(ox, oy, oz, dx, dy, dz);
            if (hit < t) {
              t = hit;
              primitive = primitives[i];
            }
          }
        } else {
          boolean leftFirst =
              enter(node + 1, ox, oy, oz, ix, iy, iz) <= enter(next, ox, oy, oz, ix, iy, iz);
          stack[top++] = leftFirst ? next : node + 1;
          stack[top++] = leftFirst ? node + 1 : next;
        }
      }
      return primitive != null;
    }

    private double enter(
        int node, double ox, double oy, double oz, double ix, double iy, double iz) {
      int b = 6 * node;
      double x0 = (bounds[b] - ox) * ix;
      double x1 = (bounds[b + 3] - ox) * ix;
      double y0 = (bounds[b + 1] - oy) * iy;
      double y1 = (bounds[b + 4] - oy) * iy;
      double z0 = (bounds[b + 2] - oz) * iz;
      double z1 = (bounds[b + 5] - oz) * iz;
      double near =
          Math.max(Math.max(Math.min(x0, x1), Math.min(y0, y1)), Math.max(0, Math.min(z0, z1)));
      double far = Math.min(Math.min(Math.max(x0, x1), Math.max(y0, y1)), Math.max(z0, z1));
      return near <= far ? near : Double.POSITIVE_INFINITY;
    }
  }
}
