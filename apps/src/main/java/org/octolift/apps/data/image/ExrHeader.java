package org.octolift.apps.data.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.InputException;

/// The header of an OpenEXR file of scan lines (OpenEXR file layout, version 2).
///
/// @param compression how chunks are compressed
/// @param width pixels in a row
/// @param height rows
/// @param firstRow number of the first row
/// @param channels the channels in the order of their samples
record ExrHeader(
    Compression compression, int width, int height, int firstRow, List<Channel> channels) {
  private static final int MAGIC = 20000630;
  private static final int TILED = 0x200;
  private static final int DEEP = 0x800;
  private static final int PARTS = 0x1000;
  private static final int MAX_CHANNELS = 1024;

  /// The compressions that are read, in the order of their numbers.
  enum Compression {
    NONE(1),
    RLE(1),
    ZIPS(1),
    ZIP(16),
    PIZ(32);

    private final int rows;

    Compression(int rows) {
      this.rows = rows;
    }

    /// Rows in a chunk.
    int rows() {
      return rows;
    }
  }

  /// The types of samples, in the order of their numbers.
  enum SampleType {
    UINT(4),
    HALF(2),
    FLOAT(4);

    private final int bytes;

    SampleType(int bytes) {
      this.bytes = bytes;
    }

    int bytes() {
      return bytes;
    }
  }

  /// One channel.
  record Channel(String name, SampleType type) {}

  /// Reads the header from the start of {@code bytes} up to its end.
  ///
  /// @throws java.nio.BufferUnderflowException when the file ends before
  static ExrHeader read(Path file, ByteBuffer bytes) {
    if (bytes.remaining() < 8 || bytes.getInt() != MAGIC) {
      throw InputException.in(file, "is no OpenEXR file");
    }
    int version = bytes.getInt();
    if ((version & 0xff) != 2 || (version & (TILED | DEEP | PARTS)) != 0) {
      throw InputException.in(
          file, "expected a single image of scan lines, found tiles, deep data or several parts");
    }
    List<Channel> channels = null;
    int compression = -1;
    int[] window = null;
    for (String name = text(bytes); !name.isEmpty(); name = text(bytes)) {
      String type = text(bytes);
      int size = bytes.getInt();
      if (size < 0 || size > bytes.remaining()) {
        throw InputException.in(
            file, "attribute %s: its length, %d, is more than is left".formatted(name, size));
      }
      ByteBuffer value = bytes.slice(bytes.position(), size).order(bytes.order());
      bytes.position(bytes.position() + size);
      switch (name + ":" + type) {
        case "channels:chlist" -> channels = channels(file, value);
        case "compression:compression" -> compression = value.get();
        case "dataWindow:box2i" ->
            window = new int[] {value.getInt(), value.getInt(), value.getInt(), value.getInt()};
        default -> {
          // Nothing that depth depends on.
        }
      }
    }
    if (channels == null || window == null || compression < 0) {
      throw InputException.in(file, "has no channels, compression or dataWindow");
    }
    if (compression >= Compression.values().length) {
      throw InputException.in(
          file,
          "is compressed by method %d; expected none, RLE, ZIPS, ZIP or PIZ"
              .formatted(compression));
    }
    long width = (long) window[2] - window[0] + 1;
    long height = (long) window[3] - window[1] + 1;
    CompressedImage.checkPixels(file, width, height);
    return new ExrHeader(
        Compression.values()[compression], (int) width, (int) height, window[1], channels);
  }

  private static List<Channel> channels(Path file, ByteBuffer list) {
    List<Channel> channels = new ArrayList<>();
    for (String name = text(list); !name.isEmpty(); name = text(list)) {
      int type = list.getInt();
      list.getInt();
      int xStep = list.getInt();
      int yStep = list.getInt();
      if (type < 0 || type >= SampleType.values().length) {
        throw InputException.in(file, "channel %s: has unknown type %d".formatted(name, type));
      }
      if (xStep != 1 || yStep != 1) {
        throw InputException.in(
            file, "channel %s: is subsampled, which is not supported".formatted(name));
      }
      channels.add(new Channel(name, SampleType.values()[type]));
      if (channels.size() > MAX_CHANNELS) {
        throw InputException.in(file, "has more than %d channels".formatted(MAX_CHANNELS));
      }
    }
    if (channels.isEmpty()) {
      throw InputException.in(file, "has no channels");
    }
    return List.copyOf(channels);
  }

  /// A text that ends with a zero.
  private static String text(ByteBuffer bytes) {
    int start = bytes.position();
    while (bytes.get() != 0) {}
    byte[] text = new byte[bytes.position() - 1 - start];
    bytes.get(start, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /// Bytes of a pixel, over all channels.
  int pixelBytes() {
    return channels.stream().mapToInt(channel -> channel.type().bytes()).sum();
  }

  /// Chunks of the file.
  int chunks() {
    return Math.ceilDiv(height, compression.rows());
  }
}
