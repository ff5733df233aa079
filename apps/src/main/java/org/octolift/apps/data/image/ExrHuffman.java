package org.octolift.apps.data.image;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.octolift.engine.InputException;

/// The Huffman codes of OpenEXR's PIZ compression: canonical codes of up to 58 bits for 16-bit
/// words, and one more symbol that repeats the word before it.
final class ExrHuffman {
  private static final int SYMBOLS = (1 << 16) + 1;
  private static final int MAX_BITS = 58;
  private static final int TABLE_BITS = 14;

  /// Lengths from here on stand for runs of symbols without code.
  private static final int SHORT_RUN = 59;

  private static final int LONG_RUN = 63;
  private static final int SHORTEST_LONG_RUN = 2 + LONG_RUN - SHORT_RUN;

  private final Path file;
  private final ByteBuffer bytes;
  private final int repeat;
  private final byte[] lengths = new byte[SYMBOLS];

  /// First code of each length, and where its symbols begin in {@code sorted}.
  private final long[] firstCode = new long[MAX_BITS + 2];

  private final int[] firstIndex = new int[MAX_BITS + 2];
  private final int[] sorted;

  /// For each start of {@code TABLE_BITS} bits the code it begins with: symbol << 6 | length.
  private final int[] table = new int[1 << TABLE_BITS];

  private long bits;
  private int available;
  private long left;

  /// Reads the code lengths at the start of {@code bytes}.
  ExrHuffman(Path file, ByteBuffer bytes) {
    this.file = file;
    this.bytes = bytes;
    int first = bytes.getInt();
    int last = bytes.getInt();
    bytes.getInt();
    int count = bytes.getInt();
    bytes.getInt();
    if (first < 0 || first > last || last >= SYMBOLS || count < 0) {
      throw damaged();
    }
    repeat = last;
    readLengths(first, last);
    left = count;
    if (left > 8L * bytes.remaining()) {
      throw damaged();
    }
    sorted = assignCodes();
    fillTable();
  }

  private InputException damaged() {
    return InputException.in(file, "a chunk's compressed data are damaged");
  }

  private void readLengths(int first, int last) {
    left = 8L * bytes.remaining();
    for (int symbol = first; symbol <= last; symbol++) {
      int length = (int) take(6);
      if (length >= SHORT_RUN) {
        int run = length == LONG_RUN ? (int) take(8) + SHORTEST_LONG_RUN : length - SHORT_RUN + 2;
        if (run > last - symbol + 1) {
          throw damaged();
        }
        symbol += run - 1;
      } else {
        lengths[symbol] = (byte) length;
      }
    }
    // Codes begin at the next byte.
    bytes.position(bytes.position() - available / 8);
    available = 0;
    bits = 0;
  }

  /// Codes of a length are consecutive, longer codes are smaller.
  private int[] assignCodes() {
    int[] counts = new int[MAX_BITS + 2];
    for (byte length : lengths) {
      counts[length]++;
    }
    long code = 0;
    for (int length = MAX_BITS; length >= 1; length--) {
      firstCode[length] = code;
      code = (code + counts[length]) >> 1;
    }
    int index = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
      firstIndex[length] = index;
      index += counts[length];
    }
    firstIndex[MAX_BITS + 1] = index;
    int[] next = Arrays.copyOf(firstIndex, firstIndex.length);
    int[] symbols = new int[index];
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      if (lengths[symbol] > 0) {
        symbols[next[lengths[symbol]]++] = symbol;
      }
    }
    return symbols;
  }

  private void fillTable() {
    for (int length = 1; length <= TABLE_BITS; length++) {
      for (int i = firstIndex[length]; i < firstIndex[length + 1]; i++) {
        long code = firstCode[length] + i - firstIndex[length];
        if (code >> length != 0) {
          throw damaged();
        }
        int from = (int) (code << (TABLE_BITS - length));
        Arrays.fill(table, from, from + (1 << (TABLE_BITS - length)), sorted[i] << 6 | length);
      }
    }
  }

  /// Decodes as many words as fit into {@code words}.
  ///
  /// @throws InputException when there are fewer, or the codes are damaged
  void decode(char[] words) {
    int at = 0;
    while (at < words.length) {
      int symbol = symbol();
      if (symbol == repeat) {
        int count = (int) take(8);
        if (at == 0 || count > words.length - at) {
          throw damaged();
        }
        Arrays.fill(words, at, at + count, words[at - 1]);
        at += count;
      } else {
        words[at++] = (char) symbol;
      }
    }
  }

  private int symbol() {
    fill();
    int start =
        available >= TABLE_BITS
            ? (int) (bits >>> (available - TABLE_BITS))
            : (int) (bits << (TABLE_BITS - available));
    int entry = table[start & ((1 << TABLE_BITS) - 1)];
    int length = entry & 63;
    if (length > 0) {
      take(length);
      return entry >> 6;
    }
    long code = 0;
    for (length = 1; length <= MAX_BITS; length++) {
      code = code << 1 | take(1);
      long index = code - firstCode[length];
      if (index >= 0 && index < firstIndex[length + 1] - firstIndex[length]) {
        return sorted[firstIndex[length] + (int) index];
      }
    }
    throw damaged();
  }

  /// The next {@code count} bits, at most 14.
  private long take(int count) {
    fill();
    if (count > left || count > available) {
      throw damaged();
    }
    left -= count;
    available -= count;
    return bits >>> available & ((1L << count) - 1);
  }

  /// Keeps at least 32 bits at hand while there are any.
  private void fill() {
    while (available <= 32 && bytes.hasRemaining()) {
      bits = bits << 8 | (bytes.get() & 0xff);
      available += 8;
    }
  }
}
