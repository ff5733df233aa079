package org.octolift.engine.cpu;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A list of row numbers turned round: for each row, where the list names it. Sums over rows that
/// a gather repeated then have one owner and one order, without atomics.
///
/// @param rows rows that the list may name
/// @param starts (rows + 1): where the entries of each row start
/// @param entries places in the list, ascending for each row
public record InverseIndex(int rows, IntArray starts, IntArray entries) {
  /// Sorts the first `size` places of a list by the row that they name (a counting sort); negative
  /// numbers name none.
  ///
  /// @throws IllegalArgumentException if the list names a row that is not there
  static InverseIndex of(IntArray index, int size, int rows) {
    InverseIndex inverse = new InverseIndex(rows, new IntArray(rows + 1), new IntArray(size));
    inverse.fill(index, size, rows);
    return inverse;
  }

  /// As [#of], into these arrays, which have room for as many rows and places or more.
  public void fill(IntArray index, int size, int rowCount) {
    int[] next = new int[rowCount + 1];
    for (int i = 0; i < size; i++) {
      int row = index.get(i);
      if (row >= rowCount) {
        throw new IllegalArgumentException(
            "index[%d] must be below %d, is %d".formatted(i, rowCount, row));
      }
      if (row >= 0) {
        next[row + 1]++;
      }
    }
    starts.set(0, 0);
    for (int row = 0; row < rowCount; row++) {
      next[row + 1] += next[row];
      starts.set(row + 1, next[row + 1]);
    }
    for (int i = 0; i < size; i++) {
      int row = index.get(i);
      if (row >= 0) {
        entries.set(next[row]++, i);
      }
    }
  }
}
