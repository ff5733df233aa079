package org.octolift.apps.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.commands.RoomsCommand;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.report.ClassNames;
import picocli.CommandLine;

class RoomGeneratorTest {
  private static final RoomOptions COARSE = RoomOptions.demo().withResolution(0.08, 20_000);

  @Test
  void sameSeedMakesTheSameBytes() {
    assertThat(checksum(RoomGenerator.generate(3, COARSE)))
        .isEqualTo(checksum(RoomGenerator.generate(3, COARSE)));
    assertThat(checksum(RoomGenerator.generate(3, COARSE)))
        .isNotEqualTo(checksum(RoomGenerator.generate(4, COARSE)));
  }

  @Test
  void pointsNormalsColoursAndLabelsAreValid() {
    for (RoomType type : RoomType.values()) {
      Room room = RoomGenerator.generate(8, COARSE.withTypes(List.of(type)));
      Scan scan = room.scan();
      assertThat(room.type()).isEqualTo(type);
      assertThat(scan.size()).isBetween(3_000, 20_000);
      for (int i = 0; i < scan.size(); i++) {
        assertThat(scan.xyz()[3 * i]).isBetween(-0.5f, 7.5f);
        assertThat(scan.xyz()[3 * i + 1]).isBetween(-0.5f, 7.5f);
        assertThat(scan.xyz()[3 * i + 2]).isBetween(-0.5f, 3.5f);
        double square = 0;
        for (int k = 3 * i; k < 3 * i + 3; k++) {
          square += scan.normals()[k] * scan.normals()[k];
          assertThat(scan.colours()[k])
              .isBetween(0f, 255f)
              .isEqualTo(Math.round(scan.colours()[k]));
        }
        assertThat(square).isCloseTo(1, within(1e-5));
        assertThat(scan.labels()[i]).isBetween(0, 20);
      }
    }
  }

  @Test
  void labelsAreThoseOfScanNet() {
    for (RoomClass kind : RoomClass.values()) {
      assertThat(ClassNames.scanNet20().get(kind.index())).isEqualTo(kind.label());
    }
  }

  @Test
  void everyClassIsSeenWithinSixtyRoomsAndTheTypicalOnesInMostRooms() {
    Map<RoomType, Map<RoomClass, Integer>> seen = new EnumMap<>(RoomType.class);
    RoomClass[] kinds = RoomClass.values();
    Set<RoomClass> all = EnumSet.noneOf(RoomClass.class);
    for (int i = 0; i < 60; i++) {
      Room room = RoomFiles.generate(i, 100, COARSE);
      Set<RoomClass> here = EnumSet.noneOf(RoomClass.class);
      for (int label : room.scan().labels()) {
        here.add(kinds[label]);
      }
      all.addAll(here);
      Map<RoomClass, Integer> counts =
          seen.computeIfAbsent(room.type(), _ -> new EnumMap<>(RoomClass.class));
      here.forEach(kind -> counts.merge(kind, 1, Integer::sum));
    }
    assertThat(all).isEqualTo(EnumSet.allOf(RoomClass.class));
    typical()
        .forEach(
            (type, expected) ->
                expected.forEach(
                    kind ->
                        assertThat(seen.get(type).getOrDefault(kind, 0))
                            .as("%s with %s of 12", type, kind)
                            .isGreaterThanOrEqualTo(8)));
  }

  private static Map<RoomType, Set<RoomClass>> typical() {
    return Map.of(
        RoomType.LIVING_ROOM,
        EnumSet.of(
            RoomClass.WALL,
            RoomClass.FLOOR,
            RoomClass.SOFA,
            RoomClass.TABLE,
            RoomClass.CHAIR,
            RoomClass.CABINET,
            RoomClass.BOOKSHELF,
            RoomClass.PICTURE,
            RoomClass.DOOR,
            RoomClass.WINDOW,
            RoomClass.CURTAIN),
        RoomType.BEDROOM,
        EnumSet.of(
            RoomClass.BED,
            RoomClass.CABINET,
            RoomClass.WINDOW,
            RoomClass.CURTAIN,
            RoomClass.PICTURE,
            RoomClass.DOOR),
        RoomType.KITCHEN,
        EnumSet.of(
            RoomClass.COUNTER,
            RoomClass.SINK,
            RoomClass.CABINET,
            RoomClass.REFRIGERATOR,
            RoomClass.TABLE,
            RoomClass.CHAIR),
        RoomType.OFFICE,
        EnumSet.of(RoomClass.DESK, RoomClass.CHAIR, RoomClass.BOOKSHELF, RoomClass.CABINET),
        RoomType.BATHROOM,
        EnumSet.of(RoomClass.TOILET, RoomClass.SINK, RoomClass.BATHTUB, RoomClass.SHOWER_CURTAIN));
  }

  @Test
  void resolutionAndPointLimitAreKept() {
    Room fine = RoomGenerator.generate(5, RoomOptions.demo());
    Room limited = RoomGenerator.generate(5, RoomOptions.demo().withResolution(0.04, 5_000));
    assertThat(fine.scan().size()).isBetween(15_000, 40_000);
    assertThat(limited.scan().size()).isEqualTo(5_000);
    assertThatThrownBy(() -> RoomOptions.demo().withResolution(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("voxel");
  }

  @Test
  void commandWritesRoomsAndLists(@TempDir Path folder) throws Exception {
    int code =
        new CommandLine(new RoomsCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new java.io.PrintWriter(java.io.Writer.nullWriter()))
            .execute(
                "--out",
                folder.toString(),
                "--count",
                "5",
                "--test",
                "2",
                "--seed",
                "9",
                "--voxel",
                "0.1",
                "--types",
                "kitchen,office");
    assertThat(code).isZero();
    assertThat(Files.readAllLines(folder.resolve("train.txt")))
        .containsExactly("room_0000.ply", "room_0001.ply", "room_0002.ply");
    assertThat(Files.readAllLines(folder.resolve("test.txt")))
        .containsExactly("room_0003.ply", "room_0004.ply");
    Scan read = PlyFile.read(folder.resolve("room_0003.ply"));
    Scan made =
        RoomFiles.generate(
                3,
                9,
                RoomOptions.demo()
                    .withResolution(0.1, 40_000)
                    .withTypes(List.of(RoomType.KITCHEN, RoomType.OFFICE)))
            .scan();
    assertThat(read.xyz()).isEqualTo(made.xyz());
    assertThat(read.normals()).isEqualTo(made.normals());
    assertThat(read.colours()).isEqualTo(made.colours());
    assertThat(read.labels()).isEqualTo(made.labels());
  }

  private static long checksum(Room room) {
    CRC32 crc = new CRC32();
    Scan scan = room.scan();
    ByteBuffer bytes = ByteBuffer.allocate(40 * scan.size());
    for (float[] part : List.of(scan.xyz(), scan.normals(), scan.colours())) {
      for (float value : part) {
        bytes.putFloat(value);
      }
    }
    for (int label : scan.labels()) {
      bytes.putInt(label);
    }
    crc.update(bytes.flip());
    return crc.getValue();
  }
}
