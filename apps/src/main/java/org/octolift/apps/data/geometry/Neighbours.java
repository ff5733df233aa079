package org.octolift.apps.data.geometry;

import java.util.Arrays;

/// The nearest points of one search: a binary heap with the farthest on top, ordered by distance,
/// then row. Reused from search to search, by one thread.
public final class Neighbours {
  /// Where the neighbours are looked for.
  final double[] query = new double[3];

  /// Distance per axis from the query to the cell that the search is in.
  final double[] offset = new double[3];

  private final int[] rows;
  private final double[] squaredDistances;
  private int size;
  private double squaredRadius;

  /// Room for at most {@code capacity} neighbours.
  public Neighbours(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be 1 or more, is " + capacity);
    }
    rows = new int[capacity];
    squaredDistances = new double[capacity];
  }

  /// Number of neighbours found.
  public int size() {
    return size;
  }

  /// Row of neighbour {@code i}, in no particular order.
  public int row(int i) {
    return rows[i];
  }

  /// Squared distance of neighbour {@code i}.
  public double squaredDistance(int i) {
    return squaredDistances[i];
  }

  void start(double x, double y, double z, double radius) {
    query[0] = x;
    query[1] = y;
    query[2] = z;
    Arrays.fill(offset, 0);
    size = 0;
    squaredRadius = radius * radius;
  }

  /// Whether a point at this squared distance could still be taken.
  boolean admits(double squaredDistance) {
    return size < rows.length
        ? squaredDistance < squaredRadius
        : squaredDistance <= squaredDistances[0];
  }

  /// Takes a point if it is inside the radius and nearer than the farthest of a full heap.
  void offer(int row, double squaredDistance) {
    if (squaredDistance >= squaredRadius) {
      return;
    }
    if (size < rows.length) {
      int child = size++;
      while (child > 0) {
        int parent = (child - 1) >>> 1;
        if (!isFarther(squaredDistance, row, parent)) {
          break;
        }
        move(parent, child);
        child = parent;
      }
      set(child, row, squaredDistance);
    } else if (!isFarther(squaredDistance, row, 0)) {
      replaceTop(row, squaredDistance);
    }
  }

  private void replaceTop(int row, double squaredDistance) {
    int hole = 0;
    for (int child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && isFarther(squaredDistances[child + 1], rows[child + 1], child)) {
        child++;
      }
      if (isFarther(squaredDistance, row, child)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    set(hole, row, squaredDistance);
  }

  private boolean isFarther(double squaredDistance, int row, int than) {
    return squaredDistance > squaredDistances[than]
        || (squaredDistance == squaredDistances[than] && row > rows[than]);
  }

  private void move(int from, int to) {
    set(to, rows[from], squaredDistances[from]);
  }

  private void set(int at, int row, double squaredDistance) {
    rows[at] = row;
    squaredDistances[at] = squaredDistance;
  }
}
