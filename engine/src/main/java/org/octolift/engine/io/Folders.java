package org.octolift.engine.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.octolift.engine.InputException;

/// Folders for results.
public final class Folders {
  private Folders() {}

  /// Makes a folder, and those above it, unless it exists.
  ///
  /// @param setting the option or key that names it, for messages
  /// @throws InputException when it cannot be made or is not writable
  public static void make(String setting, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InputException(
          "%s: cannot make the folder %s (%s); name another"
              .formatted(setting, folder, reason(folder, e)),
          e);
    }
    if (!Files.isWritable(folder)) {
      throw new InputException(
          "%s: %s is not writable; name another folder".formatted(setting, folder));
    }
  }

  private static String reason(Path folder, IOException problem) {
    if (Files.exists(folder)) {
      return "it is a file";
    }
    return problem instanceof FileSystemException known && known.getReason() != null
        ? known.getReason()
        : "the folder above it does not allow that";
  }
}
