package org.octolift.engine.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.octolift.engine.InputException;

/// Reads and writes NumPy's archives: a zip file with one NPY file per array, stored or deflated.
/// What is written depends on the arrays alone, byte for byte: the entries carry a fixed time.
public final class Npz {
  private static final String SUFFIX = ".npy";
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  /// How entries are kept in the zip file.
  public enum Compression {
    /// As they are, like {@code numpy.savez}.
    STORED,
    /// Deflated, like {@code numpy.savez_compressed}.
    DEFLATED
  }

  private Npz() {}

  /// Reads all arrays, by name without ".npy", in the order of the file.
  ///
  /// @throws InputException when the file is damaged or an entry is no array
  public static SequencedMap<String, NdArray> read(Path file) throws IOException {
    try (ZipArchive zip = ZipArchive.open(file)) {
      SequencedMap<String, NdArray> arrays = new LinkedHashMap<>();
      for (String entry : zip.names()) {
        if (!entry.endsWith(SUFFIX)) {
          throw InputException.in(file, entry + ": expected only entries NAME.npy");
        }
        String name = entry.substring(0, entry.length() - SUFFIX.length());
        arrays.put(name, read(zip, file, name));
      }
      return Collections.unmodifiableSequencedMap(arrays);
    }
  }

  /// Reads the array {@code name}.
  ///
  /// @throws InputException when there is none or it is damaged
  public static NdArray read(Path file, String name) throws IOException {
    try (ZipArchive zip = ZipArchive.open(file)) {
      return read(zip, file, name);
    }
  }

  private static NdArray read(ZipArchive zip, Path file, String name) throws IOException {
    return zip.read(name + SUFFIX, (in, length) -> Npy.read(in, length, file + ": " + name));
  }

  /// Replaces {@code file} by an archive of {@code arrays}, atomically, in the map's order.
  public static void write(Path file, Map<String, NdArray> arrays, Compression compression)
      throws IOException {
    AtomicFile.write(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          for (Map.Entry<String, NdArray> array : arrays.entrySet()) {
            zip.putNextEntry(entry(array.getKey() + SUFFIX, array.getValue(), compression));
            Npy.write(zip, array.getValue());
            zip.closeEntry();
          }
          zip.finish();
        });
  }

  private static ZipEntry entry(String name, NdArray array, Compression compression)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    if (compression == Compression.STORED) {
      CRC32 checksum = new CRC32();
      Npy.write(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum), array);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(Npy.header(array).length + array.segment().byteSize());
      entry.setCrc(checksum.getValue());
    }
    return entry;
  }
}
