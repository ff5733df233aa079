package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;

class FileListTest {
  @TempDir Path directory;
  private Path list;

  @BeforeEach
  void makeFiles() throws IOException {
    list = directory.resolve("list.txt");
    Files.createDirectories(directory.resolve("scans/sub"));
    Files.createFile(directory.resolve("scans/a.ply"));
    Files.createFile(directory.resolve("scans/sub/b.ply"));
  }

  private FileList read(String text) throws IOException {
    Files.writeString(list, text);
    return FileList.read(list, directory.resolve("scans"));
  }

  private void assertRefused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("list.txt")
        .hasMessageContaining(message);
  }

  @Test
  void linesMayBeBlankAndEndInAnyWay() throws IOException {
    FileList files = read("\r\na.ply\r\n\n  sub/b.ply \t 7\n\na.ply -1");
    assertThat(files.entries())
        .containsExactly(
            new FileList.Entry(directory.resolve("scans/a.ply"), 0, 2),
            new FileList.Entry(directory.resolve("scans/sub/b.ply"), 7, 4),
            new FileList.Entry(directory.resolve("scans/a.ply"), -1, 6));
    assertThat(files.entries().get(1).name()).isEqualTo("b.ply");
  }

  @Test
  void faultsNameTheLine() {
    assertRefused("a.ply\n\nc.ply 1\n", "line 3: there is no file");
    assertRefused("a.ply x\n", "line 1: expected a whole number as label, got \"x\"");
    assertRefused("a.ply 1 2\n", "line 1: expected \"file [label]\"");
    assertRefused("sub\n", "line 1: there is no file");
    assertRefused(" \n\r\n", "has no lines");
    assertThatThrownBy(() -> FileList.read(directory.resolve("none.txt"), directory))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.txt: there is no such list");
  }

  @Test
  void binaryListsAreRefused() throws IOException {
    Files.write(list, new byte[] {(byte) 0xFF, 0, (byte) 0xC0});
    assertThatThrownBy(() -> FileList.read(list, directory))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void scansAreReadAgainUnlessTheyAreKept() throws IOException {
    FileList files = read("a.ply\nsub/b.ply\n");
    AtomicInteger reads = new AtomicInteger();
    Function<Path, Scan> reader =
        file -> {
          reads.incrementAndGet();
          return new Scan(file.toString(), new float[3], null, null, null, null);
        };
    Dataset dataset = new Dataset(files, reader, false);
    assertThat(dataset.size()).isEqualTo(2);
    assertThat(dataset.scan(1).source()).endsWith("b.ply");
    assertThat(dataset.scan(1)).isNotSameAs(dataset.scan(1));
    assertThat(reads).hasValue(3);
    Dataset kept = new Dataset(files, reader, true);
    assertThat(kept.scan(0)).isSameAs(kept.scan(0));
    assertThat(reads).hasValue(4);
  }

  @Test
  void scansThatAreNotFiniteAreRefused() throws IOException {
    Function<Path, Scan> reader =
        file -> new Scan(file.toString(), new float[] {0, Float.NaN, 0}, null, null, null, null);
    Dataset dataset = new Dataset(read("a.ply\n"), reader, true);
    assertThatThrownBy(() -> dataset.scan(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a.ply");
  }
}
