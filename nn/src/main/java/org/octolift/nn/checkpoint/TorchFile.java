package org.octolift.nn.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.InputFile;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.ZipArchive;

/// Reads what torch.save writes and writes what torch.load reads, without Python: the zip format
/// (PyTorch 1.6 and later), and for reading the legacy format before it. Only data are read: the
/// pickle inside may use the opcodes and classes that tensors, NumPy arrays and plain containers
/// need, and a file that asks for anything else is refused with the name and the byte.
///
/// Values become: None null, bool `Boolean`, int `Long` (`BigInteger` beyond 64 bits), float
/// `Double`, str `String`, bytes `byte[]`, list and tuple `List`, dict `LinkedHashMap`, tensors,
/// parameters and NumPy arrays [NdArray], NumPy scalars `Long`, `Double` or `Boolean`.
public final class TorchFile {
  /// The first pickle of a legacy file.
  private static final BigInteger LEGACY_MAGIC = new BigInteger("119547037146038801333356");

  private static final Long LEGACY_PROTOCOL = 1001L;
  private static final int MAX_PICKLE_BYTES = 256 << 20;
  private static final int MAX_LEGACY_BYTES = Integer.MAX_VALUE - 8;

  /// Python's collections.Counter, which a file may be written with.
  ///
  /// @param counts how often each key occurs
  public record Counter(Map<Long, Long> counts) {}

  private TorchFile() {}

  /// Replaces {@code file} by one in the zip format, which torch.load reads with
  /// `weights_only=True`. A map of nothing but tensors becomes an OrderedDict, as a state dict is;
  /// each tensor has a storage of its own. The same value makes the same bytes.
  ///
  /// @param value null, Boolean, Integer, Long, Double, String, [NdArray], [Counter], or lists and
  ///     maps of these
  /// @throws InputException for an element type that such files lack
  public static void write(Path file, Object value) throws IOException {
    AtomicFile.write(file, out -> TorchArchive.write(value, out));
  }

