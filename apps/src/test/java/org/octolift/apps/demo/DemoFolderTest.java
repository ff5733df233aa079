package org.octolift.apps.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFolderTest {
  private static final Map<String, ?> SETTINGS = Map.of("rooms", 4L, "seed", 1L);

  @TempDir private Path out;

  /// A folder whose demo came this far and left a file.
  private Path left(DemoFolder.Stage stage) throws Exception {
    DemoFolder folder = DemoFolder.open(out, SETTINGS);
    folder.reached(stage);
    Path room = Files.createDirectories(folder.rooms()).resolve("room_0000.ply");
    Files.writeString(room, "ply");
    return room;
  }

  @Test
  void goesOnAfterTheRooms() throws Exception {
    Path room = left(DemoFolder.Stage.ROOMS);
    assertThat(DemoFolder.open(out, SETTINGS).stage()).isEqualTo(DemoFolder.Stage.ROOMS);
    assertThat(room).exists();
  }

  @Test
  void startsAfreshWhenFinished() throws Exception {
    Path room = left(DemoFolder.Stage.REPORT);
    assertThat(DemoFolder.open(out, SETTINGS).stage()).isEqualTo(DemoFolder.Stage.BEGUN);
    assertThat(room).doesNotExist();
  }

  @Test
  void startsAfreshWhenRoomsAreIncomplete() throws Exception {
    Path room = left(DemoFolder.Stage.BEGUN);
    assertThat(DemoFolder.open(out, SETTINGS).stage()).isEqualTo(DemoFolder.Stage.BEGUN);
    assertThat(room).doesNotExist();
  }

  @Test
  void startsAfreshWithOtherSettings() throws Exception {
    Path room = left(DemoFolder.Stage.ROOMS);
    DemoFolder folder = DemoFolder.open(out, Map.of("rooms", 4L, "seed", 2L));
    assertThat(folder.stage()).isEqualTo(DemoFolder.Stage.BEGUN);
    assertThat(room).doesNotExist();
  }
}
