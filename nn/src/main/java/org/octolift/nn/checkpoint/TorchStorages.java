package org.octolift.nn.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;

/// Finds the storages that a pickle refers to, each once, and cuts tensors out of them.
final class TorchStorages {
  /// The elements behind one or several tensors.
  record Storage(DType dtype, MemorySegment data) {}

  /// What a pickle says about a storage.
  record Reference(String key, DType dtype, int size) {
    /// Bytes of all elements.
    long bytes() {
      return (long) size * dtype.bytes();
    }
  }

  /// Finds the elements of a storage.
  @FunctionalInterface
  interface Source {
    /// Exactly the referenced number of elements, little-endian; null while they are not known,
    /// and then tensors of the storage are empty.
    MemorySegment load(Reference reference, String where) throws IOException;
  }

  /// torch.save compresses nothing; this leaves room for an archive that was packed anew.
  private static final int MAX_GROWTH = 16;

  private static final int FREE_BYTES = 1 << 20;
  private static final NdArray UNKNOWN = NdArray.of(new float[0], 0);

  private final Map<String, Storage> loaded = new HashMap<>();
  private final Map<String, Reference> references = new LinkedHashMap<>();
  private final Source source;
  private long budget;

  /// @param fileLength what is unpacked and copied may take 16 times as much
  TorchStorages(Source source, long fileLength) {
    this.source = source;
    this.budget = limit(fileLength);
  }

  /// How many bytes may come out of a file.
  static long limit(long fileLength) {
    return MAX_GROWTH * fileLength + FREE_BYTES;
  }

  /// Takes {@code bytes} from what a pickle may make from its file: a small file that repeats
  /// itself must not fill the memory.
  void charge(long bytes, String where) {
    budget -= bytes;
    if (budget < 0) {
      throw new InputException(where + ": the arrays take more than 16 times the file's length");
    }
  }

  /// The storage of the tuple ("storage", class, key, location, size) or, in the legacy format,
  /// the same with a view, which must be None.
  Storage resolve(Object identifier, String where) throws IOException {
    if (!(identifier instanceof List<?> list)
        || list.size() < 5
        || list.size() > 6
        || !"storage".equals(list.get(0))
        || !(list.get(1) instanceof PickleGlobals type)
        || type.storageType() == null
        || !(list.get(2) instanceof String key)
        || !(list.get(4) instanceof Long size)
        || (list.size() == 6 && list.get(5) != null)) {
      throw new InputException(where + ": expected a reference to a storage");
    }
    if (size < 0
        || size > Integer.MAX_VALUE
        || size * type.storageType().bytes() > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "%s: storage %s: expected a size of 0 to 2^31 bytes, found %d elements"
              .formatted(where, key, size));
    }
    Reference reference = new Reference(key, type.storageType(), size.intValue());
    Reference known = references.putIfAbsent(key, reference);
    if (known != null && !known.equals(reference)) {
      throw new InputException(
          "%s: storage %s: expected %s, found %s".formatted(where, key, known, reference));
    }
    Storage storage = loaded.get(key);
    if (storage == null) {
      charge(reference.bytes(), where);
      storage = new Storage(reference.dtype(), source.load(reference, where));
      loaded.put(key, storage);
    }
    return storage;
  }

  /// All storages that were asked for, by key.
  Map<String, Reference> references() {
    return references;
  }

  /// A view of a storage; shares its memory when it is row-major.
  NdArray tensor(Storage storage, int[] shape, long offset, long[] strides, String where) {
    if (storage.data() == null) {
      return UNKNOWN;
    }
    charge(byteCount(storage.dtype(), shape), where);
    return NdArray.strided(where, storage.dtype(), shape, storage.data(), offset, strides);
  }

  /// Bytes of an array; for huge ones some number beyond 2^32.
  static long byteCount(DType dtype, int[] shape) {
    long bytes = dtype.bytes();
    for (int dimension : shape) {
      bytes = dimension == 0 ? 0 : Math.min(bytes, 1L << 32) * dimension;
    }
    return bytes;
  }
}
