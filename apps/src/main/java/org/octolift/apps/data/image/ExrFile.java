package org.octolift.apps.data.image;

import java.lang.foreign.MemorySegment;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.octolift.apps.data.MappedFile;
import org.octolift.engine.InputException;

/// Reads one channel of OpenEXR images: scan lines of HALF, FLOAT or UINT samples, uncompressed or
/// compressed by RLE, ZIPS, ZIP or PIZ (file layout of OpenEXR 2, openexr.com). Announced sizes are
/// compared with the file's length before anything is allocated.
public final class ExrFile {
  private static final List<String> DEPTH = List.of("Y", "Z", "R");

  /// More than the best of the compressions can do.
  private static final long MAX_RATIO = 1100;

  private static final int CHUNK_HEADER = 8;

  private final Path file;
  private final ByteBuffer bytes;
  private final ExrHeader header;

  private ExrFile(Path file, ByteBuffer bytes) {
    this.file = file;
    this.bytes = bytes;
    this.header = ExrHeader.read(file, bytes);
  }

  /// Reads the depth: the channel Y, Z or R, the first of these that there is, or the only channel.
  ///
  /// @throws InputException when the file is no such image, truncated or damaged
  public static FloatImage readDepth(Path file) {
    return MappedFile.parse(file, segment -> readDepth(file, segment));
  }

  private static FloatImage readDepth(Path file, MemorySegment segment) {
    if (segment.byteSize() > Integer.MAX_VALUE) {
      throw InputException.in(file, "image files of 2 GB and more are not supported");
    }
    try {
      ByteBuffer bytes = segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      ExrFile exr = new ExrFile(file, bytes);
      return exr.read(exr.depthChannel());
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new InputException(file + ": is truncated or damaged", e);
    }
  }

  private ExrHeader.Channel depthChannel() {
    for (String name : DEPTH) {
      for (ExrHeader.Channel channel : header.channels()) {
        if (channel.name().equals(name)) {
          return channel;
        }
      }
    }
    if (header.channels().size() > 1) {
      throw InputException.in(
          file, "expected a channel Y, Z or R, or a single one; found " + header.channels());
    }
    return header.channels().getFirst();
  }

  private FloatImage read(ExrHeader.Channel wanted) {
    int chunks = header.chunks();
    long raw = (long) header.width() * header.height() * header.pixelBytes();
    long left = bytes.remaining();
    if (chunks * (8L + CHUNK_HEADER) > left || raw > left * MAX_RATIO) {
      throw InputException.in(
          file,
          "is truncated: %d x %d pixels do not fit into the %,d bytes after its header"
              .formatted(header.width(), header.height(), left));
    }
    if ((long) header.width() * header.pixelBytes() * header.compression().rows()
        > Integer.MAX_VALUE - 8) {
      throw InputException.in(file, "rows of %d pixels are too long".formatted(header.width()));
    }
    float[] values = new float[header.width() * header.height()];
    int table = bytes.position();
    boolean[] seen = new boolean[chunks];
    for (int i = 0; i < chunks; i++) {
      int chunk = readChunk(bytes.getLong(table + 8 * i), wanted, values);
      if (seen[chunk]) {
        throw InputException.in(
            file, "has two chunks for row " + chunk * header.compression().rows());
      }
      seen[chunk] = true;
    }
    return new FloatImage(file, header.width(), header.height(), values);
  }

  /// Reads the chunk at {@code offset} and returns its number from the top.
  private int readChunk(long offset, ExrHeader.Channel wanted, float[] values) {
    if (offset < bytes.position() || offset > bytes.capacity() - CHUNK_HEADER) {
      throw InputException.in(file, "a chunk is said to be at byte %,d".formatted(offset));
    }
    int rows = header.compression().rows();
    long row = (long) bytes.getInt((int) offset) - header.firstRow();
    int length = bytes.getInt((int) offset + 4);
    if (row < 0 || row >= header.height() || row % rows != 0) {
      throw InputException.in(file, "a chunk is said to begin at row " + row);
    }
    if (length < 0 || length > bytes.capacity() - offset - CHUNK_HEADER) {
      throw InputException.in(
          file, "is truncated: %,d bytes are missing from row %d on".formatted(length, row));
    }
    int count = (int) Math.min(rows, header.height() - row);
    int expected = count * header.width() * header.pixelBytes();
    ByteBuffer packed = bytes.slice((int) offset + CHUNK_HEADER, length).order(bytes.order());
    copy(unpacked(packed, expected, count), wanted, (int) row, count, values);
    return (int) row / rows;
  }

  /// The samples: row by row, in a row channel by channel.
  private ByteBuffer unpacked(ByteBuffer packed, int expected, int rows) {
    if (packed.remaining() == expected) {
      // Writers store what does not become smaller.
      return packed;
    }
    return switch (header.compression()) {
      case NONE ->
          throw InputException.in(
              file, "a chunk has %,d bytes, expected %,d".formatted(packed.remaining(), expected));
      case RLE -> ordered(runs(packed, expected));
      case ZIPS, ZIP -> ordered(inflated(packed, expected));
      case PIZ -> new ExrPiz(file, header, rows).unpacked(packed);
    };
  }

  private byte[] inflated(ByteBuffer packed, int expected) {
    byte[] out = new byte[expected];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed);
      int at = 0;
      while (at < expected) {
        int count = inflater.inflate(out, at, expected - at);
        if (count == 0) {
          throw damaged(null);
        }
        at += count;
      }
      return out;
    } catch (DataFormatException e) {
      throw damaged(e);
    } finally {
      inflater.end();
    }
  }

  private InputException damaged(Exception cause) {
    return new InputException(file + ": a chunk's compressed data are damaged", cause);
  }

  /// Undoes run lengths: -n is followed by n bytes, n by one byte that stands for n + 1.
  private byte[] runs(ByteBuffer packed, int expected) {
    byte[] out = new byte[expected];
    int at = 0;
    while (at < expected) {
      int count = packed.get();
      int length = count < 0 ? -count : count + 1;
      if (length > expected - at) {
        throw damaged(null);
      }
      if (count < 0) {
        packed.get(out, at, length);
      } else {
        Arrays.fill(out, at, at + length, packed.get());
      }
      at += length;
    }
    return out;
  }

  /// Undoes differences, then puts the bytes back in order: even ones came first, then odd ones.
  private static ByteBuffer ordered(byte[] bytes) {
    for (int i = 1; i < bytes.length; i++) {
      bytes[i] += (byte) (bytes[i - 1] - 128);
    }
    byte[] out = new byte[bytes.length];
    int half = (bytes.length + 1) / 2;
    for (int i = 0; i < out.length; i++) {
      out[i] = bytes[(i & 1) * half + i / 2];
    }
    return ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void copy(
      ByteBuffer samples, ExrHeader.Channel wanted, int row, int rows, float[] values) {
    int width = header.width();
    int rowBytes = width * header.pixelBytes();
    int offset = 0;
    for (ExrHeader.Channel channel : header.channels()) {
      if (channel.equals(wanted)) {
        break;
      }
      offset += width * channel.type().bytes();
    }
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * rowBytes + offset + x * wanted.type().bytes();
        values[(row + y) * width + x] =
            switch (wanted.type()) {
              case UINT -> Integer.toUnsignedLong(samples.getInt(at));
              case HALF -> Float.float16ToFloat(samples.getShort(at));
              case FLOAT -> samples.getFloat(at);
            };
      }
    }
  }
}
