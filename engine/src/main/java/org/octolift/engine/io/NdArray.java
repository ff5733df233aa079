package org.octolift.engine.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.octolift.engine.InputException;

/// An immutable array as files hold it: element type, shape, and the elements in row-major order
/// as little-endian bytes. NPY and NPZ entries, safetensors and PyTorch tensors are all this.
///
/// The typed accessors copy into a new Java array and convert, but never lose anything: if a
/// value does not exist in the wanted type, they throw an [InputException] that names the array,
/// the value and its index. To round on purpose, take [#doubles()] and cast.
public final class NdArray {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String source;
  private final DType dtype;
  private final int[] shape;
  private final int size;
  private final MemorySegment data;

  /// Wraps little-endian elements in row-major order, without copying.
  ///
  /// @param source where the array came from, for messages: "file: entry"
  /// @param data exactly the elements' bytes; nobody writes to them afterwards
  public NdArray(String source, DType dtype, int[] shape, MemorySegment data) {
    this.source = Objects.requireNonNull(source, "source");
    this.dtype = Objects.requireNonNull(dtype, "dtype");
    this.shape = shape.clone();
    this.size = count(shape);
    if (data.byteSize() != (long) size * dtype.bytes()) {
      throw new IllegalArgumentException(
          "%s: %s%s needs %d bytes, got %d"
              .formatted(
                  source,
                  dtype,
                  Arrays.toString(shape),
                  (long) size * dtype.bytes(),
                  data.byteSize()));
    }
    this.data = data.asReadOnly();
  }

  /// A float32 array of {@code shape} over {@code values}, which is not copied.
  public static NdArray of(float[] values, int... shape) {
    return of(DType.FLOAT32, MemorySegment.ofArray(values), shape);
  }

  /// A float64 array of {@code shape} over {@code values}, which is not copied.
  public static NdArray of(double[] values, int... shape) {
    return of(DType.FLOAT64, MemorySegment.ofArray(values), shape);
  }

  /// An int32 array of {@code shape} over {@code values}, which is not copied.
  public static NdArray of(int[] values, int... shape) {
    return of(DType.INT32, MemorySegment.ofArray(values), shape);
  }

  /// An int64 array of {@code shape} over {@code values}, which is not copied.
  public static NdArray of(long[] values, int... shape) {
    return of(DType.INT64, MemorySegment.ofArray(values), shape);
  }

  /// A uint8 array of {@code shape} over {@code values}, which is not copied.
  public static NdArray of(byte[] values, int... shape) {
    return of(DType.UINT8, MemorySegment.ofArray(values), shape);
  }