  /// Reads the saved object.
  ///
  /// @throws InputException when the file is damaged or holds more than data
  public static Object read(Path file) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(2);
    try (FileChannel channel = InputFile.open(file)) {
      channel.read(start);
    }
    if (start.get(0) == 'P' && start.get(1) == 'K') {
      return readZip(file);
    }
    if (start.get(0) == (byte) 0x80) {
      return readLegacy(file);
    }
    throw InputException.in(file, "expected a file written by torch.save, found other data");
  }

  /// Reads a dictionary from names to tensors, such as a state dict.
  ///
  /// @throws InputException when the file is damaged or holds anything else
  public static SequencedMap<String, NdArray> readStateDict(Path file) throws IOException {
    return stateDict(file.toString(), read(file));
  }

  /// Takes {@code object}, a part of what a file held, as a dictionary from names to tensors.
  ///
  /// @param source names it in messages
  /// @throws InputException when it is anything else
  public static SequencedMap<String, NdArray> stateDict(String source, Object object) {
    if (!(object instanceof Map<?, ?> map)) {
      throw new InputException(source + ": expected a dictionary of tensors");
    }
    SequencedMap<String, NdArray> tensors = new LinkedHashMap<>();
    map.forEach(
        (name, value) -> {
          if (!(name instanceof String key) || !(value instanceof NdArray tensor)) {
            throw new InputException(
                "%s: expected a dictionary of tensors, found something else at %s"
                    .formatted(source, name));
          }
          tensors.put(key, tensor.withSource(source + ": " + key));
        });
    return tensors;
  }

  /// A zip file with the entries NAME/data.pkl, NAME/data/KEY for each storage, NAME/byteorder.
  private static Object readZip(Path file) throws IOException {
    try (ZipArchive zip = ZipArchive.open(file)) {
      List<String> pickles =
          zip.names().stream().filter(name -> name.matches("[^/]+/data\\.pkl")).toList();
      if (pickles.size() != 1) {
        throw InputException.in(
            file, "expected one entry NAME/data.pkl as torch.save writes it, found " + pickles);
      }
      String pickle = pickles.getFirst();
      String folder = pickle.substring(0, pickle.length() - "data.pkl".length());
      if (zip.contains(folder + "constants.pkl")) {
        throw InputException.in(file, "a TorchScript program; save its state_dict instead");
      }
      boolean bigEndian = isBigEndian(file, zip, folder + "byteorder");
      TorchStorages storages =
          new TorchStorages(
              (reference, where) -> {
                String entry = folder + "data/" + reference.key();
                if (!zip.contains(entry)) {
                  throw new InputException(where + ": there is no entry " + entry);
                }
                if (zip.length(entry) != reference.bytes()) {
                  throw new InputException(
                      "%s: expected %d bytes in %s, found %d"
                          .formatted(where, reference.bytes(), entry, zip.length(entry)));
                }
                MemorySegment data = MemorySegment.ofArray(zip.bytes(entry, reference.bytes()));
                return bigEndian ? NdArray.swapped(data, reference.dtype().bytes()) : data;
              },
              InputFile.length(file));
      String source = file + ": " + pickle;
      byte[] bytes =
          zip.bytes(
              pickle, Math.min(MAX_PICKLE_BYTES, TorchStorages.limit(InputFile.length(file))));
      Pickle reader = new Pickle(source, bytes, 0, storages);
      Object result = reader.run();
      if (reader.end() != bytes.length) {
        throw new InputException(source + ": expected nothing after the pickle");
      }
      return PlainData.check(result, source);
    }
  }

  private static boolean isBigEndian(Path file, ZipArchive zip, String entry) throws IOException {
    if (!zip.contains(entry)) {
      return false;
    }
    String order = new String(zip.bytes(entry, 16), StandardCharsets.US_ASCII);
    return switch (order) {
      case "little" -> false;
      case "big" -> true;
      default -> throw InputException.in(file, entry + ": expected little or big, found " + order);
    };
  }

  /// Five pickles: magic number, protocol, system, object, storage keys; then for each key the
  /// number of elements in eight bytes and the elements. The object refers to storages that come
  /// after it, so it is built twice: first without them, to find out how large they are.
  private static Object readLegacy(Path file) throws IOException {
    byte[] bytes = InputFile.bytes(file, MAX_LEGACY_BYTES);
    String source = file.toString();
    TorchStorages unknown = new TorchStorages((reference, where) -> null, bytes.length);
    Pickle magic = new Pickle(source, bytes, 0, unknown);
    if (!LEGACY_MAGIC.equals(magic.run())) {
      throw InputException.in(file, "expected a file written by torch.save, found other data");
    }
    Pickle protocol = new Pickle(source, bytes, magic.end(), unknown);
    Object version = protocol.run();
    if (!LEGACY_PROTOCOL.equals(version)) {
      throw InputException.in(
          file, "expected protocol version 1001, found " + Pickle.describe(version));
    }
    Pickle system = new Pickle(source, bytes, protocol.end(), unknown);
    if (!(system.run() instanceof Map<?, ?> about)
        || !Boolean.TRUE.equals(about.get("little_endian"))) {
      throw InputException.in(file, "expected a file of a little-endian machine; save it anew");
    }
    Pickle object = new Pickle(source, bytes, system.end(), unknown);
    Object result = object.run();
    Pickle keys = new Pickle(source, bytes, object.end(), unknown);
    Object listed = keys.run();
    Map<String, MemorySegment> data = legacyStorages(file, bytes, keys.end(), listed, unknown);
    if (!data.isEmpty()) {
      TorchStorages known =
          new TorchStorages((reference, where) -> data.get(reference.key()), bytes.length);
      result = new Pickle(source, bytes, system.end(), known).run();
    }
    return PlainData.check(result, source);
  }

  private static Map<String, MemorySegment> legacyStorages(
      Path file, byte[] bytes, int start, Object listed, TorchStorages wanted) {
    Map<String, TorchStorages.Reference> references = wanted.references();
    if (!(listed instanceof List<?> keys)
        || keys.size() != references.size()
        || !keys.stream().allMatch(String.class::isInstance)
        || !new LinkedHashSet<Object>(keys).equals(references.keySet())) {
      throw InputException.in(
          file, "expected the keys of all %d storages".formatted(references.size()));
    }
    Map<String, MemorySegment> data = new HashMap<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(start);
    for (Object key : keys) {
      TorchStorages.Reference reference = references.get(key);
      long size = buffer.remaining() < 8 ? -1 : buffer.getLong();
      if (size != reference.size() || reference.bytes() > buffer.remaining()) {
        throw InputException.in(
            file,
            "storage %s: expected %d elements in %d bytes, found %d elements and %d bytes"
                .formatted(key, reference.size(), reference.bytes(), size, buffer.remaining()));
      }
      int length = (int) reference.bytes();
      data.put(reference.key(), MemorySegment.ofArray(bytes).asSlice(buffer.position(), length));
      buffer.position(buffer.position() + length);
    }
    if (buffer.hasRemaining()) {
      throw InputException.in(
          file, "expected the end, found %d more bytes".formatted(buffer.remaining()));
    }
    return data;
  }
}
