package org.octolift.engine.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The distinct rows of a block, a mark for each row that there may be, and their places in
/// ascending order: in this order they are read from memory at a stretch. -1 stands for no row and
/// may be added like one, which changes nothing: many neighbours are missing, in no order that a
/// processor could predict, so loops do not ask.
///
/// Marks are bytes. A bit would have to be read before it is written, and all that is missing would
/// wait for one word.
final class RowSet {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] marks = new byte[Long.BYTES];
  private int[] places = new int[1];
  private int begin;
  private int end;

  /// Puts rows into the empty set.
  ///
  /// @param rows of which the first {@code count} are added, -1 or more
  /// @param least the least of them that is not -1, anything greater if there is none
  /// @param greatest the greatest of them
  void add(int[] rows, int count, int least, int greatest) {
    end = Math.ceilDiv(greatest + 2, Long.BYTES) * Long.BYTES;
    if (marks.length < end) {
      marks = new byte[2 * end];
    }
    for (int i = 0; i < count; i++) {
      marks[rows[i] + 1] = 1;
    }
    marks[0] = 0;
    begin = least / Long.BYTES * Long.BYTES;
  }

  /// Number of rows.
  int size() {
    int size = 0;
    for (int at = begin; at < end; at += Long.BYTES) {
      size += Long.bitCount((long) EIGHT.get(marks, at));
    }
    return size;
  }

  /// Writes the rows, ascending, and removes them.
  void drainTo(int[] target) {
    int size = 0;
    for (int at = begin; at < end; at += Long.BYTES) {
      long left = (long) EIGHT.get(marks, at);
      if (left != 0) {
        EIGHT.set(marks, at, 0L);
      }
      for (; left != 0; left &= left - 1) {
        target[size++] = at + Long.numberOfTrailingZeros(left) / Byte.SIZE - 1;
      }
    }
  }

  /// For each of the first {@code count} of the given rows, at the index row + 1, its place among
  /// them; undefined for all others, but an element for -1.
  int[] places(int[] sorted, int count) {
    int bound = count == 0 ? 1 : sorted[count - 1] + 2;
    if (places.length < bound) {
      places = new int[2 * bound];
    }
    for (int place = 0; place < count; place++) {
      places[sorted[place] + 1] = place;
    }
    return places;
  }
}
