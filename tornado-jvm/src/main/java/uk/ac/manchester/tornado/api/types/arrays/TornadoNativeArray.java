package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An off-heap array with a header of [#ARRAY_HEADER] bytes in front of its data, as TornadoVM
/// lays it out. The memory lives as long as the array is reachable.
public abstract class TornadoNativeArray {
  /// Size of the header in bytes.
  public static final long ARRAY_HEADER = 16;

  /// Alignment of the data in bytes: one cache line, so that no 512-bit load of an aligned row
  /// splits.
  private static final long DATA_ALIGNMENT = 64;

  /// Number of elements.
  public abstract int getSize();

  /// The data, without the header.
  public abstract MemorySegment getSegment();

  /// The header and the data.
  public abstract MemorySegment getSegmentWithHeader();

  /// Size of header and data in bytes.
  public abstract long getNumBytesOfSegmentWithHeader();

  /// Size of the data in bytes.
  public abstract long getNumBytesOfSegment();

  /// Sets every element to zero.
  protected abstract void clear();

  /// Size of one element in bytes.
  public abstract int getElementSize();

  /// A zeroed segment of header and data; the data starts on a cache line.
  static MemorySegment allocate(int size, int elementSize) {
    if (size < 0) {
      throw new IllegalArgumentException("array size must not be negative, is " + size);
    }
    long bytes = (long) size * elementSize;
    MemorySegment whole = Arena.ofAuto().allocate(DATA_ALIGNMENT + bytes, DATA_ALIGNMENT);
    return whole.asSlice(DATA_ALIGNMENT - ARRAY_HEADER, ARRAY_HEADER + bytes);
  }

  static int elements(long bytes, int elementSize) {
    if (bytes % elementSize != 0) {
      throw new IllegalArgumentException(
          "the byte size (%d) is not a multiple of the element size (%d)"
              .formatted(bytes, elementSize));
    }
    return Math.toIntExact(bytes / elementSize);
  }
}
