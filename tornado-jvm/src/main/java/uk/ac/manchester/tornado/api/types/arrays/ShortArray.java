package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of `short`.
public final class ShortArray extends TornadoNativeArray {
  private static final int BYTES = 2;
  private static final long FIRST = ARRAY_HEADER / BYTES;

  /// An array of `numberOfElements` zeros. (TornadoVM does not promise the zeros.)
  public ShortArray(int numberOfElements) {
    this(allocate(numberOfElements, BYTES));
  }

  private ShortArray(MemorySegment withHeader) {
    super(withHeader, BYTES);
  }

  /// A copy of a heap array.
  public static ShortArray fromArray(short[] values) {
    return new ShortArray(copyOf(MemorySegment.ofArray(values), BYTES));
  }

  /// A copy of the given values.
  public static ShortArray fromElements(short... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static ShortArray fromSegment(MemorySegment data) {
    return new ShortArray(copyOf(data, BYTES));
  }

  /// A view of a segment of header and data; nothing is copied, the header is written.
  public static ShortArray fromSegmentShallow(MemorySegment withHeader) {
    return new ShortArray(withHeader);
  }

  /// Sets every element; usable as a task.
  public static void initialize(ShortArray array, short value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, value);
    }
  }

  /// All arrays one after the other, copied.
  public static ShortArray concat(ShortArray... arrays) {
    return new ShortArray(joined(arrays, BYTES));
  }

  /// A copy of `length` elements from `offset` on.
  public ShortArray slice(int offset, int length) {
    return new ShortArray(part(offset, length));
  }

  /// A copy on the heap.
  public short[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_SHORT);
  }

  /// Sets the element at `index`.
  public void set(int index, short value) {
    segment.setAtIndex(ValueLayout.JAVA_SHORT, FIRST + index, value);
  }

  /// The element at `index`.
  public short get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_SHORT, FIRST + index);
  }

  /// Sets every element to `value`.
  public void init(short value) {
    initialize(this, value);
  }

  @Override
  public void clear() {
    super.clear();
  }
}
