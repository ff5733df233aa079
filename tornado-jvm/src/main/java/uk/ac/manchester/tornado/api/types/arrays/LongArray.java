package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of `long`.
public final class LongArray extends TornadoNativeArray {
  private static final int BYTES = 8;
  private static final long FIRST = ARRAY_HEADER / BYTES;

  /// An array of `numberOfElements` zeros. (TornadoVM does not promise the zeros.)
  public LongArray(int numberOfElements) {
    this(allocate(numberOfElements, BYTES));
  }

  private LongArray(MemorySegment withHeader) {
    super(withHeader, BYTES);
  }

  /// A copy of a heap array.
  public static LongArray fromArray(long[] values) {
    return new LongArray(copyOf(MemorySegment.ofArray(values), BYTES));
  }

  /// A copy of the given values.
  public static LongArray fromElements(long... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static LongArray fromSegment(MemorySegment data) {
    return new LongArray(copyOf(data, BYTES));
  }

  /// A view of a segment of header and data; nothing is copied, the header is written.
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
    return new LongArray(joined(arrays, BYTES));
  }

  /// A copy of `length` elements from `offset` on.
  public LongArray slice(int offset, int length) {
    return new LongArray(part(offset, length));
  }

  /// A copy on the heap.
  public long[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_LONG);
  }

  /// Sets the element at `index`.
  public void set(int index, long value) {
    segment.setAtIndex(ValueLayout.JAVA_LONG, FIRST + index, value);
  }

  /// The element at `index`.
  public long get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_LONG, FIRST + index);
  }

  /// Sets every element to `value`.
  public void init(long value) {
    initialize(this, value);
  }

  @Override
  public void clear() {
    super.clear();
  }
}
