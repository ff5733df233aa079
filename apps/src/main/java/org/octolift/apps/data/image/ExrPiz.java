package org.octolift.apps.data.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.octolift.engine.InputException;

/// OpenEXR's PIZ compression, undone: Huffman codes, a Haar-like wavelet on 16-bit words, and a
/// table of the words that occur.
final class ExrPiz {
  private static final int WORDS = 1 << 16;
  private static final int BITMAP_BYTES = WORDS / 8;

  /// Below this the wavelet works with signed differences, from it on modulo 2¹⁶.
  private static final int SMALL = 1 << 14;

  private final Path file;
  private final ExrHeader header;
  private final int rows;

  /// @param rows of the chunk
  ExrPiz(Path file, ExrHeader header, int rows) {
    this.file = file;
    this.header = header;
    this.rows = rows;
  }

  /// The samples of a chunk, row by row, in a row channel by channel.
  ByteBuffer unpacked(ByteBuffer packed) {
    char[] table = new char[WORDS];
    int largest = readTable(packed, table);
    int length = packed.getInt();
    if (length < 0 || length > packed.remaining()) {
      throw InputException.in(file, "a chunk announces %,d bytes of codes".formatted(length));
    }
    int width = header.width();
    char[] words = new char[rows * width * header.pixelBytes() / 2];
    new ExrHuffman(file, packed.slice(packed.position(), length).order(packed.order()))
        .decode(words);
    int start = 0;
    for (ExrHeader.Channel channel : header.channels()) {
      int size = channel.type().bytes() / 2;
      for (int word = 0; word < size; word++) {
        wavelet(words, start + word, width, size, rows, width * size, largest);
      }
      start += rows * width * size;
    }
    for (int i = 0; i < words.length; i++) {
      words[i] = table[words[i]];
    }
    return interleaved(words);
  }

  /// Fills the table of the words that occur, ascending; returns the last index used.
  private int readTable(ByteBuffer packed, char[] table) {
    int first = Short.toUnsignedInt(packed.getShort());
    int last = Short.toUnsignedInt(packed.getShort());
    if (last >= BITMAP_BYTES) {
      throw InputException.in(file, "a chunk's table of values is damaged");
    }
    byte[] bitmap = new byte[BITMAP_BYTES];
    if (first <= last) {
      packed.get(bitmap, first, last - first + 1);
    }
    int count = 0;
    for (int word = 0; word < WORDS; word++) {
      if (word == 0 || (bitmap[word >> 3] & 1 << (word & 7)) != 0) {
        table[count++] = (char) word;
      }
    }
    return count - 1;
  }

  /// Undoes the wavelet on a grid of {@code width} x {@code height} words that lie {@code dx} and
  /// {@code dy} apart, from the coarsest level on.
  private static void wavelet(
      char[] words, int start, int width, int dx, int height, int dy, int largest) {
    boolean small = largest < SMALL;
    int smaller = Math.min(width, height);
    for (int p = Integer.highestOneBit(smaller) >> 1; p >= 1; p >>= 1) {
      int step = 2 * p;
      int y = 0;
      for (; y <= height - step; y += step) {
        int x = 0;
        for (; x <= width - step; x += step) {
          int a = start + y * dy + x * dx;
          int b = a + p * dx;
          int c = a + p * dy;
          int d = c + p * dx;
          pair(words, a, c, small);
          pair(words, b, d, small);
          pair(words, a, b, small);
          pair(words, c, d, small);
        }
        if ((width & p) != 0) {
          int a = start + y * dy + x * dx;
          pair(words, a, a + p * dy, small);
        }
      }
      if ((height & p) != 0) {
        for (int x = 0; x <= width - step; x += step) {
          int a = start + y * dy + x * dx;
          pair(words, a, a + p * dx, small);
        }
      }
    }
  }

  /// Turns mean and difference back into the two words.
  private static void pair(char[] words, int mean, int difference, boolean small) {
    if (small) {
      int d = (short) words[difference];
      int a = (short) words[mean] + (d & 1) + (d >> 1);
      words[mean] = (char) a;
      words[difference] = (char) (a - d);
    } else {
      int d = words[difference];
      int b = words[mean] - (d >> 1) & 0xffff;
      words[mean] = (char) (d + b - 0x8000);
      words[difference] = (char) b;
    }
  }

  private ByteBuffer interleaved(char[] words) {
    int width = header.width();
    ByteBuffer out = ByteBuffer.allocate(2 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int y = 0; y < rows; y++) {
      int start = 0;
      for (ExrHeader.Channel channel : header.channels()) {
        int rowWords = width * channel.type().bytes() / 2;
        for (int i = 0; i < rowWords; i++) {
          out.putChar(words[start + y * rowWords + i]);
        }
        start += rows * rowWords;
      }
    }
    return out;
  }
}
