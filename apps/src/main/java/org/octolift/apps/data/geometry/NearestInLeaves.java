package org.octolift.apps.data.geometry;

import java.util.Arrays;

/// The nearest points of every point of a [KdTree], a leaf of the tree at a time: one walk through
/// the tree collects all points that can be near one of the leaf's, then each of these looks
/// through them. Finds what [KdTree#search] finds from each point, in half the time. Owns scratch
/// memory: one a thread.
final class NearestInLeaves {
  private final KdTree tree;
  private final double radius;
  private final int capacity;
  private final Neighbours aroundCentre;
  private final double[] centre = new double[3];

  /// Points near the leaf: slots and coordinates.
  private int[] slots = new int[512];

  private double[] x = new double[512];
  private double[] y = new double[512];
  private double[] z = new double[512];
  private int candidates;

  /// Farther from the centre than this no neighbour of any of the leaf's points is.
  private double reach;

  private double nearestFill;

  /// Squared distances from a point to the candidates, then those that may be neighbours.
  private double[] squaredDistances = new double[512];

  private double[] kept = new double[512];
  private int[] keptIndices = new int[512];
  private double[] selection = new double[512];
  private final int[] found;
  private int size;

  NearestInLeaves(KdTree tree, double radius, int capacity) {
    this.tree = tree;
    this.radius = radius;
    this.capacity = capacity;
    aroundCentre = new Neighbours(capacity);
    found = new int[capacity];
  }

  /// Number of neighbours of the last point asked for.
  int size() {
    return size;
  }

  double x(int i) {
    return x[found[i]];
  }

  double y(int i) {
    return y[found[i]];
  }

  double z(int i) {
    return z[found[i]];
  }

  /// Row of neighbour {@code i}, in no particular order.
  int row(int i) {
    return tree.row(slots[found[i]]);
  }

  /// Prepares for the points in the slots {@code from} to {@code to}.
  void start(int from, int to) {
    for (int axis = 0; axis < 3; axis++) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (int slot = from; slot < to; slot++) {
        low = Math.min(low, tree.coordinate(slot, axis));
        high = Math.max(high, tree.coordinate(slot, axis));
      }
      centre[axis] = (low + high) / 2;
    }
    double farthest = 0;
    for (int slot = from; slot < to; slot++) {
      farthest = Math.max(farthest, toCentre(slot));
    }
    tree.search(centre[0], centre[1], centre[2], radius, aroundCentre);
    nearestFill = radius;
    if (aroundCentre.size() == capacity) {
      nearestFill = 0;
      for (int i = 0; i < capacity; i++) {
        nearestFill = Math.max(nearestFill, Math.sqrt(aroundCentre.squaredDistance(i)));
      }
    }
    // From a point of the leaf, as many are at most this far; and that point is off the centre.
    reach = (Math.min(radius, nearestFill + farthest) + farthest) * (1 + 1e-12);
    candidates = 0;
    tree.leavesWithin(centre, reach, this);
  }

  private double toCentre(int slot) {
    double dx = tree.coordinate(slot, 0) - centre[0];
    double dy = tree.coordinate(slot, 1) - centre[1];
    double dz = tree.coordinate(slot, 2) - centre[2];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  /// Takes the points of a leaf that are near enough.
  void offer(int from, int to) {
    if (candidates + to - from > slots.length) {
      grow();
    }
    for (int slot = from; slot < to; slot++) {
      double px = tree.coordinate(slot, 0);
      double py = tree.coordinate(slot, 1);
      double pz = tree.coordinate(slot, 2);
      double dx = px - centre[0];
      double dy = py - centre[1];
      double dz = pz - centre[2];
      slots[candidates] = slot;
      x[candidates] = px;
      y[candidates] = py;
      z[candidates] = pz;
      candidates += dx * dx + dy * dy + dz * dz <= reach * reach ? 1 : 0;
    }
  }

  private void grow() {
    int room = 2 * slots.length;
    slots = Arrays.copyOf(slots, room);
    x = Arrays.copyOf(x, room);
    y = Arrays.copyOf(y, room);
    z = Arrays.copyOf(z, room);
    squaredDistances = new double[room];
    kept = new double[room];
    keptIndices = new int[room];
    selection = new double[room];
  }

  /// Finds the neighbours of the point in {@code slot}, one of the leaf's.
  void search(int slot) {
    double px = tree.coordinate(slot, 0);
    double py = tree.coordinate(slot, 1);
    double pz = tree.coordinate(slot, 2);
    for (int i = 0; i < candidates; i++) {
      double dx = x[i] - px;
      double dy = y[i] - py;
      double dz = z[i] - pz;
      squaredDistances[i] = dx * dx + dy * dy + dz * dz;
    }
    double bound = (nearestFill + toCentre(slot)) * (1 + 1e-12);
    int near = keep(Math.min(Math.nextDown(radius * radius), bound * bound));
    if (near <= capacity) {
      System.arraycopy(keptIndices, 0, found, 0, near);
      size = near;
      return;
    }
    System.arraycopy(kept, 0, selection, 0, near);
    double last = smallest(selection, near, capacity - 1);
    takeUpTo(last, near);
  }

  /// Compacts the candidates that are not farther than the bound.
  private int keep(double squaredBound) {
    int count = 0;
    for (int i = 0; i < candidates; i++) {
      double squared = squaredDistances[i];
      kept[count] = squared;
      keptIndices[count] = i;
      count += squared <= squaredBound ? 1 : 0;
    }
    return count;
  }

  /// Takes the points nearer than {@code last}, then of those as far the ones of smaller rows.
  private void takeUpTo(double last, int near) {
    int count = 0;
    int equal = 0;
    for (int i = 0; i < near; i++) {
      if (kept[i] < last) {
        found[count++] = keptIndices[i];
      } else if (kept[i] == last) {
        // Reads stay ahead of these writes.
        keptIndices[equal++] = keptIndices[i];
      }
    }
    if (equal > capacity - count) {
      sortByRow(equal);
    }
    for (int i = 0; count < capacity; i++) {
      found[count++] = keptIndices[i];
    }
    size = capacity;
  }

  private void sortByRow(int count) {
    long[] order = new long[count];
    for (int i = 0; i < count; i++) {
      order[i] = (long) tree.row(slots[keptIndices[i]]) << 32 | keptIndices[i];
    }
    Arrays.sort(order);
    for (int i = 0; i < count; i++) {
      keptIndices[i] = (int) order[i];
    }
  }

  /// The value that would be at index {@code wanted} if {@code values} were sorted; reorders them.
  /// Partitions without branches on the values.
  static double smallest(double[] values, int count, int wanted) {
    int from = 0;
    int to = count;
    while (true) {
      double pivot = middleOfThree(values[from], values[(from + to) >>> 1], values[to - 1]);
      int less = from;
      for (int i = from; i < to; i++) {
        double value = values[i];
        values[i] = values[less];
        values[less] = value;
        less += value < pivot ? 1 : 0;
      }
      if (wanted < less) {
        to = less;
        continue;
      }
      int notMore = less;
      for (int i = less; i < to; i++) {
        double value = values[i];
        values[i] = values[notMore];
        values[notMore] = value;
        notMore += value == pivot ? 1 : 0;
      }
      if (wanted < notMore) {
        return pivot;
      }
      from = notMore;
    }
  }

  private static double middleOfThree(double a, double b, double c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
