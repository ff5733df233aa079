package org.octolift.apps.data.geometry;

/// A balanced k-d tree of points in space: every node halves its points at the median of their
/// widest axis. No objects per node: nodes are numbered as in a heap (children 2i+1, 2i+2), and the
/// ranges of points follow from halving. Immutable; searches from many threads are safe.
public final class KdTree {
  private static final int LEAF_POINTS = 10;

  private final int size;
  private final int levels;
  private final int[] rows;
  private final float[] xyz;
  private final byte[] splitAxis;
  private final float[] splitValue;

  /// Builds the tree over {@code points}, (N, 3) row-major, which is copied.
  ///
  /// @throws IllegalArgumentException when a coordinate is not finite
  public KdTree(float[] points) {
    if (points.length % 3 != 0) {
      throw new IllegalArgumentException("expected 3 floats a point, got " + points.length);
    }
    for (int i = 0; i < points.length; i++) {
      if (!Float.isFinite(points[i])) {
        throw new IllegalArgumentException("point %d is not finite".formatted(i / 3));
      }
    }
    size = points.length / 3;
    int depth = 0;
    while (Math.ceilDiv(size, 1 << depth) > LEAF_POINTS) {
      depth++;
    }
    levels = depth;
    splitAxis = new byte[(1 << levels) - 1];
    splitValue = new float[(1 << levels) - 1];
    rows = new int[size];
    for (int i = 0; i < size; i++) {
      rows[i] = i;
    }
    build(points, 0, 0, 0, size);
    xyz = new float[points.length];
    for (int slot = 0; slot < size; slot++) {
      System.arraycopy(points, 3 * rows[slot], xyz, 3 * slot, 3);
    }
  }

  /// Number of points.
  public int size() {
    return size;
  }

  /// The row of the point in {@code slot}: slots that are near each other hold points that are.
  public int row(int slot) {
    return rows[slot];
  }

  /// Coordinate {@code axis} of the point in {@code slot}.
  public float coordinate(int slot, int axis) {
    return xyz[3 * slot + axis];
  }

  /// Finds the points closer than {@code radius} to (x, y, z), of these the nearest ones that
  /// {@code found} has room for; among equally far ones those of the smaller rows.
  public void search(double x, double y, double z, double radius, Neighbours found) {
    found.start(x, y, z, radius);
    search(found, 0, 0, 0, size, 0);
  }

  /// Searches a node's slots {@code from} to {@code to}; its cell is {@code squaredDistance} away
  /// from the query, per axis {@code found.offset}.
  private void search(
      Neighbours found, int node, int level, int from, int to, double squaredDistance) {
    if (level == levels) {
      for (int slot = from; slot < to; slot++) {
        double dx = xyz[3 * slot] - found.query[0];
        double dy = xyz[3 * slot + 1] - found.query[1];
        double dz = xyz[3 * slot + 2] - found.query[2];
        found.offer(rows[slot], dx * dx + dy * dy + dz * dz);
      }
      return;
    }
    int axis = splitAxis[node];
    double offset = found.query[axis] - splitValue[node];
    int middle = (from + to) >>> 1;
    int left = 2 * node + 1;
    int right = left + 1;
    boolean isLeft = offset < 0;
    if (isLeft) {
      search(found, left, level + 1, from, middle, squaredDistance);
    } else {
      search(found, right, level + 1, middle, to, squaredDistance);
    }
    double outer = found.offset[axis];
    double farther = squaredDistance - outer * outer + offset * offset;
    // The small margin covers the rounding of the sum above.
    if (found.admits(farther * (1 - 1e-12))) {
      found.offset[axis] = offset;
      if (isLeft) {
        search(found, right, level + 1, middle, to, farther);
      } else {
        search(found, left, level + 1, from, middle, farther);
      }
      found.offset[axis] = outer;
    }
  }

  /// Offers {@code found} all leaves that may hold points within {@code distance} of a place.
  void leavesWithin(double[] place, double distance, NearestInLeaves found) {
    leavesWithin(place, distance, found, 0, 0, 0, size);
  }

  private void leavesWithin(
      double[] place,
      double distance,
      NearestInLeaves found,
      int node,
      int level,
      int from,
      int to) {
    if (level == levels) {
      found.offer(from, to);
      return;
    }
    double offset = place[splitAxis[node]] - splitValue[node];
    int middle = (from + to) >>> 1;
    if (offset <= distance) {
      leavesWithin(place, distance, found, 2 * node + 1, level + 1, from, middle);
    }
    if (offset >= -distance) {
      leavesWithin(place, distance, found, 2 * node + 2, level + 1, middle, to);
    }
  }

  /// Where the leaf after that of {@code slot} begins.
  int leafEnd(int slot) {
    int from = 0;
    int to = size;
    for (int level = 0; level < levels; level++) {
      int middle = (from + to) >>> 1;
      if (slot < middle) {
        to = middle;
      } else {
        from = middle;
      }
    }
    return to;
  }

  private void build(float[] points, int node, int level, int from, int to) {
    if (level == levels) {
      return;
    }
    int axis = widestAxis(points, from, to);
    int middle = (from + to) >>> 1;
    select(points, axis, from, to - 1, middle);
    splitAxis[node] = (byte) axis;
    splitValue[node] = points[3 * rows[middle] + axis];
    build(points, 2 * node + 1, level + 1, from, middle);
    build(points, 2 * node + 2, level + 1, middle, to);
  }

  private int widestAxis(float[] points, int from, int to) {
    int widest = 0;
    float width = -1;
    for (int axis = 0; axis < 3; axis++) {
      float low = Float.POSITIVE_INFINITY;
      float high = Float.NEGATIVE_INFINITY;
      for (int i = from; i < to; i++) {
        float value = points[3 * rows[i] + axis];
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      if (high - low > width) {
        width = high - low;
        widest = axis;
      }
    }
    return widest;
  }

  /// Hoare's selection: orders the rows from {@code low} to {@code high} so that the one at {@code
  /// wanted} is in place, none before it is larger and none after it smaller.
  private void select(float[] points, int axis, int low, int high, int wanted) {
    int left = low;
    int right = high;
    while (left < right) {
      float pivot = points[3 * rows[(left + right) >>> 1] + axis];
      int i = left;
      int j = right;
      while (i <= j) {
        while (points[3 * rows[i] + axis] < pivot) {
          i++;
        }
        while (points[3 * rows[j] + axis] > pivot) {
          j--;
        }
        if (i <= j) {
          int swapped = rows[i];
          rows[i++] = rows[j];
          rows[j--] = swapped;
        }
      }
      if (wanted <= j) {
        right = j;
      } else if (wanted >= i) {
        left = i;
      } else {
        return;
      }
    }
  }
}
