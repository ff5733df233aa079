package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of `float`.
public final class FloatArray extends TornadoNativeArray {
  private static final int BYTES = 4;
  private static final long FIRST = ARRAY_HEADER / BYTES;

  /// An array of `numberOfElements` zeros. (TornadoVM does not promise the zeros.)
  public FloatArray(int numberOfElements) {
    this(allocate(numberOfElements, BYTES));
  }

  private FloatArray(MemorySegment withHeader) {
    super(withHeader, BYTES);
  }

  /// A copy of a heap array.
  public static FloatArray fromArray(float[] values) {
    return new FloatArray(copyOf(MemorySegment.ofArray(values), BYTES));
  }

  /// A copy of the given values.
  public static FloatArray fromElements(float... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static FloatArray fromSegment(MemorySegment data) {
    return new FloatArray(copyOf(data, BYTES));
  }

  /// A view of a segment of header and data; nothing is copied, the header is written.
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
    return new FloatArray(joined(arrays, BYTES));
  }

  /// A copy of `length` elements from `offset` on.
  public FloatArray slice(int offset, int length) {
    return new FloatArray(part(offset, length));
  }

  /// A copy on the heap.
  public float[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_FLOAT);
  }

  /// Sets the element at `index`.
  public void set(int index, float value) {
    segment.setAtIndex(ValueLayout.JAVA_FLOAT, FIRST + index, value);
  }

  /// The element at `index`.
  public float get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_FLOAT, FIRST + index);
  }

  /// Sets every element to `value`.
  public void init(float value) {
    initialize(this, value);
  }

  @Override
  public void clear() {
    super.clear();
  }
}
