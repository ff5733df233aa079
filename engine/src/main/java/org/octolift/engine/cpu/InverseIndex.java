package org.octolift.engine.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

  /// As [#of], into these arrays, which have room for as many rows and places or more. It works on
  /// heap arrays, which are faster to read at random.
  public void fill(IntArray index, int size, int rowCount) {
    int[] list = new int[size];
    MemorySegment.copy(index.getSegment(), ValueLayout.JAVA_INT, 0, list, 0, size);
    int[] next = new int[rowCount + 1];
    int named = 0;
    for (int i = 0; i < size; i++) {
      if (list[i] >= rowCount) {
        throw new IllegalArgumentException(
            "index[%d] must be below %d, is %d".formatted(i, rowCount, list[i]));
      }
      if (list[i] >= 0) {
        next[list[i] + 1]++;
        named++;
      }
    }
    for (int row = 0; row < rowCount; row++) {
      next[row + 1] += next[row];
    }
    MemorySegment.copy(next, 0, starts.getSegment(), ValueLayout.JAVA_INT, 0, rowCount + 1);
    int[] places = new int[named];
    for (int i = 0; i < size; i++) {
      if (list[i] >= 0) {
        places[next[list[i]]++] = i;
      }
    }
    MemorySegment.copy(places, 0, entries.getSegment(), ValueLayout.JAVA_INT, 0, named);
  }
}
