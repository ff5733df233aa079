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
    IntArray starts = new IntArray(rows + 1);
    starts.init(0);
    int named = 0;
    for (int i = 0; i < size; i++) {
      int row = index.get(i);
      if (row >= rows) {
        throw new IllegalArgumentException(
            "index[%d] must be below %d, is %d".formatted(i, rows, row));
      }
      if (row >= 0) {
        starts.set(row + 1, starts.get(row + 1) + 1);
        named++;
      }
    }
    for (int row = 0; row < rows; row++) {
      starts.set(row + 1, starts.get(row) + starts.get(row + 1));
    }
    int[] next = starts.toHeapArray();
    IntArray entries = new IntArray(named);
    for (int i = 0; i < size; i++) {
      int row = index.get(i);
      if (row >= 0) {
        entries.set(next[row]++, i);
      }
    }
    return new InverseIndex(rows, starts, entries);
  }
}
