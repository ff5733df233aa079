package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of {@code long}.
public final class LongArray extends TornadoNativeArray {
  private static final int LONG_BYTES = 8;

  private final MemorySegment segment;
  private final int baseIndex;
  private final int numberOfElements;

  /// An array of {@code numberOfElements} zeros. (TornadoVM does not promise the zeros.)
  public LongArray(int numberOfElements) {
    this(allocate(numberOfElements, LONG_BYTES));
  }

  private LongArray(MemorySegment withHeader) {
    this.segment = withHeader;
    this.baseIndex = (int) (ARRAY_HEADER / LONG_BYTES);
    this.numberOfElements = elements(withHeader.byteSize() - ARRAY_HEADER, LONG_BYTES);
  }

  /// A copy of a heap array.
  public static LongArray fromArray(long[] values) {
    LongArray array = new LongArray(values.length);
    MemorySegment.copy(
        values, 0, array.segment, ValueLayout.JAVA_LONG, ARRAY_HEADER, values.length);
    return array;
  }

  /// A copy of the given values.
  public static LongArray fromElements(long... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static LongArray fromSegment(MemorySegment data) {
    LongArray array = new LongArray(elements(data.byteSize(), LONG_BYTES));
    MemorySegment.copy(data, 0, array.segment, ARRAY_HEADER, data.byteSize());
    return array;
  }

  /// A view of a segment of header and data; nothing is copied.
  public static LongArray fromSegmentShallow(MemorySegment withHeader) {
    return new LongArray(withHeader);
  }

  /// Sets every element; usable as a task.
  public static void initialize(LongArray array, long value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, value);
    }
  }

  /// All arrays one after the other, copied.
  public static LongArray concat(LongArray... arrays) {
    int size = 0;
    for (LongArray array : arrays) {
      size = Math.addExact(size, array.numberOfElements);
    }
    LongArray result = new LongArray(size);
    long offset = ARRAY_HEADER;
    for (LongArray array : arrays) {
      MemorySegment.copy(
          array.segment, ARRAY_HEADER, result.segment, offset, array.getNumBytesOfSegment());
      offset += array.getNumBytesOfSegment();
    }
    return result;
  }

  /// A copy on the heap.
  public long[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_LONG);
  }

  /// Sets the element at {@code index}.
  public void set(int index, long value) {
    segment.setAtIndex(ValueLayout.JAVA_LONG, (long) baseIndex + index, value);
  }

  /// The element at {@code index}.
  public long get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_LONG, (long) baseIndex + index);
  }

  @Override
  public void clear() {
    getSegment().fill((byte) 0);
  }

  @Override
  public int getElementSize() {
    return LONG_BYTES;
  }

  /// Sets every element to {@code value}.
  public void init(long value) {
    initialize(this, value);
  }

  @Override
  public int getSize() {
    return numberOfElements;
  }

  @Override
  public MemorySegment getSegment() {
    return segment.asSlice(ARRAY_HEADER);
  }

  @Override
  public MemorySegment getSegmentWithHeader() {
    return segment;
  }

  @Override
  public long getNumBytesOfSegmentWithHeader() {
    return segment.byteSize();
  }

  @Override
  public long getNumBytesOfSegment() {
    return segment.byteSize() - ARRAY_HEADER;
  }

  /// A copy of {@code length} elements from {@code offset} on.
  public LongArray slice(int offset, int length) {
    if (offset < 0 || length < 0 || offset > numberOfElements - length) {
      throw new IllegalArgumentException(
          "slice [%d, %d + %d) of an array of %d elements"
              .formatted(offset, offset, length, numberOfElements));
    }
    return fromSegment(
        segment.asSlice(ARRAY_HEADER + (long) offset * LONG_BYTES, (long) length * LONG_BYTES));
  }
}
