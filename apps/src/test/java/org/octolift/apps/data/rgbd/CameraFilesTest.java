package org.octolift.apps.data.rgbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.apps.data.RealFiles;
import org.octolift.engine.InputException;

class CameraFilesTest {
  private static final PinholeCamera CAMERA = new PinholeCamera(525, 526, 319.5, 239.5, 0, 0);

  @TempDir private Path folder;

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("camera.txt"), content);
  }

  @Test
  void readsIntrinsicsInAllForms() throws IOException {
    assertThat(PinholeCamera.parse("525,526,319.5,239.5")).isEqualTo(CAMERA);
    assertThat(PinholeCamera.parse("525 526  319.5 239.5")).isEqualTo(CAMERA);
    assertThat(PinholeCamera.parse(write("525 526 319.5 239.5\n").toString())).isEqualTo(CAMERA);
    Path matrix = write("525 0 319.5\n0 526 239.5\n0 0 1\n");
    assertThat(PinholeCamera.parse(matrix.toString())).isEqualTo(CAMERA);
    String json =
        "{\"width\": 640, \"height\": 480, \"intrinsic_matrix\": "
            + "[525, 0, 0, 0, 526, 0, 319.5, 239.5, 1]}";
    PinholeCamera sized = new PinholeCamera(525, 526, 319.5, 239.5, 640, 480);
    assertThat(PinholeCamera.parse(write(json).toString())).isEqualTo(sized);
    Path view = write("{\"intrinsic\": " + json + ", \"extrinsic\": []}");
    assertThat(PinholeCamera.parse(view.toString())).isEqualTo(sized);
  }

  @Test
  void readsRealIntrinsics() {
    Path file = RealFiles.find("real/open3d-testdata/camera_primesense.json");
    assertThat(PinholeCamera.parse(file.toString()))
        .isEqualTo(new PinholeCamera(525, 525, 319.5, 239.5, 640, 480));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "525,525,319.5",
        "a,b,c,d",
        "0,525,1,1",
        "525,-1,1,1",
        "525,525,NaN,1",
        "none.json",
        "\0"
      })
  void refusesOtherIntrinsics(String text) {
    assertThatThrownBy(() -> PinholeCamera.parse(text))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("intrinsics");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 2 3", "525 1 319.5 0 526 239.5 0 0 1", "{\"a\": 1}", "{\"intrinsic_matrix\": [1]}",
        "{\"intrinsic_matrix\": [1,2,3,4,5,6,7,8,\"9\"]}", "{", "{\"intrinsic_matrix\": 3}", ""
      })
  void refusesOtherFiles(String content) throws IOException {
    Path file = write(content);
    assertThatThrownBy(() -> PinholeCamera.parse(file.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("camera.txt");
  }

  @Test
  void readsPosesInAllForms() throws IOException {
    // A quarter turn about z, then to (1, 2, 3): camera x becomes world y.
    double h = Math.sqrt(0.5);
    String matrix = "0 -1 0 1\n1 0 0 2\n0 0 1 3\n0 0 0 1\n";
    for (String content :
        List.of(
            "# x y z qx qy qz qw\n1 2 3 0 0 " + h + " " + h,
            "# TUM\r\n12.5 1 2 3 0 0 " + -h + " " + -h + "\r\n",
            matrix,
            "\n" + matrix.replace("\n", "\n\n"),
            "0\t0\t1\n" + matrix)) {
      for (String twice : List.of(content, content + "\n" + content)) {
        List<Pose> poses = PoseFile.read(write(twice));
        assertThat(poses).hasSize(twice.equals(content) ? 1 : 2);
        Pose pose = poses.getLast();
        assertThat(pose.toWorld(0, 5, 7, 9)).isCloseTo(-6, within(1e-12));
        assertThat(pose.toWorld(1, 5, 7, 9)).isCloseTo(7, within(1e-12));
        assertThat(pose.toWorld(2, 5, 7, 9)).isCloseTo(12, within(1e-12));
        assertThat(Double.isNaN(pose.time())).isEqualTo(!content.contains("TUM"));
      }
    }
  }

  @Test
  void readsRealPoses() {
    assertThat(PoseFile.read(RealFiles.find("real/slambook2-rgbd/ch5/rgbd/pose.txt"))).hasSize(5);
    String folder = "real/open3d-testdata/RGBD/";
    assertThat(PoseFile.read(RealFiles.find(folder + "trajectory.log"))).hasSize(5);
    assertThat(PoseFile.read(RealFiles.find(folder + "odometry.log"))).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "# nothing|holds no poses",
        "1 2 3 4 5|5 numbers",
        "1 2 3 0 0 0 x|\"x\" is no number",
        "1 2 3 0 0 0 0|line 1: the quaternion must have length 1",
        "1 2 3 0 0 0 NaN|quaternion",
        "NaN 2 3 0 0 0 1|translation is not finite",
        "1 2 3 0 0 0 1/1 2 3 0 0 0|line 2: expected 7 numbers, found 6",
        "1 0 0 0/0 1 0 0/0 0 1 0|ends in the middle",
        "1 0 0 0/0 1 0 0/0 0 1 0/0 0 1 1|last row",
        "2 0 0 0/0 1 0 0/0 0 1 0/0 0 0 1|no rotation",
        "-1 0 0 0/0 1 0 0/0 0 1 0/0 0 0 1|reflection",
        "0 0 1/1 0 0/0 1 0 0|expected 4 numbers, found 3",
      })
  void namesWhatIsWrongWithPoses(String content, String problem) throws IOException {
    Path file = write(content.replace('/', '\n'));
    assertThatThrownBy(() -> PoseFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(problem);
  }

  @Test
  void decodesDepth() {
    assertThat(DepthEncoding.LINEAR.metres('\u03e8', 1000)).isEqualTo(1);
    char rotated = (char) (1234 << 3);
    assertThat(DepthEncoding.SUN.metres(rotated, 1000)).isEqualTo(1.234);
    assertThat(DepthEncoding.SUN.metres('\7', 1000)).isEqualTo(7 * 8.192);
    assertThat(DepthEncoding.NYU.metres(Character.reverseBytes((char) 741), 1))
        .isCloseTo(351.3 / 351.5, within(1e-12));
    assertThat(DepthEncoding.NYU.metres(Character.reverseBytes((char) 2047), 1)).isZero();
    assertThat(DepthEncoding.NYU.metres(Character.reverseBytes((char) 1100), 1)).isZero();
  }
}
