package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.octolift.engine.InputException;

/// Rows of binary numbers without gaps.
final class BinaryRows implements RowReader {
  private final Path file;
  private final MemorySegment bytes;
  private final boolean swap;
  private long position;

  BinaryRows(Path file, MemorySegment bytes, long position, boolean swap) {
    this.file = file;
    this.bytes = bytes;
    this.position = position;
    this.swap = swap;
  }

  long position() {
    return position;
  }

  @Override
  public double next(NumberType type) {
    if (remaining() < type.size()) {
      throw InputException.in(
          file, "ends at byte %,d in the middle of its data".formatted(bytes.byteSize()));
    }
    double value = type.read(bytes, position, swap);
    position += type.size();
    return value;
  }

  @Override
  public void endRow() {}

  @Override
  public long remaining() {
    return bytes.byteSize() - position;
  }

  @Override
  public int minimumBytes(NumberType type) {
    return type.size();
  }
}
