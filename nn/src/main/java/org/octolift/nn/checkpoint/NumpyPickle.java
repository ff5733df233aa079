package org.octolift.nn.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;

/// How NumPy pickles arrays, element types and scalars.
final class NumpyPickle {
  private static final int MAX_RANK = 64;

  private NumpyPickle() {}

  /// A numpy.dtype: call with (code, align, copy), then state (3, order, ...).
  record Type(DType dtype, boolean bigEndian) {
    /// The type that numpy.dtype(arguments) is, or null for arguments that NumPy does not write.
    static Type of(List<?> arguments, String where) {
      if (arguments.size() != 3 || !(arguments.getFirst() instanceof String code)) {
        return null;
      }
      DType dtype =
          DType.ofNumpyCode(code)
              .orElseThrow(
                  () ->
                      new InputException(
                          where + ": expected a NumPy number or bool type, found " + code));
      return new Type(dtype, false);
    }

    /// The type with the byte order of its pickled state.
    Type withState(Object state, String where) {
      if (!(state instanceof List<?> list)
          || list.size() < 2
          || !(list.get(1) instanceof String order)
          || !List.of("<", ">", "|", "=").contains(order)) {
        throw new InputException(where + ": expected the state of a NumPy type");
      }
      return new Type(dtype, order.equals(">"));
    }
  }

  /// A numpy.ndarray between its creation and its state.
  static final class Unfinished {}

  /// The empty array that _reconstruct(numpy.ndarray, (0,), b"b") makes.
  static Unfinished reconstruct(List<?> arguments) {
    boolean usual =
        arguments.size() == 3
            && arguments.get(0) == PickleGlobals.NUMPY_ARRAY
            && List.of(0L).equals(arguments.get(1))
            && arguments.get(2) instanceof byte[] code
            && code.length == 1
            && code[0] == 'b';
    return usual ? new Unfinished() : null;
  }

  /// The array of state (1, shape, type, is Fortran order, bytes).
  static NdArray finish(Object state, TorchStorages storages, String where) {
    if (!(state instanceof List<?> list)
        || list.size() != 5
        || !(list.get(1) instanceof List<?> sizes)
        || !(list.get(2) instanceof Type type)
        || !(list.get(3) instanceof Boolean fortran)
        || !(list.get(4) instanceof byte[] data)) {
      throw new InputException(where + ": expected the state of a NumPy array");
    }
    return array(data, type, shape(sizes, where), fortran, storages, where);
  }

  /// The array of _frombuffer(bytes, type, shape, order), which protocol 5 uses.
  static NdArray fromBuffer(List<?> arguments, TorchStorages storages, String where) {
    if (arguments.size() != 4
        || !(arguments.get(0) instanceof byte[] data)
        || !(arguments.get(1) instanceof Type type)
        || !(arguments.get(2) instanceof List<?> sizes)
        || !(arguments.get(3) instanceof String order)
        || !(order.equals("C") || order.equals("F"))) {
      return null;
    }
    boolean fortran = order.equals("F");
    return array(data, type, shape(sizes, where), fortran, storages, where);
  }

  /// The number of scalar(type, bytes).
  static Object scalar(List<?> arguments, TorchStorages storages, String where) {
    if (arguments.size() != 2
        || !(arguments.get(0) instanceof Type type)
        || !(arguments.get(1) instanceof byte[] data)) {
      return null;
    }
    NdArray value = array(data, type, new int[0], false, storages, where);
    if (type.dtype() == DType.BOOL) {
      return value.booleans()[0];
    }
    return type.dtype().isFloat() ? (Object) value.doubles()[0] : (Object) value.longs()[0];
  }

  /// A shape from a tuple of integers.
  static int[] shape(List<?> sizes, String where) {
    if (sizes.size() > MAX_RANK) {
      throw new InputException(where + ": expected at most " + MAX_RANK + " dimensions");
    }
    int[] shape = new int[sizes.size()];
    for (int d = 0; d < shape.length; d++) {
      if (!(sizes.get(d) instanceof Long size) || size < 0 || size > Integer.MAX_VALUE) {
        throw new InputException(
            where
                + ": expected sizes of 0 to 2^31 - 1 in a shape, found "
                + Pickle.describe(sizes.get(d)));
      }
      shape[d] = size.intValue();
    }
    return shape;
  }

  private static NdArray array(
      byte[] data, Type type, int[] shape, boolean fortran, TorchStorages storages, String where) {
    long bytes = TorchStorages.byteCount(type.dtype(), shape);
    if (bytes != data.length) {
      throw new InputException(
          "%s: expected %d bytes of array data, found %d".formatted(where, bytes, data.length));
    }
    storages.charge(bytes, where);
    MemorySegment elements = MemorySegment.ofArray(data);
    if (type.bigEndian()) {
      elements = NdArray.swapped(elements, type.dtype().bytes());
    }
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = 0; i < shape.length; i++) {
      int d = fortran ? i : shape.length - 1 - i;
      strides[d] = stride;
      stride = Math.min(stride * Math.max(shape[d], 1), Integer.MAX_VALUE);
    }
    return NdArray.strided(where, type.dtype(), shape, elements, 0, strides);
  }
}
