package org.octolift.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.transfer.TransferFolder;

class DemoFolderTest {
  private static final Map<String, ?> SETTINGS = Map.of("rooms", 4L, "seed", 1L);

  @TempDir private Path out;

  private DemoFolder open(Map<String, ?> settings) throws Exception {
    return DemoFolder.open(new TransferFolder(out), settings);
  }

  /// A room in the folder of a demo.
  private Path room() throws Exception {
    Path rooms = Files.createDirectories(new TransferFolder(out).rooms());
    return Files.writeString(rooms.resolve("room_0000.ply"), "ply");
  }

  @Test
  void goesOnWhenBrokenOff() throws Exception {
    assertThat(open(SETTINGS).goesOn()).isFalse();
    Path room = room();
    assertThat(open(SETTINGS).goesOn()).isTrue();
    assertThat(room).exists();
  }

  @Test
  void startsAfreshWhenFinished() throws Exception {
    DemoFolder folder = open(SETTINGS);
    Path room = room();
    Files.writeString(folder.report(), "page");
    folder.finish();
    assertThat(open(SETTINGS).goesOn()).isFalse();
    assertThat(room).doesNotExist();
    assertThat(folder.report()).doesNotExist();
  }

  @Test
  void startsAfreshWithOtherSettings() throws Exception {
    open(SETTINGS);
    Path room = room();
    assertThat(open(Map.of("rooms", 4L, "seed", 2L)).goesOn()).isFalse();
    assertThat(room).doesNotExist();
  }
}
