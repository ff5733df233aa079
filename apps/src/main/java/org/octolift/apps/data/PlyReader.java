package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.octolift.engine.InputException;

/// Reads one PLY file. Vertices without lists are decoded straight from the mapped bytes; text, and
/// elements with lists, are read number by number.
final class PlyReader {
  private static final int[] NO_TRIANGLES = {};

  private final Path file;
  private final MemorySegment bytes;
  private final boolean wantsFaces;
  private Scan vertices;
  private int[] triangles = NO_TRIANGLES;
  private int triangleIndices;
  private boolean hasFaces;

  PlyReader(Path file, MemorySegment bytes, boolean wantsFaces) {
    this.file = file;
    this.bytes = bytes;
    this.wantsFaces = wantsFaces;
  }

  Scan readScan() {
    PlyHeader header = PlyHeader.parse(file, bytes);
    requirePoints(header.vertex(file));
    if (header.encoding() == ScanEncoding.ASCII) {
      readAscii(header);
    } else {
      readBinary(header);
    }
    return vertices;
  }

  PlyMesh readMesh() {
    Scan scan = readScan();
    if (!hasFaces) {
      throw InputException.in(
          file, "has no element face with a list vertex_indices; expected a mesh, not a cloud");
    }
    int[] indices = Arrays.copyOf(triangles, triangleIndices);
    for (int vertex : indices) {
      if (vertex < 0 || vertex >= scan.size()) {
        throw InputException.in(
            file, "a face refers to vertex %d of %d".formatted(vertex, scan.size()));
      }
    }
    return new PlyMesh(scan, indices);
  }

  private void requirePoints(PlyHeader.Element vertex) {
    if (vertex.count() == 0) {
      throw InputException.in(file, "has no points: element vertex 0");
    }
    if (vertex.count() > Integer.MAX_VALUE / 3) {
      throw InputException.in(
          file,
          "announces %,d points; at most %,d are supported"
              .formatted(vertex.count(), Integer.MAX_VALUE / 3));
    }
  }

  private void readAscii(PlyHeader header) {
    AsciiRows rows = new AsciiRows(file, bytes, header.bodyOffset());
    for (PlyHeader.Element element : header.elements()) {
      // A digit and a separator each; the last separator may be missing.
      requireLeft(element, rows.remaining() + 1, 2L * element.properties().size());
      readRows(element, rows);
    }
    rows.requireEnd();
  }

  private void readBinary(PlyHeader header) {
    boolean swap = header.encoding() == ScanEncoding.BIG_ENDIAN;
    long position = header.bodyOffset();
    for (PlyHeader.Element element : header.elements()) {
      long rowBytes = element.minimumRowBytes();
      requireLeft(element, bytes.byteSize() - position, rowBytes);
      if (element.hasLists()) {
        BinaryRows rows = new BinaryRows(file, bytes, position, swap);
        readRows(element, rows);
        position = rows.position();
      } else {
        if (element.isVertex()) {
          readVertices(element, position, swap);
        }
        position += element.count() * rowBytes;
      }
    }
    requireEnd(position);
  }

  private void requireLeft(PlyHeader.Element element, long left, long rowBytes) {
    if (element.count() > 0 && rowBytes == 0) {
      throw InputException.in(file, "element " + element.name() + " has no properties");
    }
    if (rowBytes > 0 && element.count() > left / rowBytes) {
      throw InputException.in(
          file,
          "is truncated: %,d rows of element %s need at least %,d bytes each, %,d bytes are left"
              .formatted(element.count(), element.name(), rowBytes, left));
    }
  }

  /// Some writers end binary files with a line end.
  private void requireEnd(long position) {
    long left = bytes.byteSize() - position;
    boolean blank = left <= 2;
    for (long i = position; blank && i < bytes.byteSize(); i++) {
      blank = bytes.get(ValueLayout.JAVA_BYTE, i) <= ' ';
    }
    if (!blank) {
      throw InputException.in(file, "has %,d bytes more than its header announces".formatted(left));
    }
  }

  private void readVertices(PlyHeader.Element element, long position, boolean swap) {
    ScanColumns columns = new ScanColumns(file, (int) element.count());
    long stride = element.minimumRowBytes();
    long offset = position;
    for (PlyHeader.Property property : element.properties()) {
      columns.put(property.name(), new Column.Binary(bytes, offset, stride, property.type(), swap));
      offset += property.type().size();
    }
    vertices = columns.toScan(false);
  }

  /// Reads, or skips, an element number by number.
  private void readRows(PlyHeader.Element element, RowReader rows) {
    List<PlyHeader.Property> properties = element.properties();
    int columns = properties.size();
    double[][] wanted = new double[columns][];
    int faceColumn = -1;
    for (int p = 0; p < columns; p++) {
      PlyHeader.Property property = properties.get(p);
      if (element.isVertex() && !property.isList() && ScanColumns.isKnown(property.name())) {
        wanted[p] = new double[(int) element.count()];
      }
      if (element.name().equals("face") && isFaceList(property)) {
        faceColumn = p;
        hasFaces = true;
      }
    }
    for (long row = 0; row < element.count(); row++) {
      for (int p = 0; p < columns; p++) {
        PlyHeader.Property property = properties.get(p);
        if (property.isList()) {
          readList(property, rows, wantsFaces && p == faceColumn);
        } else {
          double value = rows.next(property.type());
          if (wanted[p] != null) {
            wanted[p][(int) row] = value;
          }
        }
      }
      rows.endRow();
    }
    if (element.isVertex()) {
      ScanColumns scan = new ScanColumns(file, (int) element.count());
      for (int p = 0; p < columns; p++) {
        if (wanted[p] != null) {
          scan.put(
              properties.get(p).name(), new Column.Decoded(wanted[p], properties.get(p).type()));
        }
      }
      vertices = scan.toScan(false);
    }
  }

  private static boolean isFaceList(PlyHeader.Property property) {
    return property.isList()
        && (property.name().equals("vertex_indices") || property.name().equals("vertex_index"));
  }

  private void readList(PlyHeader.Property property, RowReader rows, boolean isFace) {
    double announced = rows.next(property.lengthType());
    long left = rows.remaining() / rows.minimumBytes(property.type());
    if (!(announced >= 0 && announced <= left) || announced != Math.rint(announced)) {
      throw InputException.in(
          file,
          "a list %s announces %s values, at most %,d can follow"
              .formatted(property.name(), announced, left));
    }
    long length = (long) announced;
    if (isFace && length < 3) {
      throw InputException.in(file, "a face has %d corners, expected 3 or more".formatted(length));
    }
    int first = 0;
    int previous = 0;
    for (long i = 0; i < length; i++) {
      double value = rows.next(property.type());
      int vertex = (int) value;
      if (isFace && vertex != value) {
        throw InputException.in(file, "a face refers to vertex " + value);
      }
      if (i == 0) {
        first = vertex;
      } else if (isFace && i >= 2) {
        addTriangle(first, previous, vertex);
      }
      previous = vertex;
    }
  }

  private void addTriangle(int a, int b, int c) {
    if (triangleIndices > triangles.length - 3) {
      int grown = Math.max(1024, triangles.length + (triangles.length >> 1));
      triangles = Arrays.copyOf(triangles, grown);
    }
    triangles[triangleIndices++] = a;
    triangles[triangleIndices++] = b;
    triangles[triangleIndices++] = c;
  }
}
