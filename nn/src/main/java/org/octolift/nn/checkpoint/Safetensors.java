package org.octolift.nn.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.InputFile;
import org.octolift.engine.io.Json;
import org.octolift.engine.io.NdArray;

/// A safetensors file: eight bytes with the length of a JSON header, the header, then the tensors'
/// bytes without gaps. The header is checked completely on opening; a tensor is read when asked
/// for. What is written depends on tensors and metadata alone, byte for byte.
///
/// Source: github.com/huggingface/safetensors, "Format".
public final class Safetensors implements Closeable {
  private static final String METADATA = "__metadata__";
  private static final int MAX_HEADER_BYTES = 16 << 20;

  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("F16", DType.FLOAT16),
          Map.entry("BF16", DType.BFLOAT16),
          Map.entry("F32", DType.FLOAT32),
          Map.entry("F64", DType.FLOAT64),
          Map.entry("I8", DType.INT8),
          Map.entry("I16", DType.INT16),
          Map.entry("I32", DType.INT32),
          Map.entry("I64", DType.INT64),
          Map.entry("U8", DType.UINT8),
          Map.entry("U16", DType.UINT16),
          Map.entry("U32", DType.UINT32),
          Map.entry("U64", DType.UINT64),
          Map.entry("BOOL", DType.BOOL));

  /// Where a tensor lies: bytes {@code begin} to {@code end} of the file.
  private record Entry(DType dtype, int[] shape, long begin, long end) {}

  private final Path file;
  private final FileChannel channel;
  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();

  private Safetensors(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Opens {@code file} and checks its header: keys, types, shapes, and that the tensors fill the
  /// rest of the file without overlap or gap.
  ///
  /// @throws InputException when anything else is found
  public static Safetensors open(Path file) throws IOException {
    Safetensors opened = new Safetensors(file, InputFile.open(file));
    try {
      opened.readHeader();
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void readHeader() throws IOException {
    long fileLength = channel.size();
    if (fileLength < 8) {
      throw refused("expected at least 8 bytes, found " + fileLength);
    }
    long length = ByteBuffer.wrap(bytes(0, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > Math.min(MAX_HEADER_BYTES, fileLength - 8)) {
      throw refused(
          "expected a header of 2 to %d bytes, found length %s: is it a complete safetensors file?"
              .formatted(
                  Math.min(MAX_HEADER_BYTES, fileLength - 8), Long.toUnsignedString(length)));
    }
    byte[] text = bytes(8, (int) length);
    if (text[0] != '{' || !(Json.parse(file + ": header", text) instanceof Map<?, ?> header)) {
      throw refused("expected the header to be a JSON object");
    }
    for (Map.Entry<?, ?> pair : header.entrySet()) {
      String name = (String) pair.getKey();
      if (name.equals(METADATA)) {
        readMetadata(pair.getValue());
      } else {
        entries.put(name, entry(name, pair.getValue(), 8 + length));
      }
    }
    checkLayout(8 + length, fileLength);
  }

  private void readMetadata(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw refused(METADATA + ": expected an object");
    }
    map.forEach(
        (key, text) -> {
          if (!(text instanceof String string)) {
            throw refused("%s: %s: expected a string, found %s".formatted(METADATA, key, text));
          }
          metadata.put((String) key, string);
        });
  }

  private Entry entry(String name, Object value, long dataStart) {
    if (!(value instanceof Map<?, ?> map)
        || !map.keySet().equals(Set.of("dtype", "shape", "data_offsets"))) {
      throw refused(name + ": expected exactly dtype, shape and data_offsets");
    }
    DType dtype = map.get("dtype") instanceof String code ? TYPES.get(code) : null;
    if (dtype == null) {
      throw refused("%s: unknown dtype %s".formatted(name, map.get("dtype")));
    }
    int[] shape =
        Arrays.stream(sizes(name, "shape", map.get("shape"))).mapToInt(Math::toIntExact).toArray();
    long[] offsets = sizes(name, "data_offsets", map.get("data_offsets"));
    long bytes = dtype.bytes();
    for (int dimension : shape) {
      bytes = Math.min(bytes * dimension, 1L << 32);
    }
    if (offsets.length != 2 || offsets[1] - offsets[0] != bytes || bytes > Integer.MAX_VALUE - 8) {
      throw refused(
          "%s: %s%s takes %d bytes (less than 2^31 are read), data_offsets are %s"
              .formatted(name, dtype, Arrays.toString(shape), bytes, Arrays.toString(offsets)));
    }
    return new Entry(dtype, shape, dataStart + offsets[0], dataStart + offsets[1]);
  }

  private long[] sizes(String name, String key, Object value) {
    if (!(value instanceof List<?> list) || list.size() > 64) {
      throw refused("%s: %s: expected a list of sizes".formatted(name, key));
    }
    long limit = key.equals("shape") ? Integer.MAX_VALUE : 1L << 50;
    return list.stream()
        .mapToLong(
            size -> {
              if (!(size instanceof Long number) || number < 0 || number > limit) {
                throw refused(
                    "%s: %s: expected a size of 0 to %d, found %s"
                        .formatted(name, key, limit, size));
              }
              return number;
            })
        .toArray();
  }

  private void checkLayout(long dataStart, long fileLength) {
    long at = dataStart;
    List<Map.Entry<String, Entry>> order =
        entries.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
                    .thenComparingLong(e -> e.getValue().end()))
            .toList();
    for (Map.Entry<String, Entry> entry : order) {
      if (entry.getValue().begin() != at) {
        throw refused(
            "%s: expected its data at byte %d of the file, found %d: a gap or an overlap"
                .formatted(entry.getKey(), at, entry.getValue().begin()));
      }
      at = entry.getValue().end();
    }
    if (at != fileLength) {
      throw refused("expected %d bytes, found %d: is the file complete?".formatted(at, fileLength));
    }
  }

  /// Names of the tensors in the order of the header.
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedMap(entries).sequencedKeySet();
  }

  /// The metadata in the order of the header; empty when there are none.
  public SequencedMap<String, String> metadata() {
    return Collections.unmodifiableSequencedMap(metadata);
  }

  /// Reads the tensor {@code name}.
  ///
  /// @throws InputException when there is none
  public NdArray tensor(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw refused("expected a tensor " + name + ", found none of that name");
    }
    byte[] data = bytes(entry.begin(), (int) (entry.end() - entry.begin()));
    return new NdArray(
        file + ": " + name, entry.dtype(), entry.shape(), MemorySegment.ofArray(data));
  }

  /// Reads all tensors in the order of the header.
  public SequencedMap<String, NdArray> tensors() throws IOException {
    SequencedMap<String, NdArray> tensors = new LinkedHashMap<>();
    for (String name : entries.keySet()) {
      tensors.put(name, tensor(name));
    }
    return tensors;
  }

  private byte[] bytes(long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw refused("the file became shorter while it was read");
      }
    }
    return buffer.array();
  }

  private InputException refused(String problem) {
    return InputException.in(file, problem);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// Replaces {@code file} by the tensors, atomically. They are laid out as the format's own
  /// library does, widest type first, then by name, so that each is aligned.
  ///
  /// @param metadata written in its own order
  /// @throws IllegalArgumentException for a tensor named {@code __metadata__}
  public static void write(Path file, Map<String, NdArray> tensors, Map<String, String> metadata)
      throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put(METADATA, metadata);
    }
    List<Map.Entry<String, NdArray>> order =
        tensors.entrySet().stream()
            .sorted(
                Comparator.comparingInt(
                        (Map.Entry<String, NdArray> e) -> -e.getValue().dtype().bytes())
                    .thenComparing(Map.Entry::getKey))
            .toList();
    long at = 0;
    for (Map.Entry<String, NdArray> entry : order) {
      NdArray tensor = entry.getValue();
      if (entry.getKey().equals(METADATA)) {
        throw new IllegalArgumentException("a tensor must not be named " + METADATA);
      }
      long end = at + tensor.segment().byteSize();
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("dtype", code(tensor.dtype()));
      description.put("shape", tensor.shape());
      description.put("data_offsets", new long[] {at, end});
      header.put(entry.getKey(), description);
      at = end;
    }
    byte[] text = Json.write(header).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, 8) * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    AtomicFile.write(
        file,
        out -> {
          out.write(
              ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(padded.length).array());
          out.write(padded);
          for (Map.Entry<String, NdArray> entry : order) {
            entry.getValue().writeTo(out);
          }
        });
  }

  private static String code(DType dtype) {
    for (Map.Entry<String, DType> type : TYPES.entrySet()) {
      if (type.getValue() == dtype) {
        return type.getKey();
      }
    }
    throw new IllegalArgumentException("safetensors has no " + dtype);
  }
}
