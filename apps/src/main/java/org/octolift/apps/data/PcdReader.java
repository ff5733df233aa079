package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.octolift.engine.InputException;

/// Reads one PCD file.
final class PcdReader {
  private static final int SIZES_BYTES = 8;

  private final Path file;
  private final MemorySegment bytes;
  private final PcdHeader header;

  PcdReader(Path file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
    this.header = PcdHeader.parse(file, bytes);
  }

  Scan read() {
    if (header.points() == 0) {
      throw InputException.in(file, "has no points: POINTS 0");
    }
    if (header.points() > Integer.MAX_VALUE / 3) {
      throw InputException.in(
          file,
          "announces %,d points; at most %,d are supported"
              .formatted(header.points(), Integer.MAX_VALUE / 3));
    }
    ScanColumns columns = new ScanColumns(file, (int) header.points());
    switch (header.encoding()) {
      case ASCII -> readAscii(columns);
      case COMPRESSED -> readCompressed(columns);
      default -> readBinary(columns);
    }
    return columns.toScan(header.organised());
  }

  private void requireLeft(long pointBytes, long left) {
    if (header.points() > left / pointBytes) {
      throw InputException.in(
          file,
          "is truncated: %,d points need at least %,d bytes each, %,d bytes are left"
              .formatted(header.points(), pointBytes, left));
    }
  }

  private void readBinary(ScanColumns columns) {
    long stride = header.pointBytes();
    requireLeft(stride, bytes.byteSize() - header.bodyOffset());
    long offset = header.bodyOffset();
    for (PcdHeader.Field field : header.fields()) {
      put(columns, field, bytes, offset, stride);
      offset += field.bytes();
    }
  }

  private static void put(
      ScanColumns columns, PcdHeader.Field field, MemorySegment data, long offset, long stride) {
    if (ScanColumns.isKnown(field.name())) {
      columns.put(field.name(), new Column.Binary(data, offset, stride, field.type(), false));
    }
  }

  /// Two sizes, then the compressed bytes: field after field, all points each.
  private void readCompressed(ScanColumns columns) {
    long left = bytes.byteSize() - header.bodyOffset() - SIZES_BYTES;
    if (left < 0) {
      throw InputException.in(file, "is truncated: the compressed data is missing");
    }
    long compressed =
        Integer.toUnsignedLong(NumberType.readBits(bytes, header.bodyOffset(), false));
    long length =
        Integer.toUnsignedLong(NumberType.readBits(bytes, header.bodyOffset() + 4, false));
    if (compressed > left || compressed > Integer.MAX_VALUE) {
      throw InputException.in(
          file,
          "is truncated: announces %,d compressed bytes, %,d are left".formatted(compressed, left));
    }
    if (length > Integer.MAX_VALUE - 8 || length > compressed * Lzf.MAX_RATIO) {
      throw InputException.in(
          file,
          "%,d compressed bytes cannot hold the announced %,d bytes".formatted(compressed, length));
    }
    if (length / header.pointBytes() != header.points() || length % header.pointBytes() != 0) {
      throw InputException.in(
          file,
          "%,d points of %,d bytes do not make the announced %,d bytes"
              .formatted(header.points(), header.pointBytes(), length));
    }
    byte[] packed =
        bytes.asSlice(header.bodyOffset() + SIZES_BYTES, compressed).toArray(ValueLayout.JAVA_BYTE);
    byte[] unpacked = Lzf.decompress(packed, (int) length);
    if (unpacked == null) {
      throw InputException.in(file, "its compressed data is damaged");
    }
    MemorySegment data = MemorySegment.ofArray(unpacked);
    long offset = 0;
    for (PcdHeader.Field field : header.fields()) {
      put(columns, field, data, offset, field.size());
      offset += field.bytes() * header.points();
    }
  }

  private void readAscii(ScanColumns columns) {
    AsciiRows rows = new AsciiRows(file, bytes, header.bodyOffset());
    // A digit and a separator each; the last separator may be missing.
    requireLeft(2 * header.pointValues(), rows.remaining() + 1);
    int points = (int) header.points();
    List<PcdHeader.Field> fields = header.fields();
    double[][] wanted = new double[fields.size()][];
    for (int f = 0; f < wanted.length; f++) {
      wanted[f] = ScanColumns.isKnown(fields.get(f).name()) ? new double[points] : null;
    }
    for (int row = 0; row < points; row++) {
      for (int f = 0; f < wanted.length; f++) {
        PcdHeader.Field field = fields.get(f);
        NumberType type = field.type() == null ? NumberType.FLOAT64 : field.type();
        for (int i = 0; i < field.count(); i++) {
          double value = rows.next(type);
          if (wanted[f] != null) {
            wanted[f][row] = value;
          }
        }
      }
      rows.endRow();
    }
    rows.requireEnd();
    for (int f = 0; f < wanted.length; f++) {
      if (wanted[f] != null) {
        columns.put(fields.get(f).name(), new Column.Decoded(wanted[f], fields.get(f).type()));
      }
    }
  }
}
