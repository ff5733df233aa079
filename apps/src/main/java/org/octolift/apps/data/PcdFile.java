package org.octolift.apps.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;

/// Point clouds in PCD 0.7 files (the Point Cloud Library's format).
///
/// Known fields are `x y z`, `normal_x normal_y normal_z`, `rgb` or `rgba` (packed, as float or
/// unsigned), `label`, and our own `mask` (pixel index). The points of an organised cloud get
/// their index as pixel index; those without depth are NaN and stay.
public final class PcdFile {
  private static final int ROWS = 4096;

  private PcdFile() {}

  /// Reads {@code file}: ascii, binary or binary_compressed.
  ///
  /// @throws InputException when the file is no PCD 0.7 file, truncated or inconsistent
  public static Scan read(Path file) {
    return MappedFile.parse(file, bytes -> new PcdReader(file, bytes).read());
  }

  /// Writes {@code scan} as binary PCD.
  ///
  /// @throws InputException when the file cannot be written
  public static void write(Path file, Scan scan) {
    write(file, scan, ScanEncoding.BINARY);
  }

  /// Writes {@code scan} as an unorganised ascii, binary or compressed PCD: colours packed into
  /// the float `rgb`.
  ///
  /// @throws InputException when the file cannot be written, or for another encoding
  public static void write(Path file, Scan scan, ScanEncoding encoding) {
    String data =
        switch (encoding) {
          case ASCII -> "ascii";
          case BINARY -> "binary";
          case COMPRESSED -> "binary_compressed";
          case BIG_ENDIAN ->
              throw InputException.in(
                  file, "PCD is little-endian; write a .ply file for big-endian data");
        };
    long length = 4L * words(scan) * scan.size();
    if (encoding == ScanEncoding.COMPRESSED && length > Integer.MAX_VALUE / 2) {
      throw InputException.in(file, "%,d points are too many to compress".formatted(scan.size()));
    }
    byte[] header = header(scan, data).getBytes(StandardCharsets.US_ASCII);
    try {
      AtomicFile.write(
          file,
          out -> {
            out.write(header);
            switch (encoding) {
              case ASCII -> writeAscii(scan, out);
              case COMPRESSED -> writeCompressed(scan, (int) length, out);
              default -> writeBinary(scan, out);
            }
          });
    } catch (IOException e) {
      throw MappedFile.unwritable(file, e);
    }
  }

  /// 32-bit words of a point.
  private static int words(Scan scan) {
    return 3
        + (scan.normals() == null ? 0 : 3)
        + (scan.colours() == null ? 0 : 1)
        + (scan.labels() == null ? 0 : 1)
        + (scan.pixels() == null ? 0 : 1);
  }

  private static String header(Scan scan, String data) {
    StringBuilder fields = new StringBuilder("x y z");
    StringBuilder types = new StringBuilder("F F F");
    if (scan.normals() != null) {
      fields.append(" normal_x normal_y normal_z");
      types.append(" F F F");
    }
    if (scan.colours() != null) {
      fields.append(" rgb");
      types.append(" F");
    }
    if (scan.labels() != null) {
      fields.append(" label");
      types.append(" I");
    }
    if (scan.pixels() != null) {
      fields.append(" mask");
      types.append(" U");
    }
    int words = words(scan);
    return """
        # .PCD v0.7 - Point Cloud Data file format
        VERSION 0.7
        FIELDS %s
        SIZE%s
        TYPE %s
        COUNT%s
        WIDTH %d
        HEIGHT 1
        VIEWPOINT 0 0 0 1 0 0 0
        POINTS %d
        DATA %s
        """
        .formatted(
            fields, " 4".repeat(words), types, " 1".repeat(words), scan.size(), scan.size(), data);
  }

  private static int packedColour(Scan scan, int row) {
    return Scans.colourByte(scan.colours()[3 * row]) << 16
        | Scans.colourByte(scan.colours()[3 * row + 1]) << 8
        | Scans.colourByte(scan.colours()[3 * row + 2]);
  }

  private static void writeBinary(Scan scan, OutputStream out) throws IOException {
    int pointBytes = 4 * words(scan);
    ByteBuffer block = ByteBuffer.allocate(ROWS * pointBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < scan.size(); i++) {
      for (int c = 3 * i; c < 3 * i + 3; c++) {
        block.putFloat(scan.xyz()[c]);
      }
      if (scan.normals() != null) {
        for (int c = 3 * i; c < 3 * i + 3; c++) {
          block.putFloat(scan.normals()[c]);
        }
      }
      if (scan.colours() != null) {
        block.putInt(packedColour(scan, i));
      }
      if (scan.labels() != null) {
        block.putInt(scan.labels()[i]);
      }
      if (scan.pixels() != null) {
        block.putInt(scan.pixels()[i]);
      }
      if (!block.hasRemaining() || i == scan.size() - 1) {
        out.write(block.array(), 0, block.position());
        block.clear();
      }
    }
  }

  private static void writeCompressed(Scan scan, int length, OutputStream out) throws IOException {
    ByteBuffer planes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    putPlanes(planes, scan.xyz());
    putPlanes(planes, scan.normals());
    if (scan.colours() != null) {
      for (int i = 0; i < scan.size(); i++) {
        planes.putInt(packedColour(scan, i));
      }
    }
    putPlane(planes, scan.labels());
    putPlane(planes, scan.pixels());
    byte[] packed = Lzf.compress(planes.array());
    ByteBuffer sizes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    out.write(sizes.putInt(packed.length).putInt(length).array());
    out.write(packed);
  }

  private static void putPlanes(ByteBuffer planes, float[] triples) {
    if (triples != null) {
      for (int c = 0; c < 3; c++) {
        for (int i = c; i < triples.length; i += 3) {
          planes.putFloat(triples[i]);
        }
      }
    }
  }

  private static void putPlane(ByteBuffer planes, int[] values) {
    if (values != null) {
      planes.asIntBuffer().put(values);
      planes.position(planes.position() + 4 * values.length);
    }
  }

  private static void writeAscii(Scan scan, OutputStream out) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < scan.size(); i++) {
      line.setLength(0);
      Scans.appendTriple(line, scan.xyz(), i);
      if (scan.normals() != null) {
        Scans.appendTriple(line.append(' '), scan.normals(), i);
      }
      if (scan.colours() != null) {
        line.append(' ').append(Float.intBitsToFloat(packedColour(scan, i)));
      }
      if (scan.labels() != null) {
        line.append(' ').append(scan.labels()[i]);
      }
      if (scan.pixels() != null) {
        line.append(' ').append(scan.pixels()[i]);
      }
      out.write(line.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
    }
  }
}