  /// A bool array of {@code shape} with a copy of {@code values}.
  public static NdArray of(boolean[] values, int... shape) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return of(DType.BOOL, MemorySegment.ofArray(bytes), shape);
  }

  private static NdArray of(DType dtype, MemorySegment values, int[] shape) {
    boolean swap = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;
    return new NdArray("array", dtype, shape, swap ? swapped(values, dtype.bytes()) : values);
  }

  /// Gathers a strided view of {@code storage} into row-major order; a view that already is
  /// row-major shares the storage.
  ///
  /// @param storage little-endian elements of {@code dtype}
  /// @param offset index of the first element
  /// @param strides step of each dimension in elements, not negative
  /// @throws InputException when the view leaves the storage
  public static NdArray strided(
      String source, DType dtype, int[] shape, MemorySegment storage, long offset, long[] strides) {
    long size = count(shape);
    long last = offset;
    boolean rowMajor = true;
    long dense = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      if (strides[d] < 0 || strides[d] > Integer.MAX_VALUE) {
        throw new InputException(
            "%s: stride %d of dimension %d is out of range".formatted(source, strides[d], d));
      }
      last += Math.max(shape[d] - 1, 0) * strides[d];
      rowMajor &= shape[d] == 1 || strides[d] == dense;
      dense *= shape[d];
    }
    long elements = storage.byteSize() / dtype.bytes();
    if (offset < 0 || offset > elements || (size > 0 && last >= elements)) {
      throw new InputException(
          "%s: a view of shape %s, strides %s and offset %d leaves its storage of %d elements"
              .formatted(
                  source, Arrays.toString(shape), Arrays.toString(strides), offset, elements));
    }
    int bytes = dtype.bytes();
    if (rowMajor || size == 0) {
      return new NdArray(source, dtype, shape, storage.asSlice(offset * bytes, size * bytes));
    }
    if (size * bytes > Integer.MAX_VALUE - 8) {
      throw new InputException("%s: a view of %d elements is too large".formatted(source, size));
    }
    byte[] gathered = new byte[(int) size * bytes];
    MemorySegment target = MemorySegment.ofArray(gathered);
    int[] index = new int[shape.length];
    long at = offset;
    for (long i = 0; i < size; i++) {
      switch (bytes) {
        case 1 -> gathered[(int) i] = storage.get(ValueLayout.JAVA_BYTE, at);
        case 2 -> target.set(SHORT, 2 * i, storage.get(SHORT, 2 * at));
        case 4 -> target.set(INT, 4 * i, storage.get(INT, 4 * at));
        default -> target.set(LONG, 8 * i, storage.get(LONG, 8 * at));
      }
      for (int d = shape.length - 1; d >= 0; d--) {
        at += strides[d];
        if (++index[d] < shape[d]) {
          break;
        }
        at -= strides[d] * shape[d];
        index[d] = 0;
      }
    }
    return new NdArray(source, dtype, shape, target);
  }

  /// A copy of {@code elements} with the bytes of each element reversed.
  ///
  /// @param bytes bytes of one element: 1, 2, 4 or 8
  public static MemorySegment swapped(MemorySegment elements, int bytes) {
    long count = elements.byteSize() / bytes;
    MemorySegment to = MemorySegment.ofArray(new byte[Math.toIntExact(elements.byteSize())]);
    ValueLayout layout =
        switch (bytes) {
          case 1 -> ValueLayout.JAVA_BYTE;
          case 2 -> SHORT;
          case 4 -> INT;
          case 8 -> LONG;
          default -> throw new IllegalArgumentException("elements of " + bytes + " bytes");
        };
    MemorySegment.copy(elements, layout.withOrder(ByteOrder.BIG_ENDIAN), 0, to, layout, 0, count);
    return to;
  }

  /// Number of elements of {@code shape}; 1 for an empty one.
  ///
  /// @throws InputException when a dimension is negative or the count exceeds a Java array
  static int count(int[] shape) {
    long count = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new InputException("negative dimension in shape " + Arrays.toString(shape));
      }
      count = Math.min(count * dimension, 1L << 32);
    }
    for (int dimension : shape) {
      count = dimension == 0 ? 0 : count;
    }
    if (count > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "shape %s has more than 2^31 elements".formatted(Arrays.toString(shape)));
    }
    return (int) count;
  }

  /// Where the array came from, for messages.
  public String source() {
    return source;
  }

  /// Element type.
  public DType dtype() {
    return dtype;
  }

  /// Sizes of the dimensions; empty for a scalar. A copy.
  public int[] shape() {
    return shape.clone();
  }

  /// Number of dimensions.
  public int rank() {
    return shape.length;
  }

  /// Number of elements.
  public int size() {
    return size;
  }

  /// The elements: little-endian, row-major, read-only.
  public MemorySegment segment() {
    return data;
  }

  /// The same array under another name for messages.
  public NdArray withSource(String newSource) {
    return new NdArray(newSource, dtype, shape, data);
  }

  /// The same elements in another shape of the same size.
  public NdArray reshape(int... newShape) {
    return new NdArray(source, dtype, newShape, data);
  }

  /// Returns this array if it has the wanted shape, where -1 stands for any size.
  ///
  /// @throws InputException otherwise
  public NdArray expectShape(int... wanted) {
    boolean same = wanted.length == shape.length;
    for (int d = 0; same && d < wanted.length; d++) {
      same = wanted[d] == -1 || wanted[d] == shape[d];
    }
    if (!same) {
      throw new InputException(
          "%s: expected shape %s (-1: any), found %s"
              .formatted(source, Arrays.toString(wanted), Arrays.toString(shape)));
    }
    return this;
  }

  /// All elements as floats.
  public float[] floats() {
    if (dtype == DType.FLOAT32) {
      return data.toArray(FLOAT);
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      double value = real(i, "float");
      values[i] = (float) value;
      if (values[i] != value && !Double.isNaN(value)) {
        throw inexact(i, value, "float");
      }
    }
    return values;
  }

  /// All elements as doubles.
  public double[] doubles() {
    if (dtype == DType.FLOAT64) {
      return data.toArray(DOUBLE);
    }
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = real(i, "double");
    }
    return values;
  }

  /// All elements as ints; integral floating-point values count as integers.
  public int[] ints() {
    if (dtype == DType.INT32) {
      return data.toArray(INT);
    }
    int[] values = new int[size];
    for (int i = 0; i < size; i++) {
      long value = integer(i, "int");
      values[i] = (int) value;
      if (values[i] != value) {
        throw inexact(i, value, "int");
      }
    }
    return values;
  }

  /// All elements as longs; integral floating-point values count as integers.
  public long[] longs() {
    if (dtype == DType.INT64) {
      return data.toArray(LONG);
    }
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = integer(i, "long");
    }
    return values;
  }

  /// All elements as booleans: true for 1, false for 0.
  public boolean[] booleans() {
    boolean[] values = new boolean[size];
    for (int i = 0; i < size; i++) {
      long value = integer(i, "boolean");
      if (value != 0 && value != 1) {
        throw inexact(i, value, "boolean");
      }
      values[i] = value == 1;
    }
    return values;
  }

  /// Writes the elements as they are kept: little-endian, row-major.
  public void writeTo(OutputStream out) throws IOException {
    byte[] chunk = new byte[(int) Math.min(data.byteSize(), 1 << 16)];
    for (long at = 0; at < data.byteSize(); at += chunk.length) {
      int length = (int) Math.min(chunk.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, length);
      out.write(chunk, 0, length);
    }
  }

  private double real(int i, String wanted) {
    return switch (dtype) {
      case FLOAT16 -> Float.float16ToFloat(data.get(SHORT, 2L * i));
      case BFLOAT16 -> Float.intBitsToFloat(data.get(SHORT, 2L * i) << 16);
      case FLOAT32 -> data.get(FLOAT, 4L * i);
      case FLOAT64 -> data.get(DOUBLE, 8L * i);
      default -> {
        long value = integer(i, wanted);
        double real = (double) value;
        if ((long) real != value || value == Long.MAX_VALUE) {
          throw inexact(i, value, wanted);
        }
        yield real;
      }
    };
  }

  private long integer(int i, String wanted) {
    return switch (dtype) {
      case INT8 -> data.get(ValueLayout.JAVA_BYTE, i);
      case INT16 -> data.get(SHORT, 2L * i);
      case INT32 -> data.get(INT, 4L * i);
      case INT64 -> data.get(LONG, 8L * i);
      case UINT8 -> data.get(ValueLayout.JAVA_BYTE, i) & 0xff;
      case UINT16 -> data.get(SHORT, 2L * i) & 0xffff;
      case UINT32 -> data.get(INT, 4L * i) & 0xffffffffL;
      case UINT64 -> {
        long value = data.get(LONG, 8L * i);
        if (value < 0) {
          throw inexact(i, Long.toUnsignedString(value), wanted);
        }
        yield value;
      }
      case BOOL -> data.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1;
      default -> {
        double real = real(i, wanted);
        long value = (long) real;
        if (value != real || value == Long.MAX_VALUE) {
          throw inexact(i, real, wanted);
        }
        yield value;
      }
    };
  }

  private InputException inexact(int i, Object value, String wanted) {
    return new InputException(
        "%s: %s value %s at index %d does not exist as %s"
            .formatted(source, dtype, value, i, wanted));
  }

  /// "source: float32[2, 3]".
  @Override
  public String toString() {
    return source + ": " + dtype + Arrays.toString(shape);
  }
}
