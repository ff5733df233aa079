package org.octolift.engine.cpu;

import java.util.Arrays;

/// A set of row numbers that counts them in the order of their first appearance. Emptying it takes
/// no time: a row is in the set if its place lies within it and the row at that place is the row
/// itself (Briggs and Torczon, An efficient representation for sparse sets, 1993).
final class RowSet {
  private int[] places = new int[0];
  private int[] rows = new int[0];
  private int size;

  /// Removes all rows; makes room for {@code count} rows below {@code bound}.
  RowSet empty(int bound, int count) {
    if (places.length < bound) {
      places = new int[bound + bound / 8];
    }
    int room = Math.min(bound, count);
    if (rows.length < room) {
      rows = new int[room];
    }
    size = 0;
    return this;
  }

  /// The place of a row, which is added if it is new.
  int add(int row) {
    int place = places[row];
    if (place < size && rows[place] == row) {
      return place;
    }
    places[row] = size;
    rows[size] = row;
    return size++;
  }

  /// The rows in order of their places.
  int[] rows() {
    return Arrays.copyOf(rows, size);
  }
}
