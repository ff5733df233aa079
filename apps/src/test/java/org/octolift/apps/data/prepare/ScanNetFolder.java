package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes folders like ScanNet's.
final class ScanNetFolder {
  /// A wavy sheet of (columns + 1) x (rows + 1) vertices.
  ///
  /// @param xyz coordinates
  /// @param triangles two for each square
  record Sheet(float[] xyz, int[] triangles) {
    static Sheet of(int columns, int rows, double edge, double x, double y) {
      float[] xyz = new float[3 * (columns + 1) * (rows + 1)];
      for (int i = 0; i < xyz.length / 3; i++) {
        int column = i % (columns + 1);
        int row = i / (columns + 1);
        xyz[3 * i] = (float) (x + edge * column);
        xyz[3 * i + 1] = (float) (y + edge * row);
        xyz[3 * i + 2] = (float) (0.1 * Math.sin(0.7 * column) * Math.cos(0.3 * row));
      }
      int[] triangles = new int[6 * columns * rows];
      for (int i = 0; i < columns * rows; i++) {
        int corner = i / columns * (columns + 1) + i % columns;
        int[] square = {
          corner,
          corner + 1,
          corner + columns + 2,
          corner,
          corner + columns + 2,
          corner + columns + 1
        };
        System.arraycopy(square, 0, triangles, 6 * i, 6);
      }
      return new Sheet(xyz, triangles);
    }

    int size() {
      return xyz.length / 3;
    }
  }

  private final Path root;

  ScanNetFolder(Path root) {
    this.root = root;
  }

  Path file(String set, String scene, String ending) throws IOException {
    return Files.createDirectories(root.resolve(set).resolve(scene)).resolve(scene + ending);
  }

  /// Writes `_vh_clean_2.ply`; vertex i has the colour (i, i / 256, 7).
  void mesh(String set, String scene, Sheet sheet) throws IOException {
    Files.write(file(set, scene, "_vh_clean_2.ply"), ply(sheet, null));
  }

  /// Writes `_vh_clean_2.labels.ply`.
  void labels(String set, String scene, Sheet sheet, int... ids) throws IOException {
    Files.write(file(set, scene, "_vh_clean_2.labels.ply"), ply(sheet, ids));
  }

  /// A mesh as ScanNet writes it, with or without labels.
  static byte[] ply(Sheet sheet, int[] ids) {
    String header =
        """
        ply
        format binary_little_endian 1.0
        comment MLIB generated
        element vertex %d
        property float x
        property float y
        property float z
        property uchar red
        property uchar green
        property uchar blue
        property uchar alpha
        %selement face %d
        property list uchar int vertex_indices
        end_header
        """
            .formatted(
                sheet.size(),
                ids == null ? "" : "property ushort label\n",
                sheet.triangles().length / 3);
    byte[] start = header.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out =
        ByteBuffer.allocate(start.length + 18 * sheet.size() + 13 * sheet.triangles().length / 3)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(start);
    for (int i = 0; i < sheet.size(); i++) {
      for (int c = 0; c < 3; c++) {
        out.putFloat(sheet.xyz()[3 * i + c]);
      }
      out.put((byte) i).put((byte) (i >> 8)).put((byte) 7).put((byte) 255);
      if (ids != null) {
        out.putShort((short) ids[i]);
      }
    }
    for (int i = 0; i < sheet.triangles().length; i += 3) {
      out.put((byte) 3);
      out.putInt(sheet.triangles()[i]);
      out.putInt(sheet.triangles()[i + 1]);
      out.putInt(sheet.triangles()[i + 2]);
    }
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }
}
