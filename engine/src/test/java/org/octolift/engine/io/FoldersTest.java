package org.octolift.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;

class FoldersTest {
  @TempDir private Path folder;

  @Test
  void makesFoldersAndLeavesThemAlone() throws IOException {
    Path deep = folder.resolve("a/b");
    Folders.make("--out", deep);
    Files.writeString(deep.resolve("file"), "kept");
    Folders.make("--out", deep);
    assertThat(deep.resolve("file")).hasContent("kept");
  }

  @Test
  void filesAreInTheWay() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> Folders.make("--out", file))
        .withMessage("--out: cannot make the folder %s (it is a file); name another", file);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> Folders.make("--out", file.resolve("below")))
        .withMessageStartingWith("--out: cannot make the folder " + file.resolve("below"));
  }
}
