package org.octolift.engine.io;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.octolift.engine.InputException;

/// Reads and writes NumPy's array files, versions 1.0, 2.0 and 3.0 of the format: magic, header
/// length, a Python dictionary, the elements. Any byte order and both C and Fortran order are
/// read; written are little-endian C order files, byte for byte the same for the same array.
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private Npy() {}

  /// Reads one array from a file.
  ///
  /// @throws InputException when the file is not exactly one array of a type in [DType]
  public static NdArray read(Path file) throws IOException {
    try (FileChannel channel = InputFile.open(file);
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel))) {
      return read(in, channel.size(), file.toString());
    }
  }

  /// Reads one array from a stream that is known to hold {@code length} bytes.
  static NdArray read(InputStream in, long length, String source) throws IOException {
    try {
      byte[] prefix = take(in, 8, length, source);
      if (!Arrays.equals(prefix, 0, 6, MAGIC, 0, 6)) {
        throw new InputException(source + ": expected an NPY array, found other data");
      }
      int version = prefix[6];
      if (version < 1 || version > 3 || prefix[7] != 0) {
        throw new InputException(
            "%s: expected NPY version 1.0, 2.0 or 3.0, found %d.%d"
                .formatted(source, version, prefix[7]));
      }
      int lengthBytes = version == 1 ? 2 : 4;
      byte[] lengthField = take(in, lengthBytes, length - 8, source);
      long headerLength = 0;
      for (int i = lengthBytes - 1; i >= 0; i--) {
        headerLength = (headerLength << 8) | (lengthField[i] & 0xff);
      }
      if (headerLength > 65535) {
        throw new InputException(
            "%s: expected a header of at most 65535 bytes, found %d"
                .formatted(source, headerLength));
      }
      long rest = length - 8 - lengthBytes;
      byte[] header = take(in, (int) headerLength, rest, source);
      NpyHeader parsed =
          NpyHeader.parse(
              new String(
                  header, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
              source);
      return elements(in, parsed, rest - headerLength, source);
    } catch (EOFException e) {
      throw new InputException(source + ": the data end too early", e);
    }
  }

  private static NdArray elements(InputStream in, NpyHeader header, long length, String source)
      throws IOException {
    DType dtype = header.dtype();
    int[] shape = header.shape();
    long expected;
    try {
      expected = (long) NdArray.count(shape) * dtype.bytes();
    } catch (InputException e) {
      throw new InputException(source + ": " + e.getMessage(), e);
    }
    if (expected != length || expected > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "%s: %s%s takes %d bytes (at most 2^31), found %d"
              .formatted(source, dtype, Arrays.toString(shape), expected, length));
    }
    MemorySegment data = MemorySegment.ofArray(take(in, (int) expected, length, source));
    if (header.bigEndian()) {
      data = NdArray.swapped(data, dtype.bytes());
    }
    if (!header.fortranOrder()) {
      return new NdArray(source, dtype, shape, data);
    }
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int d = 0; d < shape.length; d++) {
      strides[d] = stride;
      stride *= Math.max(shape[d], 1);
    }
    return NdArray.strided(source, dtype, shape, data, 0, strides);
  }

  private static byte[] take(InputStream in, int count, long available, String source)
      throws IOException {
    if (count > available) {
      throw new InputException(
          "%s: expected %d more bytes, found %d: is the file complete?"
              .formatted(source, count, Math.max(available, 0)));
    }
    byte[] bytes = new byte[count];
    if (in.readNBytes(bytes, 0, count) < count) {
      throw new EOFException();
    }
    return bytes;
  }

  /// Replaces {@code file} by one array, atomically.
  public static void write(Path file, NdArray array) throws IOException {
    byte[] header = header(array);
    AtomicFile.write(
        file,
        out -> {
          out.write(header);
          array.writeTo(out);
        });
  }

  /// Writes one array to a stream, which stays open.
  static void write(OutputStream out, NdArray array) throws IOException {
    out.write(header(array));
    array.writeTo(out);
  }

  /// The header of version 1.0 as NumPy writes it, padded to a multiple of 64 bytes.
  static byte[] header(NdArray array) {
    int[] shape = array.shape();
    String sizes =
        IntStream.of(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String dictionary =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(NpyHeader.descr(array.dtype()), sizes + (shape.length == 1 ? "," : ""));
    int length = Math.ceilDiv(10 + dictionary.length() + 1, 64) * 64;
    if (length - 10 > 65535) {
      throw new IllegalArgumentException("too many dimensions for NPY: " + shape.length);
    }
    byte[] header = new byte[length];
    Arrays.fill(header, (byte) ' ');
    System.arraycopy(MAGIC, 0, header, 0, 6);
    header[6] = 1;
    header[7] = 0;
    header[8] = (byte) (length - 10);
    header[9] = (byte) ((length - 10) >> 8);
    byte[] text = dictionary.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, 10, text.length);
    header[length - 1] = '\n';
    return header;
  }
}
