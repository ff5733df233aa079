package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// An off-heap array with a header of [#ARRAY_HEADER] bytes in front of its data, as TornadoVM
/// lays it out; the header begins with the number of elements. The memory lives as long as the
/// array is reachable. Indices are checked: reading or writing outside the segment throws
/// [IndexOutOfBoundsException].
public abstract sealed class TornadoNativeArray
    permits ByteArray, ShortArray, IntArray, LongArray, HalfFloatArray, FloatArray, DoubleArray {
  /// Size of the header in bytes: 16, or the property `tornado.panama.objectHeader`.
  public static final long ARRAY_HEADER = Long.getLong("tornado.panama.objectHeader", 16);

  /// Alignment of the data in bytes: one cache line, so that no 512-bit load of an aligned row
  /// splits.
  private static final long DATA_ALIGNMENT = 64;

  final MemorySegment segment;
  private final int numberOfElements;
  private final int elementSize;

  TornadoNativeArray(MemorySegment withHeader, int elementSize) {
    this.segment = withHeader;
    this.numberOfElements = elements(withHeader.byteSize() - ARRAY_HEADER, elementSize);
    this.elementSize = elementSize;
    withHeader.set(ValueLayout.JAVA_INT_UNALIGNED, 0, numberOfElements);
  }

  /// Number of elements.
  public int getSize() {
    return numberOfElements;
  }

  /// Size of one element in bytes.
  public int getElementSize() {
    return elementSize;
  }

  /// The data, without the header.
  public MemorySegment getSegment() {
    return segment.asSlice(ARRAY_HEADER);
  }

  /// The header and the data.
  public MemorySegment getSegmentWithHeader() {
    return segment;
  }

  /// Size of header and data in bytes.
  public long getNumBytesOfSegmentWithHeader() {
    return segment.byteSize();
  }

  /// Size of the data in bytes.
  public long getNumBytesOfSegment() {
    return segment.byteSize() - ARRAY_HEADER;
  }

  /// Sets every element to zero.
  protected void clear() {
    getSegment().fill((byte) 0);
  }

  /// A zeroed segment of header and data; the data starts on a cache line.
  static MemorySegment allocate(int size, int elementSize) {
    if (size < 0) {
      throw new IllegalArgumentException("array size must not be negative, is " + size);
    }
    long bytes = (long) size * elementSize;
    long before = Math.ceilDiv(ARRAY_HEADER, DATA_ALIGNMENT) * DATA_ALIGNMENT;
    MemorySegment whole = Arena.ofAuto().allocate(before + bytes, DATA_ALIGNMENT);
    return whole.asSlice(before - ARRAY_HEADER, ARRAY_HEADER + bytes);
  }

  /// A new segment of header and data that holds a copy of `data`.
  static MemorySegment copyOf(MemorySegment data, int elementSize) {
    MemorySegment copy = allocate(elements(data.byteSize(), elementSize), elementSize);
    MemorySegment.copy(data, 0, copy, ARRAY_HEADER, data.byteSize());
    return copy;
  }

  /// A new segment of header and data that holds the arrays' data one after the other.
  static MemorySegment joined(TornadoNativeArray[] arrays, int elementSize) {
    int size = 0;
    for (TornadoNativeArray array : arrays) {
      size = Math.addExact(size, array.numberOfElements);
    }
    MemorySegment joined = allocate(size, elementSize);
    long offset = ARRAY_HEADER;
    for (TornadoNativeArray array : arrays) {
      long bytes = array.getNumBytesOfSegment();
      MemorySegment.copy(array.segment, ARRAY_HEADER, joined, offset, bytes);
      offset += bytes;
    }
    return joined;
  }

  /// A new segment of header and data that holds `length` elements from `offset` on.
  final MemorySegment part(int offset, int length) {
    if (offset < 0 || length < 0 || offset > numberOfElements - length) {
      throw new IllegalArgumentException(
          "slice [%d, %d + %d) of an array of %d elements"
              .formatted(offset, offset, length, numberOfElements));
    }
    MemorySegment data =
        segment.asSlice(ARRAY_HEADER + (long) offset * elementSize, (long) length * elementSize);
    return copyOf(data, elementSize);
  }

  private static int elements(long bytes, int elementSize) {
    if (bytes < 0 || bytes % elementSize != 0) {
      throw new IllegalArgumentException(
          "the byte size (%d) is not a multiple of the element size (%d)"
              .formatted(bytes, elementSize));
    }
    return Math.toIntExact(bytes / elementSize);
  }
}
