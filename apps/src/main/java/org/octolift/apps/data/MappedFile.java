package org.octolift.apps.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.function.Function;
import org.octolift.engine.InputException;
import org.octolift.engine.io.InputFile;

/// Reads the user's files by mapping them into memory, so that a parser can check what a header
/// announces against the true length before it allocates anything.
public final class MappedFile {
  private MappedFile() {}

  /// Maps {@code file}, hands its bytes to {@code parser} and unmaps it; the bytes must not be
  /// used afterwards.
  ///
  /// @throws InputException when the file is missing, a folder, unreadable or empty
  public static <T> T parse(Path file, Function<MemorySegment, T> parser) {
    try (FileChannel channel = InputFile.open(file);
        Arena arena = Arena.ofConfined()) {
      long size = channel.size();
      if (size == 0) {
        throw InputException.in(file, "is empty");
      }
      return parser.apply(channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /// The text of a file of at most {@code maxBytes}; bytes that are no UTF-8 are replaced.
  ///
  /// @throws InputException when the file is longer, missing, a folder or unreadable
  public static String text(Path file, int maxBytes) {
    try {
      return new String(InputFile.bytes(file, maxBytes), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static InputException unreadable(Path file, IOException e) {
    return new InputException(file + ": cannot be read: " + e.getMessage(), e);
  }

  static InputException unwritable(Path file, IOException e) {
    String reason =
        e instanceof FileSystemException named && named.getReason() != null
            ? named.getReason()
            : e.getMessage();
    return new InputException(file + ": cannot be written: " + reason, e);
  }
}
