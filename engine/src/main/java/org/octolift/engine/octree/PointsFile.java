package org.octolift.engine.octree;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.InputFile;

/// O-CNN's `.points` files: a header of 88 bytes, then float32 blocks of coordinates, normals,
/// features and labels, each point after point. Blocks lie where the header says; after clipping
/// the original leaves gaps between them.
public final class PointsFile {
  private static final byte[] MAGIC = "_POINTS_1.0_".getBytes(StandardCharsets.US_ASCII);
  private static final int MAGIC_BYTES = 16;
  private static final int CHANNELS_AT = 24;
  private static final int OFFSETS_AT = 56;
  private static final int HEADER_BYTES = 88;
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;
  private static final String[] PROPERTIES = {"xyz", "normals", "features", "labels"};

  private PointsFile() {}

  /// Reads a file.
  ///
  /// @throws InputException if the content is malformed
  /// @throws IOException if it cannot be read
  public static Points read(Path file) throws IOException {
    return new Reader(file, InputFile.bytes(file, MAX_BYTES)).read();
  }

  /// Writes a file without gaps, atomically.
  public static void write(Path file, Points points) throws IOException {
    float[][] blocks = {points.xyz(), points.normals(), points.features(), points.labels()};
    long total = HEADER_BYTES;
    for (float[] block : blocks) {
      total += block == null ? 0 : 4L * block.length;
    }
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(total)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(MAGIC).position(MAGIC_BYTES);
    int flags = 0;
    int offset = HEADER_BYTES;
    for (int i = 0; i < blocks.length; i++) {
      int length = blocks[i] == null ? 0 : blocks[i].length;
      flags |= length > 0 ? 1 << i : 0;
      buffer.putInt(CHANNELS_AT + 4 * i, length / points.size());
      buffer.putInt(OFFSETS_AT + 4 * i, offset);
      if (length > 0) {
        buffer
            .slice(offset, 4 * length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer()
            .put(blocks[i]);
      }
      offset += 4 * length;
    }
    buffer.putInt(OFFSETS_AT + 4 * blocks.length, offset);
    buffer.putInt(MAGIC_BYTES, points.size());
    buffer.putInt(MAGIC_BYTES + 4, flags);
    AtomicFile.write(file, out -> out.write(buffer.array()));
  }

  private record Reader(Path file, ByteBuffer buffer) {
    Reader(Path file, byte[] bytes) {
      this(file, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    Points read() {
      int size = buffer.capacity();
      require(
          size >= HEADER_BYTES,
          "a .points header of %d bytes expected, the file has %d".formatted(HEADER_BYTES, size));
      for (int i = 0; i < MAGIC_BYTES; i++) {
        require(
            buffer.get(i) == (i < MAGIC.length ? MAGIC[i] : 0),
            "not a .points file: it must start with _POINTS_1.0_");
      }
      int count = buffer.getInt(MAGIC_BYTES);
      require(count > 0, "at least one point expected, the header says %d".formatted(count));
      float[][] blocks = new float[PROPERTIES.length][];
      for (int i = 0; i < PROPERTIES.length; i++) {
        blocks[i] = block(i, count);
      }
      require(blocks[0] != null, "the points have no coordinates");
      return new Points(blocks[0], blocks[1], blocks[2], blocks[3]);
    }

    private float[] block(int property, int count) {
      String name = PROPERTIES[property];
      boolean present = (buffer.getInt(MAGIC_BYTES + 4) >> property & 1) != 0;
      int channels = buffer.getInt(CHANNELS_AT + 4 * property);
      int offset = buffer.getInt(OFFSETS_AT + 4 * property);
      if (!present) {
        require(
            channels == 0,
            "%s have %d channels but are not flagged as present".formatted(name, channels));
        return null;
      }
      boolean valid =
          switch (property) {
            case 0, 1 -> channels == 3;
            case 2 -> channels >= 1;
            default -> channels == 1;
          };
      require(
          valid,
          "%s must have %s, the header says %d"
              .formatted(
                  name,
                  property < 2 ? "3 channels" : property == 2 ? "channels" : "1 channel",
                  channels));
      long bytes = 4L * count * channels;
      require(
          offset >= HEADER_BYTES && bytes <= (long) buffer.capacity() - offset,
          "%d points × %d floats of %s at byte %d do not fit into the file's %d bytes; is it cut off?"
              .formatted(count, channels, name, offset, buffer.capacity()));
      float[] values = new float[(int) (bytes / 4)];
      buffer.slice(offset, (int) bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    }

    private void require(boolean ok, String problem) {
      if (!ok) {
        throw InputException.in(file, problem);
      }
    }
  }
}
