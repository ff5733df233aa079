package org.octolift.engine.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Writes whole files or nothing: into a temporary file beside the target, forced to disk, then
/// renamed. A reader never sees half a file, and a crash leaves the old one.
public final class AtomicFile {
  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.([0-9]{1,18})\\.tmp");

  private AtomicFile() {}

  /// Produces the content of a file.
  @FunctionalInterface
  public interface Content {
    /// Writes everything to {@code out}, which the caller flushes and closes.
    void writeTo(OutputStream out) throws IOException;
  }

  /// Replaces {@code target} by {@code content}; creates the folders above it.
  ///
  /// @throws IOException when writing fails, which names a file; the old one, if any, is then
  ///     untouched
  public static void write(Path target, Content content) throws IOException {
    Path file = target.toAbsolutePath();
    Files.createDirectories(file.getParent());
    Path temporary =
        file.resolveSibling(
            "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      try {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      }
      forceDirectory(file.getParent());
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // A full disk, which does not say whose.
      FileSystemException named = new FileSystemException(target.toString(), null, e.getMessage());
      named.initCause(e);
      throw named;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /// Whether {@code file} is a temporary file of a process that ended while it wrote.
  public static boolean isLeftover(Path file) {
    Matcher name = TEMPORARY.matcher(file.getFileName().toString());
    return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }

  /// Makes the rename itself durable where the platform lets a directory be opened (POSIX).
  private static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not possible on this platform; the file itself is on disk.
      return;
    }
  }
}
