package org.octolift.engine.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.octolift.engine.InputException;

/// Opens the user's files so that a missing one is the user's error and not a stack trace.
public final class InputFile {
  private InputFile() {}

  /// Opens a regular file for reading; the caller closes the channel.
  ///
  /// @throws InputException when there is no such file, or it is a folder or not readable
  public static FileChannel open(Path file) throws IOException {
    check(file);
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /// Length of a regular, readable file in bytes.
  ///
  /// @throws InputException when there is no such file, or it is a folder or not readable
  public static long length(Path file) throws IOException {
    check(file);
    return Files.size(file);
  }

  /// The whole of a file that must not exceed {@code limit} bytes.
  ///
  /// @throws InputException when it is longer, missing, a folder or not readable
  public static byte[] bytes(Path file, int limit) throws IOException {
    long length = length(file);
    if (length > limit) {
      throw InputException.in(file, "expected at most %d bytes, found %d".formatted(limit, length));
    }
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": no such file", e);
    }
  }

  private static void check(Path file) {
    if (!Files.exists(file)) {
      throw InputException.in(file, "no such file");
    }
    if (Files.isDirectory(file)) {
      throw InputException.in(file, "expected a file, found a folder");
    }
    if (!Files.isReadable(file)) {
      throw InputException.in(file, "not readable; check its permissions");
    }
  }
}
