package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of {@code float}.
public final class FloatArray extends TornadoNativeArray {
  private static final int FLOAT_BYTES = 4;

  private final MemorySegment segment;
  private final int baseIndex;
  private final int numberOfElements;

  /// An array of {@code numberOfElements} zeros. (TornadoVM does not promise the zeros.)
  public FloatArray(int numberOfElements) {
    this(allocate(numberOfElements, FLOAT_BYTES));
  }

  private FloatArray(MemorySegment withHeader) {
    this.segment = withHeader;
    this.baseIndex = (int) (ARRAY_HEADER / FLOAT_BYTES);
    this.numberOfElements = elements(withHeader.byteSize() - ARRAY_HEADER, FLOAT_BYTES);
  }

  /// A copy of a heap array.
  public static FloatArray fromArray(float[] values) {
    FloatArray array = new FloatArray(values.length);
    MemorySegment.copy(
        values, 0, array.segment, ValueLayout.JAVA_FLOAT, ARRAY_HEADER, values.length);
    return array;
  }

  /// A copy of the given values.
  public static FloatArray fromElements(float... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static FloatArray fromSegment(MemorySegment data) {
    FloatArray array = new FloatArray(elements(data.byteSize(), FLOAT_BYTES));
    MemorySegment.copy(data, 0, array.segment, ARRAY_HEADER, data.byteSize());
    return array;
  }

  /// A view of a segment of header and data; nothing is copied.
  public static FloatArray fromSegmentShallow(MemorySegment withHeader) {
    return new FloatArray(withHeader);
  }

  /// Sets every element; usable as a task.
  public static void initialize(FloatArray array, float value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, value);
    }
  }

  /// All arrays one after the other, copied.
  public static FloatArray concat(FloatArray... arrays) {
    int size = 0;
    for (FloatArray array : arrays) {
      size = Math.addExact(size, array.numberOfElements);
    }
    FloatArray result = new FloatArray(size);
    long offset = ARRAY_HEADER;
    for (FloatArray array : arrays) {
      MemorySegment.copy(
          array.segment, ARRAY_HEADER, result.segment, offset, array.getNumBytesOfSegment());
      offset += array.getNumBytesOfSegment();
    }
    return result;
  }

  /// A copy on the heap.
  public float[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_FLOAT);
  }

  /// Sets the element at {@code index}.
  public void set(int index, float value) {
    segment.setAtIndex(ValueLayout.JAVA_FLOAT, (long) baseIndex + index, value);
  }

  /// The element at {@code index}.
  public float get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_FLOAT, (long) baseIndex + index);
  }

  @Override
  public void clear() {
    getSegment().fill((byte) 0);
  }

  @Override
  public int getElementSize() {
    return FLOAT_BYTES;
  }

  /// Sets every element to {@code value}.
  public void init(float value) {
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
  public FloatArray slice(int offset, int length) {
    if (offset < 0 || length < 0 || offset > numberOfElements - length) {
      throw new IllegalArgumentException(
          "slice [%d, %d + %d) of an array of %d elements"
              .formatted(offset, offset, length, numberOfElements));
    }
    return fromSegment(
        segment.asSlice(ARRAY_HEADER + (long) offset * FLOAT_BYTES, (long) length * FLOAT_BYTES));
  }
}
