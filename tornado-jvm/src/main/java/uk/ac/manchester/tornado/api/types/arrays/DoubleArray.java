package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of `double`.
public final class DoubleArray extends TornadoNativeArray {
  private static final int BYTES = 8;
  private static final long FIRST = ARRAY_HEADER / BYTES;

  /// An array of `numberOfElements` zeros. (TornadoVM does not promise the zeros.)
  public DoubleArray(int numberOfElements) {
    this(allocate(numberOfElements, BYTES));
  }

  private DoubleArray(MemorySegment withHeader) {
    super(withHeader, BYTES);
  }

  /// A copy of a heap array.
  public static DoubleArray fromArray(double[] values) {
    return new DoubleArray(copyOf(MemorySegment.ofArray(values), BYTES));
  }

  /// A copy of the given values.
  public static DoubleArray fromElements(double... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static DoubleArray fromSegment(MemorySegment data) {
    return new DoubleArray(copyOf(data, BYTES));
  }

  /// A view of a segment of header and data; nothing is copied, the header is written.
  public static DoubleArray fromSegmentShallow(MemorySegment withHeader) {
    return new DoubleArray(withHeader);
  }

  /// Sets every element; usable as a task.
  public static void initialize(DoubleArray array, double value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, value);
    }
  }

  /// All arrays one after the other, copied.
  public static DoubleArray concat(DoubleArray... arrays) {
    return new DoubleArray(joined(arrays, BYTES));
  }

  /// A copy of `length` elements from `offset` on.
  public DoubleArray slice(int offset, int length) {
    return new DoubleArray(part(offset, length));
  }

  /// A copy on the heap.
  public double[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_DOUBLE);
  }

  /// Sets the element at `index`.
  public void set(int index, double value) {
    segment.setAtIndex(ValueLayout.JAVA_DOUBLE, FIRST + index, value);
  }

  /// The element at `index`.
  public double get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_DOUBLE, FIRST + index);
  }

  /// Sets every element to `value`.
  public void init(double value) {
    initialize(this, value);
  }

  @Override
  public void clear() {
    super.clear();
  }
}
