package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.HalfFloat;

/// An off-heap array of 16-bit floating-point numbers (IEEE binary16).
public final class HalfFloatArray extends TornadoNativeArray {
  private static final int BYTES = 2;
  private static final long FIRST = ARRAY_HEADER / BYTES;

  /// An array of `numberOfElements` zeros. (TornadoVM does not promise the zeros.)
  public HalfFloatArray(int numberOfElements) {
    this(allocate(numberOfElements, BYTES));
  }

  private HalfFloatArray(MemorySegment withHeader) {
    super(withHeader, BYTES);
  }

  /// A copy of a heap array.
  public static HalfFloatArray fromArray(HalfFloat[] values) {
    HalfFloatArray array = new HalfFloatArray(values.length);
    for (int i = 0; i < values.length; i++) {
      array.set(i, values[i]);
    }
    return array;
  }

  /// A copy of the given values.
  public static HalfFloatArray fromElements(HalfFloat... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static HalfFloatArray fromSegment(MemorySegment data) {
    return new HalfFloatArray(copyOf(data, BYTES));
  }

  /// A view of a segment of header and data; nothing is copied, the header is written.
  public static HalfFloatArray fromSegmentShallow(MemorySegment withHeader) {
    return new HalfFloatArray(withHeader);
  }

  /// Sets every element; usable as a task.
  public static void initialize(HalfFloatArray array, HalfFloat value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, value);
    }
  }

  /// All arrays one after the other, copied.
  public static HalfFloatArray concat(HalfFloatArray... arrays) {
    return new HalfFloatArray(joined(arrays, BYTES));
  }

  /// A copy of `length` elements from `offset` on.
  public HalfFloatArray slice(int offset, int length) {
    return new HalfFloatArray(part(offset, length));
  }

  /// A copy on the heap.
  public HalfFloat[] toHeapArray() {
    HalfFloat[] values = new HalfFloat[getSize()];
    for (int i = 0; i < values.length; i++) {
      values[i] = get(i);
    }
    return values;
  }

  /// A copy of the bits on the heap.
  public short[] toShortArray() {
    return getSegment().toArray(ValueLayout.JAVA_SHORT);
  }

  /// Sets the element at `index`.
  public void set(int index, HalfFloat value) {
    segment.setAtIndex(ValueLayout.JAVA_SHORT, FIRST + index, value.getHalfFloatValue());
  }

  /// The element at `index`.
  public HalfFloat get(int index) {
    return new HalfFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT, FIRST + index));
  }

  /// Sets every element to `value`.
  public void init(HalfFloat value) {
    initialize(this, value);
  }

  @Override
  public void clear() {
    super.clear();
  }
}
