package org.octolift.nn.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;

/// The classes and functions that a pickle may name: those that make containers, tensors and
/// NumPy arrays. What each does is written here; no Python is run and no Java class looked up.
enum PickleGlobals {
  ORDERED_DICT("collections.OrderedDict"),
  COUNTER("collections.Counter"),
  BYTES("__builtin__.bytes", "builtins.bytes"),
  ENCODE("_codecs.encode"),
  SIZE("torch.Size"),
  REBUILD_TENSOR("torch._utils._rebuild_tensor_v2"),
  REBUILD_PARAMETER("torch._utils._rebuild_parameter"),
  FLOAT_STORAGE(DType.FLOAT32, "torch.FloatStorage"),
  DOUBLE_STORAGE(DType.FLOAT64, "torch.DoubleStorage"),
  HALF_STORAGE(DType.FLOAT16, "torch.HalfStorage"),
  BFLOAT16_STORAGE(DType.BFLOAT16, "torch.BFloat16Storage"),
  LONG_STORAGE(DType.INT64, "torch.LongStorage"),
  INT_STORAGE(DType.INT32, "torch.IntStorage"),
  SHORT_STORAGE(DType.INT16, "torch.ShortStorage"),
  CHAR_STORAGE(DType.INT8, "torch.CharStorage"),
  BYTE_STORAGE(DType.UINT8, "torch.ByteStorage"),
  BOOL_STORAGE(DType.BOOL, "torch.BoolStorage"),
  NUMPY_ARRAY("numpy.ndarray"),
  NUMPY_TYPE("numpy.dtype"),
  NUMPY_RECONSTRUCT("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"),
  NUMPY_FROM_BUFFER("numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer"),
  NUMPY_SCALAR("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar");

  private static final Map<String, PickleGlobals> BY_NAME = new LinkedHashMap<>();

  static {
    for (PickleGlobals global : values()) {
      for (String name : global.names) {
        BY_NAME.put(name, global);
      }
    }
  }

  private final DType storageType;
  private final List<String> names;

  PickleGlobals(String... names) {
    this(null, names);
  }

  PickleGlobals(DType storageType, String... names) {
    this.storageType = storageType;
    this.names = List.of(names);
  }

  /// The class called {@code name}.
  ///
  /// @param where for the message: file and byte
  /// @throws InputException when it is not allowed
  static PickleGlobals find(String name, String where) {
    PickleGlobals global = BY_NAME.get(name);
    if (global == null) {
      String shown = name.length() <= 128 ? name : name.substring(0, 128) + "...";
      throw new InputException(
          "%s: %s is not among the classes that a checkpoint may name; save plain tensors, arrays,"
                  .formatted(where, shown)
              + " dicts, lists and numbers (a state_dict, not a whole module)");
    }
    return global;
  }

  /// The class of the storages of an element type; none for those that PyTorch had no class for.
  static Optional<PickleGlobals> storage(DType type) {
    return Arrays.stream(values()).filter(global -> global.storageType == type).findFirst();
  }

  /// Module and name.
  String qualifiedName() {
    return names.getFirst();
  }

  /// Element type of a storage class; null for everything else.
  DType storageType() {
    return storageType;
  }

  /// Makes what Python would make by calling this with {@code arguments}.
  ///
  /// @throws InputException when the arguments are not those that PyTorch and NumPy write
  Object call(List<?> arguments, TorchStorages storages, String where) {
    Object made =
        switch (this) {
          case ORDERED_DICT -> arguments.isEmpty() ? new LinkedHashMap<>() : null;
          case COUNTER ->
              arguments.size() == 1 && arguments.getFirst() instanceof LinkedHashMap<?, ?> counts
                  ? counts
                  : null;
          case BYTES -> arguments.isEmpty() ? new byte[0] : null;
          case ENCODE -> encode(arguments, storages, where);
          case SIZE ->
              arguments.size() == 1 && arguments.getFirst() instanceof List<?> sizes ? sizes : null;
          case REBUILD_TENSOR -> tensor(arguments, storages, where);
          case REBUILD_PARAMETER ->
              arguments.size() == 3 && arguments.getFirst() instanceof NdArray data ? data : null;
          case NUMPY_TYPE -> NumpyPickle.Type.of(arguments, where);
          case NUMPY_RECONSTRUCT -> NumpyPickle.reconstruct(arguments);
          case NUMPY_FROM_BUFFER -> NumpyPickle.fromBuffer(arguments, storages, where);
          case NUMPY_SCALAR -> NumpyPickle.scalar(arguments, storages, where);
          default -> null;
        };
    if (made == null) {
      throw new InputException(
          "%s: %s is called with other arguments than PyTorch and NumPy use"
              .formatted(where, qualifiedName()));
    }
    return made;
  }

  /// How protocol 2 keeps bytes: as text of which each letter is a byte.
  private static Object encode(List<?> arguments, TorchStorages storages, String where) {
    if (arguments.size() != 2
        || !(arguments.getFirst() instanceof String text)
        || !(arguments.get(1) instanceof String encoding)
        || !(encoding.equals("latin1") || encoding.equals("latin-1"))) {
      return null;
    }
    if (text.chars().anyMatch(c -> c > 255)) {
      throw new InputException(where + ": expected bytes as latin1 text, found other letters");
    }
    storages.charge(text.length(), where);
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Arguments: storage, offset, size, stride, requires_grad, backward hooks and, at times, a
  /// dict of flags (conjugate, negative) that no real tensor of ours has.
  private static Object tensor(List<?> arguments, TorchStorages storages, String where) {
    if ((arguments.size() != 6 && arguments.size() != 7)
        || !(arguments.get(0) instanceof TorchStorages.Storage storage)
        || !(arguments.get(1) instanceof Long offset)
        || !(arguments.get(2) instanceof List<?> size)
        || !(arguments.get(3) instanceof List<?> stride)
        || size.size() != stride.size()
        || (arguments.size() == 7 && arguments.get(6) != null)) {
      return null;
    }
    int[] shape = NumpyPickle.shape(size, where);
    long[] strides = new long[shape.length];
    for (int d = 0; d < strides.length; d++) {
      if (!(stride.get(d) instanceof Long step)) {
        return null;
      }
      strides[d] = step;
    }
    return storages.tensor(storage, shape, offset, strides, where);
  }
}
