package org.octolift.apps.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;
import org.octolift.engine.InputException;

/// Opens the user's files: mapped into memory rather than read, so that a parser can check what a
/// header announces against the true length before it allocates anything.
public final class InputFile {
  private InputFile() {}

  /// Maps {@code file}, hands its bytes to {@code parser} and unmaps it; the bytes must not be
  /// used afterwards.
  ///
  /// @throws InputException when the file is missing, a folder, unreadable or empty
  public static <T> T parse(Path file, Function<MemorySegment, T> parser) {
    requireFile(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
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

  /// The text of a small file; bytes that are no UTF-8 are replaced.
  ///
  /// @throws InputException as [#parse], and when the file is longer than {@code maxBytes}
  public static String text(Path file, int maxBytes) {
    return parse(
        file,
        bytes -> {
          if (bytes.byteSize() > maxBytes) {
            throw InputException.in(
                file,
                "expected a text file of at most %,d bytes, has %,d"
                    .formatted(maxBytes, bytes.byteSize()));
          }
          byte[] content = bytes.toArray(ValueLayout.JAVA_BYTE);
          return new String(content, StandardCharsets.UTF_8);
        });
  }

  /// Checks that {@code file} exists and is no folder.
  ///
  /// @throws InputException otherwise
  public static void requireFile(Path file) {
    if (!Files.exists(file)) {
      throw InputException.in(file, "does not exist; check the path");
    }
    if (Files.isDirectory(file)) {
      throw InputException.in(file, "is a folder, expected a file");
    }
  }

  static InputException unreadable(Path file, IOException e) {
    return new InputException(file + ": cannot be read: " + e.getMessage(), e);
  }

  static InputException unwritable(Path file, IOException e) {
    return new InputException(file + ": cannot be written: " + e.getMessage(), e);
  }
}
