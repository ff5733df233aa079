package org.octolift.engine.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.octolift.engine.InputException;

/// A zip file whose directory has been checked: no name twice, no entry larger than its
/// compressed bytes can hold, and all entries together not larger than the file. Each read is
/// bounded by the declared size and ends with a checksum comparison.
public final class ZipArchive implements Closeable {
  /// Deflate cannot do better than 1032:1, so a larger claim is a lie.
  private static final long MAX_RATIO = 1032;

  /// Reads the content of one entry.
  @FunctionalInterface
  public interface EntryReader<T> {
    /// Reads {@code in}, which holds {@code length} bytes; need not read to the end.
    T read(InputStream in, long length) throws IOException;
  }

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

  private ZipArchive(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  /// Opens {@code file} and checks its directory.
  ///
  /// @throws InputException when it is missing, no zip file, truncated or inconsistent
  public static ZipArchive open(Path file) throws IOException {
    long length = InputFile.length(file);
    ZipArchive archive;
    try {
      archive = new ZipArchive(file, new ZipFile(file.toFile()));
    } catch (ZipException | EOFException e) {
      throw new InputException(file + ": expected a complete zip file: " + e.getMessage(), e);
    }
    try {
      archive.checkDirectory(length);
      return archive;
    } catch (RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  private void checkDirectory(long length) {
    long total = 0;
    for (ZipEntry entry : Collections.list(zip.entries())) {
      if (entry.isDirectory()) {
        continue;
      }
      String name = entry.getName();
      if (entries.put(name, entry) != null) {
        throw InputException.in(file, name + ": occurs twice");
      }
      long size = entry.getSize();
      long compressed = entry.getCompressedSize();
      total += compressed;
      boolean stored = entry.getMethod() == ZipEntry.STORED;
      if (size < 0 || compressed < 0 || total < 0 || total > length) {
        throw InputException.in(file, name + ": entries are larger than the file");
      }
      if (stored ? size != compressed : size > MAX_RATIO * compressed) {
        throw InputException.in(
            file,
            "%s: %d bytes cannot come from %d compressed ones".formatted(name, size, compressed));
      }
    }
  }

  /// Names of the entries in the order of the directory; folders are left out.
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(new LinkedHashSet<>(entries.keySet()));
  }

  /// Whether there is an entry {@code name}.
  public boolean contains(String name) {
    return entries.containsKey(name);
  }

  /// Length of entry {@code name} when uncompressed.
  ///
  /// @throws InputException when there is none
  public long length(String name) {
    return entry(name).getSize();
  }

  /// Reads entry {@code name} and compares its length and checksum with the directory.
  ///
  /// @throws InputException when there is none, it is damaged, or {@code reader} throws it
  public <T> T read(String name, EntryReader<T> reader) throws IOException {
    ZipEntry entry = entry(name);
    CRC32 checksum = new CRC32();
    try (InputStream in = zip.getInputStream(entry)) {
      CheckedInputStream checked =
          new CheckedInputStream(new Bounded(in, entry.getSize()), checksum);
      T result = reader.read(checked, entry.getSize());
      checked.transferTo(OutputStream.nullOutputStream());
      if (in.read() != -1) {
        throw InputException.in(file, name + ": longer than declared");
      }
      if (checksum.getValue() != entry.getCrc()) {
        throw InputException.in(file, name + ": checksum differs; the file is damaged");
      }
      return result;
    } catch (ZipException | EOFException e) {
      throw new InputException(file + ": " + name + ": damaged: " + e.getMessage(), e);
    }
  }

  /// All bytes of entry {@code name}, which may have at most {@code limit}.
  ///
  /// @throws InputException when there is none, it is longer or damaged
  public byte[] bytes(String name, long limit) throws IOException {
    return read(
        name,
        (in, length) -> {
          if (length > Math.min(limit, Integer.MAX_VALUE - 8)) {
            throw InputException.in(
                file, "%s: expected at most %d bytes, found %d".formatted(name, limit, length));
          }
          byte[] bytes = new byte[(int) length];
          if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
            throw InputException.in(file, name + ": shorter than declared");
          }
          return bytes;
        });
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = entries.get(name);
    if (entry == null) {
      throw InputException.in(
          file, "expected an entry " + name + ", found " + abbreviated(entries.keySet()));
    }
    return entry;
  }

  private static String abbreviated(Set<String> names) {
    String all = String.join(", ", names);
    return all.length() <= 200 ? all : all.substring(0, 200) + "...";
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /// Ends after a given number of bytes.
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long left) {
      super(in);
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      if (left <= 0) {
        return -1;
      }
      int value = super.read();
      left -= value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left <= 0) {
        return -1;
      }
      int count = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(count, 0);
      return count;
    }
  }
}
