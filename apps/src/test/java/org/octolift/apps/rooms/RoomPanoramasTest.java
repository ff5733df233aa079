package org.octolift.apps.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.GreyImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.engine.cpu.Workers;

class RoomPanoramasTest {
  private static final RoomOptions OPTIONS =
      RoomOptions.demo().withTypes(List.of(RoomType.BEDROOM, RoomType.OFFICE));

  @TempDir private Path folder;

  private void write(Path to, int threads) throws IOException {
    RoomPanoramas.write(to, 3, 2, 24, true, 70, OPTIONS, threads, _ -> {});
  }

  /// Back-projection, with its own formulas, puts floors on the floor and walls around the room.
  @Test
  void pointsLieOnTheSurfacesOfTheRoom() {
    RoomOptions exact = OPTIONS.withNoise(0);
    Room room = RoomGenerator.generate(70, exact.withResolution(0.3, 10));
    View view = RoomGenerator.panoramas(70, exact, 1, 96).getFirst();
    Scan cloud;
    try (Workers workers = new Workers(2)) {
      cloud = RoomPanoramas.cloud(view, workers);
    }
    int floor = 0;
    int wall = 0;
    for (int i = 0; i < cloud.size(); i++) {
      float x = cloud.xyz()[3 * i];
      float y = cloud.xyz()[3 * i + 1];
      float z = cloud.xyz()[3 * i + 2];
      int pixel = cloud.pixels()[i];
      int label = view.labels()[pixel];
      double up = view.normals()[3 * pixel + 2];
      if (label == RoomClass.FLOOR.index()) {
        floor++;
        assertThat(z).isCloseTo(0, within(1e-3f));
      } else if (label == RoomClass.WALL.index() && Math.abs(up) < 1e-6) {
        wall++;
        double fromX = Math.min(Math.abs(x), Math.abs(x - room.scene().width()));
        double fromY = Math.min(Math.abs(y), Math.abs(y - room.scene().depth()));
        assertThat(Math.min(fromX, fromY)).isLessThan(0.1);
      }
      for (int c = 0; c < 3; c++) {
        assertThat(cloud.colours()[3 * i + c]).isCloseTo(view.rgb()[3 * pixel + c], within(0.5f));
      }
    }
    assertThat(floor).isGreaterThan(1000);
    assertThat(wall).isGreaterThan(1000);
  }

  @Test
  void normalsAreTheSurfacesAndFaceTheCamera() {
    View view = RoomGenerator.panoramas(70, OPTIONS.withNoise(0), 1, 96).getFirst();
    Scan cloud;
    try (Workers workers = new Workers(1)) {
      cloud = RoomPanoramas.cloud(view, workers);
    }
    int like = 0;
    for (int i = 0; i < cloud.size(); i++) {
      double facing = 0;
      double same = 0;
      for (int c = 0; c < 3; c++) {
        float normal = cloud.normals()[3 * i + c];
        facing += normal * (view.from().eye(c) - cloud.xyz()[3 * i + c]);
        same += normal * view.normals()[3 * cloud.pixels()[i] + c];
      }
      assertThat(facing).isGreaterThan(-1e-4);
      like += same > 0.9 ? 1 : 0;
    }
    assertThat((double) like / cloud.size()).isGreaterThan(0.75);
  }

  /// Colours and labels are everywhere, depth is not: a sensor loses some.
  @Test
  void sensorLosesDepthButNoColours() {
    View view = RoomGenerator.panoramas(70, OPTIONS, 1, 48).getFirst();
    int seen = 0;
    int lost = 0;
    for (int pixel = 0; pixel < view.labels().length; pixel++) {
      if (view.labels()[pixel] > 0) {
        seen++;
        lost += view.depth()[pixel] == 0 ? 1 : 0;
        assertThat(view.rgb()[3 * pixel] + view.rgb()[3 * pixel + 1] + view.rgb()[3 * pixel + 2])
            .isPositive();
      }
    }
    assertThat((double) lost / seen).isBetween(0.02, 0.5);
  }

  @Test
  void filesDoNotDependOnThreadsAndBelongTogether() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    write(one, 1);
    write(two, 2);
    try (Stream<Path> files = Files.list(one)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(6 * 4 + 2);
      for (Path file : all) {
        assertThat(two.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
    List<String> scans = Files.readAllLines(one.resolve("train.txt"));
    List<String> images = Files.readAllLines(one.resolve("train_img.txt"));
    assertThat(scans).hasSize(6).doesNotHaveDuplicates().contains("room_0002_1.ply");
    for (int i = 0; i < scans.size(); i++) {
      assertThat(images.get(i)).isEqualTo(scans.get(i).replace(".ply", ".png"));
      Path image = one.resolve(images.get(i));
      ColourImage colours = ImageFiles.readColour(image);
      GreyImage depth = ImageFiles.readGrey(RoomPanoramas.depth(image));
      GreyImage labels = ImageFiles.readGrey(RoomPanoramas.labels(image));
      Scan scan = PlyFile.read(one.resolve(scans.get(i)));
      assertThat(scan.labels()).isNull();
      for (int p = 0; p < scan.size(); p++) {
        int pixel = scan.pixels()[p];
        assertThat(scan.colours()[3 * p]).isEqualTo(colours.channel(pixel, 0));
        assertThat((int) depth.values()[pixel]).isPositive();
        assertThat((int) labels.values()[pixel]).isLessThanOrEqualTo(20);
      }
    }
  }
}
