package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of `int`.
public final class IntArray extends TornadoNativeArray {
  private static final int BYTES = 4;
  private static final long FIRST = ARRAY_HEADER / BYTES;

  /// An array of `numberOfElements` zeros. (TornadoVM does not promise the zeros.)
  public IntArray(int numberOfElements) {
    this(allocate(numberOfElements, BYTES));
  }

  private IntArray(MemorySegment withHeader) {
    super(withHeader, BYTES);
  }

  /// A copy of a heap array.
  public static IntArray fromArray(int[] values) {
    return new IntArray(copyOf(MemorySegment.ofArray(values), BYTES));
  }

  /// A copy of the given values.
  public static IntArray fromElements(int... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static IntArray fromSegment(MemorySegment data) {
    return new IntArray(copyOf(data, BYTES));
  }

  /// A view of a segment of header and data; nothing is copied, the header is written.
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
    return new IntArray(joined(arrays, BYTES));
  }

  /// A copy of `length` elements from `offset` on.
  public IntArray slice(int offset, int length) {
    return new IntArray(part(offset, length));
  }

  /// A copy on the heap.
  public int[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_INT);
  }

  /// Sets the element at `index`.
  public void set(int index, int value) {
    segment.setAtIndex(ValueLayout.JAVA_INT, FIRST + index, value);
  }

  /// The element at `index`.
  public int get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_INT, FIRST + index);
  }

  /// Sets every element to `value`.
  public void init(int value) {
    initialize(this, value);
  }

  @Override
  public void clear() {
    super.clear();
  }
}
