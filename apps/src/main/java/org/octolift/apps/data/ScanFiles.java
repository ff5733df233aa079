package org.octolift.apps.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Npz;

/// Reads and writes scans in every format that Octolift knows: PLY, PCD, `.points`, NPZ.
public final class ScanFiles {
  private static final int MAGIC_BYTES = 16;

  private ScanFiles() {}

  /// A file format of scans.
  public enum Format {
    /// Stanford's polygon format.
    PLY(Set.of(ScanEncoding.ASCII, ScanEncoding.BINARY, ScanEncoding.BIG_ENDIAN)),
    /// The Point Cloud Library's format.
    PCD(Set.of(ScanEncoding.ASCII, ScanEncoding.BINARY, ScanEncoding.COMPRESSED)),
    /// O-CNN's point format; no pixel indices.
    POINTS(Set.of(ScanEncoding.BINARY)),
    /// NumPy's archive.
    NPZ(Set.of(ScanEncoding.BINARY, ScanEncoding.COMPRESSED));

    private final Set<ScanEncoding> encodings;

    Format(Set<ScanEncoding> encodings) {
      this.encodings = encodings;
    }

    /// The format that the extension of {@code file} stands for.
    ///
    /// @throws InputException for any other extension
    public static Format of(Path file) {
      Format format = byExtension(file);
      if (format == null) {
        throw InputException.in(file, "its name must end in .ply, .pcd, .points or .npz");
      }
      return format;
    }

    private static Format byExtension(Path file) {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      for (Format format : values()) {
        if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
          return format;
        }
      }
      return null;
    }

    private static Format byContent(MemorySegment bytes) {
      long length = Math.min(MAGIC_BYTES, bytes.byteSize());
      String start =
          new String(
              bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
      if (start.startsWith("ply\n") || start.startsWith("ply\r")) {
        return PLY;
      } else if (start.startsWith("# .PCD") || start.startsWith("VERSION")) {
        return PCD;
      } else if (start.startsWith("_POINTS_")) {
        return POINTS;
      }
      return start.startsWith("PK\3\4") ? NPZ : null;
    }
  }

  /// Reads a scan; the content decides on the format, or else the extension. Points are kept as
  /// they are: see [Scans#requireFinite].
  ///
  /// @throws InputException when the file is in no known format, truncated or damaged
  public static Scan read(Path file) {
    Format format = MappedFile.parse(file, Format::byContent);
    if (format == null) {
      format = Format.byExtension(file);
    }
    if (format == null) {
      throw InputException.in(file, "is no PLY, PCD, .points or NPZ file");
    }
    return switch (format) {
      case PLY -> PlyFile.read(file);
      case PCD -> PcdFile.read(file);
      case POINTS -> PointsScans.read(file);
      case NPZ -> NpzScans.read(file);
    };
  }

  /// Writes a scan in binary, in the format of the extension.
  ///
  /// @throws InputException when the extension is unknown or the file cannot be written
  public static void write(Path file, Scan scan) {
    write(file, scan, ScanEncoding.BINARY);
  }

  /// Writes a scan in the format of the extension.
  ///
  /// @throws InputException as [#write(Path, Scan)], and for an encoding that the format lacks
  public static void write(Path file, Scan scan, ScanEncoding encoding) {
    requireWritable(file, encoding);
    switch (Format.of(file)) {
      case PLY -> PlyFile.write(file, scan, encoding);
      case PCD -> PcdFile.write(file, scan, encoding);
      case POINTS -> PointsScans.write(file, scan);
      case NPZ ->
          NpzScans.write(
              file,
              scan,
              encoding == ScanEncoding.COMPRESSED
                  ? Npz.Compression.DEFLATED
                  : Npz.Compression.STORED);
    }
  }

  /// Checks, before any work is done, that a scan can be written to {@code file} like this.
  ///
  /// @throws InputException when the extension is unknown or its format lacks the encoding
  public static void requireWritable(Path file, ScanEncoding encoding) {
    Format format = Format.of(file);
    if (!format.encodings.contains(encoding)) {
      throw InputException.in(
          file,
          "%s files are not written as %s; choose from %s"
              .formatted(format, encoding, format.encodings.stream().sorted().toList()));
    }
  }
}
