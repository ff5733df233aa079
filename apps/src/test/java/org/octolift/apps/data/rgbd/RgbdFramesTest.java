package org.octolift.apps.data.rgbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;

class RgbdFramesTest {
  @TempDir private Path folder;
  private String rgb;
  private String depth;

  @BeforeEach
  void folders() throws IOException {
    rgb = Files.createDirectory(folder.resolve("rgb")).toString();
    depth = Files.createDirectory(folder.resolve("depth")).toString();
  }

  private static void touch(String folder, String... names) throws IOException {
    for (String name : names) {
      Files.createFile(Path.of(folder, name));
    }
  }

  private static List<String> depthNames(List<RgbdFrame> frames) {
    return frames.stream().map(frame -> frame.depth().getFileName().toString()).toList();
  }

  private static Pose pose(double x, double time) {
    return new Pose(Pose.IDENTITY.rotation(), new double[] {x, 0, 0}, time);
  }

  @Test
  void numbersInNamesCountByValue() throws IOException {
    touch(rgb, "f10.jpg", "f9.JPG", "f009b.jpg", "notes.txt");
    touch(depth, "10.png", "9.png", "11.pgm");
    List<RgbdFrame> frames = RgbdFrames.find(List.of(rgb), List.of(depth), List.of());
    assertThat(frames).extracting(RgbdFrame::name).containsExactly("f9", "f009b", "f10");
    assertThat(depthNames(frames)).containsExactly("9.png", "10.png", "11.pgm");
    assertThat(frames).extracting(RgbdFrame::pose).containsOnly(Pose.IDENTITY);
  }

  @Test
  void equalNamesGoTogetherInWhateverFolders() throws IOException {
    touch(rgb, "a.png", "b.png");
    touch(depth, "b.png");
    String other = Files.createDirectory(folder.resolve("zz")).toString();
    touch(other, "a.png");
    List<RgbdFrame> frames =
        RgbdFrames.find(List.of(rgb + "/*.png"), List.of(depth, other + "/a.png"), List.of());
    assertThat(depthNames(frames)).containsExactly("a.png", "b.png");
  }

  @Test
  void posesGoByOrderOrTime() throws IOException {
    touch(rgb, "1.00.png", "2.00.png");
    touch(depth, "1.01.png", "2.01.png");
    List<Pose> byOrder = List.of(pose(5, Double.NaN), pose(6, Double.NaN));
    assertThat(RgbdFrames.find(List.of(rgb), List.of(depth), byOrder))
        .extracting(frame -> frame.pose().translation()[0])
        .containsExactly(5.0, 6.0);
    List<Pose> byTime = List.of(pose(7, 0.5), pose(8, 2.01), pose(9, 0.999), pose(10, 1.1));
    assertThat(RgbdFrames.find(List.of(rgb), List.of(depth), byTime))
        .extracting(frame -> frame.pose().translation()[0])
        .containsExactly(9.0, 8.0);
    assertThatThrownBy(() -> RgbdFrames.find(List.of(rgb), List.of(depth), byTime.subList(0, 1)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no pose within");
    assertThatThrownBy(() -> RgbdFrames.find(List.of(rgb), List.of(depth), byOrder.subList(0, 1)))
        .hasMessageContaining("2 frames but 1 poses");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    touch(rgb, "a.png", "b.png");
    assertThatThrownBy(() -> RgbdFrames.find(List.of(rgb), List.of(depth), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no depth images found");
    touch(depth, "a.png");
    assertThatThrownBy(() -> RgbdFrames.find(List.of(rgb), List.of(depth), List.of()))
        .hasMessageContaining("2 colour images but 1 depth images");
    assertThatThrownBy(() -> RgbdFrames.find(List.of(rgb + "/c.png"), List.of(depth), List.of()))
        .hasMessageContaining("no such colour image");
    assertThatThrownBy(
            () -> RgbdFrames.find(List.of(folder + "/*/a.png"), List.of(depth), List.of()))
        .hasMessageContaining("patterns may stand in file names only");
    assertThatThrownBy(() -> RgbdFrames.find(List.of(rgb + "/[a"), List.of(depth), List.of()))
        .hasMessageContaining("malformed");
    assertThatThrownBy(
            () ->
                RgbdFrames.find(
                    List.of(rgb + "/a.png", rgb + "/a.png"),
                    List.of(depth + "/a.png", depth + "/a.png"),
                    List.of()))
        .hasMessageContaining("second frame of the name a");
  }
}
