package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of {@code int}.
public final class IntArray extends TornadoNativeArray {
  private static final int INT_BYTES = 4;

  private final MemorySegment segment;
  private final int baseIndex;
  private final int numberOfElements;

  /// An array of {@code numberOfElements} zeros. (TornadoVM does not promise the zeros.)
  public IntArray(int numberOfElements) {
    this(allocate(numberOfElements, INT_BYTES));
  }

  private IntArray(MemorySegment withHeader) {
    this.segment = withHeader;
    this.baseIndex = (int) (ARRAY_HEADER / INT_BYTES);
    this.numberOfElements = elements(withHeader.byteSize() - ARRAY_HEADER, INT_BYTES);
  }

  /// A copy of a heap array.
  public static IntArray fromArray(int[] values) {
    IntArray array = new IntArray(values.length);
    MemorySegment.copy(values, 0, array.segment, ValueLayout.JAVA_INT, ARRAY_HEADER, values.length);
    return array;
  }

  /// A copy of the given values.
  public static IntArray fromElements(int... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static IntArray fromSegment(MemorySegment data) {
    IntArray array = new IntArray(elements(data.byteSize(), INT_BYTES));
    MemorySegment.copy(data, 0, array.segment, ARRAY_HEADER, data.byteSize());
    return array;
  }

  /// A view of a segment of header and data; nothing is copied.
  public static IntArray fromSegmentShallow(MemorySegment withHeader) {
    return new IntArray(withHeader);
  }

  /// Sets every element; usable as a task.
  public static void initialize(IntArray array, int value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, value);
    }
  }

  /// All arrays one after the other, copied.
  public static IntArray concat(IntArray... arrays) {
    int size = 0;
    for (IntArray array : arrays) {
      size = Math.addExact(size, array.numberOfElements);
    }
    IntArray result = new IntArray(size);
    long offset = ARRAY_HEADER;
    for (IntArray array : arrays) {
      MemorySegment.copy(
          array.segment, ARRAY_HEADER, result.segment, offset, array.getNumBytesOfSegment());
      offset += array.getNumBytesOfSegment();
    }
    return result;
  }

  /// A copy on the heap.
  public int[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_INT);
  }

  /// Sets the element at {@code index}.
  public void set(int index, int value) {
    segment.setAtIndex(ValueLayout.JAVA_INT, (long) baseIndex + index, value);
  }

  /// The element at {@code index}.
  public int get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_INT, (long) baseIndex + index);
  }

  @Override
  public void clear() {
    getSegment().fill((byte) 0);
  }

  @Override
  public int getElementSize() {
    return INT_BYTES;
  }

  /// Sets every element to {@code value}.
  public void init(int value) {
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
  public IntArray slice(int offset, int length) {
    if (offset < 0 || length < 0 || offset > numberOfElements - length) {
      throw new IllegalArgumentException(
          "slice [%d, %d + %d) of an array of %d elements"
              .formatted(offset, offset, length, numberOfElements));
    }
    return fromSegment(
        segment.asSlice(ARRAY_HEADER + (long) offset * INT_BYTES, (long) length * INT_BYTES));
  }
}
