package org.octolift.engine.cpu;

import java.util.Arrays;

/// The distinct rows of a block, numbered in ascending order. A row is in the set if its place lies
/// within it and the row at that place is the row itself, so the places of earlier blocks need not
/// be cleared (Briggs and Torczon, An efficient representation for sparse sets, 1993).
final class RowSet {
  private int[] places = new int[0];
  private int[] rows = new int[0];
  private int size;

  /// Removes all rows.
  void clear() {
    size = 0;
  }

  /// Adds a row if it is not there.
  void add(int row) {
    if (row >= places.length) {
      places = Arrays.copyOf(places, Math.max(row + 64, 2 * places.length));
    }
    int place = places[row];
    if (place < size && rows[place] == row) {
      return;
    }
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * size + 64);
    }
    places[row] = size;
    rows[size++] = row;
  }

  /// Number of rows.
  int size() {
    return size;
  }

  /// Writes the rows, ascending: in this order they are read from memory at a stretch.
  void sorted(int[] target) {
    System.arraycopy(rows, 0, target, 0, size);
    Arrays.sort(target, 0, size);
  }

  /// For each of the first {@code count} of the given rows its place among them; undefined for all
  /// others.
  int[] places(int[] sorted, int count) {
    int bound = count == 0 ? 0 : sorted[count - 1] + 1;
    if (places.length < bound) {
      places = new int[Math.max(bound, 2 * places.length)];
    }
    for (int place = 0; place < count; place++) {
      places[sorted[place]] = place;
    }
    size = 0;
    return places;
  }
}
