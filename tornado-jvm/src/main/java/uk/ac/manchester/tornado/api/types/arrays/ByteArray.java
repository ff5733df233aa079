package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.annotations.Parallel;

/// An off-heap array of `byte`.
public final class ByteArray extends TornadoNativeArray {
  private static final int BYTES = 1;
  private static final long FIRST = ARRAY_HEADER / BYTES;

  /// An array of `numberOfElements` zeros. (TornadoVM does not promise the zeros.)
  public ByteArray(int numberOfElements) {
    this(allocate(numberOfElements, BYTES));
  }

  private ByteArray(MemorySegment withHeader) {
    super(withHeader, BYTES);
  }

  /// A copy of a heap array.
  public static ByteArray fromArray(byte[] values) {
    return new ByteArray(copyOf(MemorySegment.ofArray(values), BYTES));
  }

  /// A copy of the given values.
  public static ByteArray fromElements(byte... values) {
    return fromArray(values);
  }

  /// A copy of a segment of data without header.
  public static ByteArray fromSegment(MemorySegment data) {
    return new ByteArray(copyOf(data, BYTES));
  }

  /// A view of a segment of header and data; nothing is copied, the header is written.
  public static ByteArray fromSegmentShallow(MemorySegment withHeader) {
    return new ByteArray(withHeader);
  }

  /// Sets every element; usable as a task.
  public static void initialize(ByteArray array, byte value) {
    for (@Parallel int i = 0; i < array.getSize(); i++) {
      array.set(i, value);
    }
  }

  /// All arrays one after the other, copied.
  public static ByteArray concat(ByteArray... arrays) {
    return new ByteArray(joined(arrays, BYTES));
  }

  /// A copy of `length` elements from `offset` on.
  public ByteArray slice(int offset, int length) {
    return new ByteArray(part(offset, length));
  }

  /// A copy on the heap.
  public byte[] toHeapArray() {
    return getSegment().toArray(ValueLayout.JAVA_BYTE);
  }

  /// Sets the element at `index`.
  public void set(int index, byte value) {
    segment.setAtIndex(ValueLayout.JAVA_BYTE, FIRST + index, value);
  }

  /// The element at `index`.
  public byte get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_BYTE, FIRST + index);
  }

  /// Sets every element to `value`.
  public void init(byte value) {
    initialize(this, value);
  }

  @Override
  public void clear() {
    super.clear();
  }
}
