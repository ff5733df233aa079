package org.octolift.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {
  @TempDir private Path folder;

  @Test
  void writesFoldersAndReplaces() throws IOException {
    Path file = folder.resolve("a/b/file.txt");
    AtomicFile.write(file, out -> out.write('1'));
    AtomicFile.write(file, out -> out.write('2'));
    assertThat(file).hasContent("2");
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void whatBreaksOffLeavesTheOldFileAndIsNamed() throws IOException {
    Path file = folder.resolve("file.txt");
    AtomicFile.write(file, out -> out.write('1'));
    IOException full = new IOException("No space left on device");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw full;
                    }))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(file + ": No space left on device")
        .hasCause(full);
    assertThat(file).hasContent("1");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void leftoversAreThoseOfProcessesThatEnded() {
    assertThat(AtomicFile.isLeftover(folder.resolve(".file.txt.999999999999.tmp"))).isTrue();
    long self = ProcessHandle.current().pid();
    assertThat(AtomicFile.isLeftover(folder.resolve(".file.txt." + self + ".tmp"))).isFalse();
    assertThat(AtomicFile.isLeftover(folder.resolve("file.txt.999999999999.tmp"))).isFalse();
  }
}
