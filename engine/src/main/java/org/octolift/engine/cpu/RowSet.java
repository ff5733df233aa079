package org.octolift.engine.cpu;

import java.util.Arrays;

/// The distinct rows of a block, a bit for each row that there may be, and their places in
/// ascending order: in this order they are read from memory at a stretch. -1 stands for no row and
/// may be added like one, which changes nothing: every second neighbour is missing, in no order
/// that a processor could predict, so loops do not ask.
final class RowSet {
  private long[] bits = new long[0];
  private int[] places = new int[0];

  /// Adds rows, -1 or more, of which `greatest` is the greatest.
  void add(int[] rows, int count, int greatest) {
    int words = (greatest + 1) / Long.SIZE + 1;
    if (bits.length < words) {
      bits = Arrays.copyOf(bits, Math.max(words, 2 * bits.length));
    }
    for (int i = 0; i < count; i++) {
      int bit = rows[i] + 1;
      bits[bit / Long.SIZE] |= 1L << bit;
    }
    bits[0] &= -2;
  }

  /// Number of rows.
  int size() {
    int size = 0;
    for (long word : bits) {
      size += Long.bitCount(word);
    }
    return size;
  }

  /// Writes the rows, ascending, and removes them.
  void drainTo(int[] target) {
    int size = 0;
    for (int word = 0; word < bits.length; word++) {
      for (long left = bits[word]; left != 0; left &= left - 1) {
        target[size++] = word * Long.SIZE + Long.numberOfTrailingZeros(left) - 1;
      }
      bits[word] = 0;
    }
  }

  /// For each of the first {@code count} of the given rows, at the index row + 1, its place among
  /// them; undefined for all others.
  int[] places(int[] sorted, int count) {
    int bound = count == 0 ? 1 : sorted[count - 1] + 2;
    if (places.length < bound) {
      places = new int[Math.max(bound, 2 * places.length)];
    }
    for (int place = 0; place < count; place++) {
      places[sorted[place] + 1] = place;
    }
    return places;
  }
}
