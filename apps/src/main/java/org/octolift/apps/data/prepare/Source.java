package org.octolift.apps.data.prepare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.octolift.engine.io.InputFile;
import org.octolift.engine.io.ZipArchive;

/// The content of a file, wherever it was.
///
/// @param name for messages
/// @param bytes all of it
record Source(String name, byte[] bytes) {
  private static final int MAX_BYTES = 1 << 30;

  /// The file of this name among {@code files}, or inside a zip file among them; the first found.
  ///
  /// @param files names relative to {@code folder}
  static Optional<Source> find(Path folder, List<String> files, String name) throws IOException {
    for (String file : files) {
      if (isNamed(file, name)) {
        Path path = folder.resolve(file);
        return Optional.of(new Source(path.toString(), InputFile.bytes(path, MAX_BYTES)));
      }
    }
    for (String file : files) {
      if (file.endsWith(".zip")) {
        Path path = folder.resolve(file);
        try (ZipArchive zip = ZipArchive.open(path)) {
          for (String entry : zip.names()) {
            if (isNamed(entry, name)) {
              return Optional.of(new Source(path + ": " + entry, zip.bytes(entry, MAX_BYTES)));
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isNamed(String file, String name) {
    return file.endsWith(name)
        && (file.length() == name.length()
            || file.charAt(file.length() - name.length() - 1) == '/');
  }
}
