package org.octolift.apps.data;

import java.util.Arrays;

/// LZF compression as in PCD files (M. Lehmann's liblzf format).
///
/// A control byte c < 32 is followed by c + 1 literal bytes. Otherwise c >> 5 (plus another byte
/// when that is 7) plus 2 bytes are repeated from a distance of 1 + (c & 31) · 256 + next byte.
final class Lzf {
  /// Three bytes stand for at most 264.
  static final int MAX_RATIO = 88;

  private static final int MAX_LITERALS = 32;
  private static final int MAX_DISTANCE = 1 << 13;
  private static final int MAX_MATCH = 264;
  private static final int HASH_BITS = 15;

  private Lzf() {}

  /// Decompresses `source` to exactly `length` bytes; null when that is not what it holds.
  static byte[] decompress(byte[] source, int length) {
    byte[] target = new byte[length];
    int in = 0;
    int out = 0;
    while (in < source.length) {
      int control = source[in++] & 0xff;
      if (control < MAX_LITERALS) {
        int run = control + 1;
        if (run > source.length - in || run > length - out) {
          return null;
        }
        System.arraycopy(source, in, target, out, run);
        in += run;
        out += run;
        continue;
      }
      int run = control >> 5;
      if (source.length - in < (run == 7 ? 2 : 1)) {
        return null;
      }
      if (run == 7) {
        run += source[in++] & 0xff;
      }
      run += 2;
      int from = out - 1 - ((control & 31) << 8) - (source[in++] & 0xff);
      if (from < 0 || run > length - out) {
        return null;
      }
      // Byte by byte: source and target may overlap.
      for (int i = 0; i < run; i++) {
        target[out++] = target[from++];
      }
    }
    return out == length ? target : null;
  }

  /// Compresses `source`: greedy, the last position of each hash of three bytes is remembered.
  static byte[] compress(byte[] source) {
    byte[] target = new byte[source.length + Math.ceilDiv(source.length, MAX_LITERALS)];
    int[] last = new int[1 << HASH_BITS];
    Arrays.fill(last, -1);
    int out = 0;
    int literalStart = 0;
    int in = 0;
    while (in + 2 < source.length) {
      int three =
          (source[in] & 0xff) << 16 | (source[in + 1] & 0xff) << 8 | (source[in + 2] & 0xff);
      int slot = (three * 0x9E3779B1) >>> (32 - HASH_BITS);
      int candidate = last[slot];
      last[slot] = in;
      if (candidate < 0
          || in - candidate > MAX_DISTANCE
          || source[candidate] != source[in]
          || source[candidate + 1] != source[in + 1]
          || source[candidate + 2] != source[in + 2]) {
        in++;
        continue;
      }
      int limit = Math.min(MAX_MATCH, source.length - in);
      int run = 3;
      while (run < limit && source[candidate + run] == source[in + run]) {
        run++;
      }
      out = putLiterals(source, literalStart, in, target, out);
      int distance = in - candidate - 1;
      int code = run - 2;
      if (code < 7) {
        target[out++] = (byte) (code << 5 | distance >> 8);
      } else {
        target[out++] = (byte) (7 << 5 | distance >> 8);
        target[out++] = (byte) (code - 7);
      }
      target[out++] = (byte) distance;
      in += run;
      literalStart = in;
    }
    out = putLiterals(source, literalStart, source.length, target, out);
    return Arrays.copyOf(target, out);
  }

  private static int putLiterals(byte[] source, int from, int to, byte[] target, int out) {
    int position = out;
    for (int start = from; start < to; start += MAX_LITERALS) {
      int run = Math.min(MAX_LITERALS, to - start);
      target[position++] = (byte) (run - 1);
      System.arraycopy(source, start, target, position, run);
      position += run;
    }
    return position;
  }
}
