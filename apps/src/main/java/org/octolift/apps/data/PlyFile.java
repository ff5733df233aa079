package org.octolift.apps.data;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;

/// Point clouds and meshes in PLY 1.0 files (Turk, *The PLY Polygon File Format*, 1994).
///
/// Read: ascii, little- and big-endian; properties in any order and of any type. Known names are
/// `x y z`, `nx ny nz`, `red green blue` (also `r g b`, `diffuse_red`...), `label` and `mask`
/// (pixel index); everything else is skipped. Floating colours that are all at most 1 are taken
/// as 0..1.
///
/// Written: the reference's layout, `x y z nx ny nz` float, `red green blue` uchar, `label` uchar
/// (int when a label does not fit), `mask` uint; what the scan lacks is left out.
public final class PlyFile {
  private static final int ROWS = 4096;

  private PlyFile() {}

  /// Reads the vertices of {@code file}.
  ///
  /// @throws InputException when the file is no PLY file, truncated or inconsistent
  public static Scan read(Path file) {
    return MappedFile.parse(file, bytes -> new PlyReader(file, bytes, false).readScan());
  }

  /// Reads the vertices of a file that is in memory.
  ///
  /// @param source its name, for messages
  /// @throws InputException as [#read(Path)]
  public static Scan read(Path source, byte[] bytes) {
    return new PlyReader(source, MemorySegment.ofArray(bytes), false).readScan();
  }

  /// Reads vertices and faces of {@code file}; a face of more than three corners becomes a fan of
  /// triangles.
  ///
  /// @throws InputException as [#read], and when there are no faces
  public static PlyMesh readMesh(Path file) {
    return MappedFile.parse(file, bytes -> new PlyReader(file, bytes, true).readMesh());
  }

  /// Writes {@code scan} as little-endian binary PLY.
  ///
  /// @throws InputException when the file cannot be written
  public static void write(Path file, Scan scan) {
    write(file, scan, ScanEncoding.BINARY);
  }

  /// Writes {@code scan} as ascii, binary or big-endian PLY.
  ///
  /// @throws InputException when the file cannot be written, or for another encoding
  public static void write(Path file, Scan scan, ScanEncoding encoding) {
    String format =
        switch (encoding) {
          case ASCII -> "ascii";
          case BINARY -> "binary_little_endian";
          case BIG_ENDIAN -> "binary_big_endian";
          case COMPRESSED ->
              throw InputException.in(file, "PLY is not compressed; write a .pcd file for that");
        };
    boolean wideLabels = !fitBytes(scan.labels());
    byte[] header = header(scan, format, wideLabels).getBytes(StandardCharsets.US_ASCII);
    try {
      AtomicFile.write(
          file,
          out -> {
            out.write(header);
            if (encoding == ScanEncoding.ASCII) {
              writeAscii(scan, out);
            } else {
              ByteOrder order =
                  encoding == ScanEncoding.BINARY ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
              writeBinary(scan, wideLabels, order, out);
            }
          });
    } catch (IOException e) {
      throw MappedFile.unwritable(file, e);
    }
  }

  private static boolean fitBytes(int[] labels) {
    if (labels != null) {
      for (int label : labels) {
        if (label < 0 || label > 255) {
          return false;
        }
      }
    }
    return true;
  }

  private static String header(Scan scan, String format, boolean wideLabels) {
    StringBuilder header = new StringBuilder();
    header.append("ply\nformat ").append(format).append(" 1.0\n");
    header.append("element vertex ").append(scan.size()).append('\n');
    header.append("property float x\nproperty float y\nproperty float z\n");
    if (scan.normals() != null) {
      header.append("property float nx\nproperty float ny\nproperty float nz\n");
    }
    if (scan.colours() != null) {
      header.append("property uchar red\nproperty uchar green\nproperty uchar blue\n");
    }
    if (scan.labels() != null) {
      header.append("property ").append(wideLabels ? "int" : "uchar").append(" label\n");
    }
    if (scan.pixels() != null) {
      header.append("property uint mask\n");
    }
    return header.append("end_header\n").toString();
  }

  private static void writeBinary(Scan scan, boolean wideLabels, ByteOrder order, OutputStream out)
      throws IOException {
    ByteBuffer block = ByteBuffer.allocate(ROWS * 35).order(order);
    for (int i = 0; i < scan.size(); i++) {
      putTriple(block, scan.xyz(), i);
      if (scan.normals() != null) {
        putTriple(block, scan.normals(), i);
      }
      if (scan.colours() != null) {
        for (int c = 3 * i; c < 3 * i + 3; c++) {
          block.put((byte) Scans.colourByte(scan.colours()[c]));
        }
      }
      if (scan.labels() != null) {
        if (wideLabels) {
          block.putInt(scan.labels()[i]);
        } else {
          block.put((byte) scan.labels()[i]);
        }
      }
      if (scan.pixels() != null) {
        block.putInt(scan.pixels()[i]);
      }
      if (block.remaining() < 35 || i == scan.size() - 1) {
        out.write(block.array(), 0, block.position());
        block.clear();
      }
    }
  }

  private static void putTriple(ByteBuffer block, float[] values, int row) {
    block.putFloat(values[3 * row]);
    block.putFloat(values[3 * row + 1]);
    block.putFloat(values[3 * row + 2]);
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
        for (int c = 3 * i; c < 3 * i + 3; c++) {
          line.append(' ').append(Scans.colourByte(scan.colours()[c]));
        }
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
