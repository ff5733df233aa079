package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.apps.data.RealFiles;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.geometry.KdTree;
import org.octolift.apps.data.geometry.Neighbours;
import org.octolift.engine.InputException;
import picocli.CommandLine;

class DataCommandTest {
  @TempDir private Path folder;
  private final StringWriter output = new StringWriter();

  /// A camera at the origin sees a wall 2 m away, at the right edge without depth.
  @BeforeEach
  void images() throws IOException {
    BufferedImage colour = new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB);
    BufferedImage depth = new BufferedImage(8, 6, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < 48; i++) {
      colour.setRGB(i % 8, i / 8, i << 16 | 7);
      depth.getRaster().setSample(i % 8, i / 8, 0, i % 8 == 7 ? 0 : 2000);
    }
    for (String frame : new String[] {"1", "2"}) {
      ImageIO.write(
          colour, "png", Files.createDirectories(path("rgb")).resolve(frame + ".png").toFile());
      ImageIO.write(
          depth, "png", Files.createDirectories(path("depth")).resolve(frame + ".png").toFile());
    }
    BufferedImage small = new BufferedImage(4, 6, BufferedImage.TYPE_USHORT_GRAY);
    ImageIO.write(small, "png", path("small.png").toFile());
    ImageIO.write(
        new BufferedImage(8, 6, BufferedImage.TYPE_USHORT_GRAY), "png", path("dark.png").toFile());
    Files.writeString(path("poses.txt"), "0 0 0 0 0 0 1\n0 0 -1 0 0 0 1\n");
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  /// Runs a command line whose words starting with @ are names in the folder.
  private int run(String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.strip().split(" +")) {
      words.add(word.startsWith("@") ? path(word.substring(1)).toString() : word);
    }
    output.getBuffer().setLength(0);
    CommandLine command = new CommandLine(new DataCommand());
    command.setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
    command.setExecutionExceptionHandler(
        (e, cmd, result) -> {
          if (e instanceof InputException) {
            output.append(e.getMessage());
            return 2;
          }
          throw e;
        });
    return command.execute(words.toArray(String[]::new));
  }

  @Test
  void makesACloudOfEachFrame() {
    int code =
        run(
            "rgbd --color @rgb --depth @depth --intrinsics 4,4,3.5,2.5 --poses @poses.txt"
                + " --orient --out @scans --threads 2");
    assertThat(output.toString()).contains("2.ply: 42 points with normals, colours, pixel indices");
    assertThat(code).isZero();
    Scan scan = ScanFiles.read(path("scans/2.ply"));
    assertThat(scan.size()).isEqualTo(42);
    for (int i = 0; i < 42; i++) {
      int pixel = scan.pixels()[i];
      int row = pixel / 8;
      assertThat(pixel % 8).isLessThan(7);
      assertThat(scan.xyz()[3 * i]).isEqualTo((pixel % 8 - 3.5f) / 2);
      assertThat(scan.xyz()[3 * i + 1]).isEqualTo((row - 2.5f) / 2);
      assertThat(scan.xyz()[3 * i + 2]).isEqualTo(1);
      assertThat(scan.colours()[3 * i]).isEqualTo(pixel);
      assertThat(scan.colours()[3 * i + 2]).isEqualTo(7);
    }
  }

  @Test
  void fusesFrames() {
    String line =
        "rgbd --color @rgb --depth @depth/*.png --intrinsics 4,4,3.5,2.5 --poses @poses.txt --fuse";
    assertThat(run(line + " --voxel 0.1 --out @room.npz")).as(output.toString()).isZero();
    Scan scan = ScanFiles.read(path("room.npz"));
    assertThat(scan.size()).isEqualTo(84);
    assertThat(scan.pixels()).isNull();
    assertThat(run(line + " --voxel 50 --out @folder")).isZero();
    assertThat(ScanFiles.read(path("folder/fused.ply")).size()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--depth @depth --intrinsics 4,4,3,2|Missing required option: '--colo",
        "--color @rgb --depth @depth --intrinsics 4,4,3|neither four numbers nor a file",
        "--color @rgb --depth @depth --intrinsics 4,4,3,2 --out @a.ply|there are 2 frames",
        "--color @rgb --depth @depth --intrinsics 4,4,3,2 --out @a.obj|must end in .ply",
        "--color @rgb --depth @depth --intrinsics 4,4,3,2 --fuse|--fuse needs --poses",
        "--color @rgb --depth @depth --intrinsics 4,4,3,2 --depth-scale 0|scale must be positive",
        "--color @rgb --depth @depth --intrinsics 4,4,3,2 --voxel -1|--voxel must be positive",
        "--color @rgb --depth @depth --intrinsics 4,4,3,2 --threads 0|--threads must be 1..256",
        "--color @rgb --depth @depth --intrinsics 4,4,3,2 --depth-encoding raw|expected one of",
        "--color @rgb/1.png --depth @small.png --intrinsics 4,4,3,2|has 4 x 6 pixels",
        "--color @rgb/1.png --depth @dark.png --intrinsics 4,4,3,2|no pixel has depth",
        "--color @rgb/1.png --depth @rgb/1.png --intrinsics 4,4,3,2|expected one channel",
        "--color @rgb/1.png --depth @poses.txt --intrinsics 4,4,3,2|is no PNG, JPEG, PGM or PPM",
      })
  void rgbdSaysWhatIsWrong(String options, String problem) {
    assertThat(run("rgbd " + options)).isEqualTo(2);
    assertThat(output.toString()).contains(problem);
  }

  @Test
  void choosesFramesThatWereLocated() throws IOException {
    Files.createDirectories(path("pose"));
    Files.writeString(path("pose/1.txt"), "1 0 0 5\n0 1 0 0\n0 0 1 0\n0 0 0 1\n");
    Files.writeString(path("pose/2.txt"), "-inf -inf -inf -inf\n".repeat(4));
    String line = "rgbd --color @rgb --depth @depth --intrinsics 4,4,3.5,2.5 --out @some";
    assertThat(run(line + " --poses @pose")).as(output.toString()).isZero();
    assertThat(path("some/2.ply")).doesNotExist();
    assertThat(ScanFiles.read(path("some/1.ply")).xyz()[0]).isEqualTo(5 - 3.5f / 2);
    assertThat(run(line + " --poses @pose --frames 1")).isEqualTo(2);
    assertThat(output.toString()).contains("expected a file NAME.txt for frames such as 2");
    assertThat(run(line + " --frames 1-")).isZero();
    assertThat(path("some/2.ply")).exists();
    assertThat(run(line + " --frames 7")).isEqualTo(2);
    assertThat(output.toString()).contains("7 is none of the 2 frames 0 to 1");
    assertThat(run(line + " --frames 1:2")).isEqualTo(2);
    assertThat(output.toString()).contains("--frames: expected numbers and ranges");
  }

  @Test
  void takesColoursOfAnotherCamera() throws IOException {
    // The colour image has twice the pixels and sees as much: pixel 2x of it is pixel x of depth.
    BufferedImage large = new BufferedImage(16, 12, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 192; i++) {
      large.setRGB(i % 16, i / 16, i << 8);
    }
    ImageIO.write(large, "png", path("large.png").toFile());
    Files.writeString(
        path("scene.txt"),
        """
        axisAlignment = 1 0 0
        colorHeight = 12
        colorWidth = 16
        depthHeight = 6
        depthWidth = 8
        fx_color = 8
        fx_depth = 4.0
        fy_color = 8
        fy_depth = 4
        mx_color = 7
        mx_depth = 3.5
        my_color = 5
        my_depth = 2.5
        """);
    Files.writeString(path("k.txt"), "4 0 3.5 0\n0 4 2.5 0\n0 0 1 0\n0 0 0 1\n");
    String line = "rgbd --color @large.png --depth @depth/1.png --out @x.ply --intrinsics ";
    for (String camera : new String[] {"@scene.txt", "@k.txt"}) {
      assertThat(run(line + camera + " --color-intrinsics @scene.txt"))
          .as(output.toString())
          .isZero();
      Scan scan = ScanFiles.read(path("x.ply"));
      assertThat(scan.size()).isEqualTo(42);
      for (int i = 0; i < 42; i++) {
        int pixel = Math.floorDiv(i, 7) * 32 + i % 7 * 2;
        assertThat(scan.pixels()[i]).isEqualTo(pixel);
        assertThat(scan.colours()[3 * i + 1]).isEqualTo(pixel);
        assertThat(scan.xyz()[3 * i]).isEqualTo((i % 7 - 3.5f) / 2);
      }
    }
    assertThat(run(line + "@scene.txt")).isEqualTo(2);
    assertThat(output.toString()).contains("or give --color-intrinsics");
    Files.writeString(path("scene.txt"), "fx_depth = 4\n");
    assertThat(run(line + "@scene.txt")).isEqualTo(2);
    assertThat(output.toString()).contains("has no line \"fy_depth = NUMBER\"");
    Files.writeString(path("k.txt"), "4 0 3.5 1\n0 4 2.5 0\n0 0 1 0\n0 0 0 1\n");
    assertThat(run(line + "@k.txt")).isEqualTo(2);
    assertThat(output.toString()).contains("the last row and column of a 4x4 matrix");
  }

  @Test
  void converts() {
    assertThat(
            run(
                "rgbd --color @rgb/1.png --depth @depth/1.png --intrinsics 4,4,3,2"
                    + " --depth-encoding linear --edge-filter --depth-scale 100000 --out @a.pcd"))
        .as(output.toString())
        .isZero();
    Scan scan = ScanFiles.read(path("a.pcd"));
    assertThat(run("convert @a.pcd @b.ply --encoding big-endian")).isZero();
    assertThat(ScanFiles.read(path("b.ply")).xyz()).isEqualTo(scan.xyz());
    assertThat(run("convert @b.ply @c.points")).isZero();
    assertThat(output.toString()).contains("no place for pixel indices");
    assertThat(run("convert @c.points @d.ply --encoding compressed")).isEqualTo(2);
    assertThat(output.toString()).contains("choose from [ascii, binary, big-endian]");
    assertThat(run("convert @none.ply @d.ply")).isEqualTo(2);
    assertThat(output.toString()).contains("none.ply");
    assertThat(run("convert @c.points")).isEqualTo(2);
    assertThat(run("")).isEqualTo(2);
    assertThat(output.toString()).contains("rgbd", "convert");
  }

  @Test
  void convertingMapsLabelsAndMakesNormals() throws IOException {
    Files.writeString(
        path("floor.pcd"),
        """
        VERSION .7
        FIELDS x y z label
        SIZE 4 4 4 4
        TYPE F F F U
        COUNT 1 1 1 1
        WIDTH 5
        HEIGHT 1
        POINTS 5
        DATA ascii
        0 0 1 1
        0.05 0 1 9
        0 0.05 1 20
        nan nan nan 0
        0.05 0.05 1 10
        """);
    assertThat(run("convert @floor.pcd @a.ply --normals --map-labels 1-9:1,20-:2,*:3")).isZero();
    Scan scan = ScanFiles.read(path("a.ply"));
    assertThat(scan.labels()).containsExactly(1, 1, 2, 3);
    assertThat(scan.normals()).containsExactly(0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1);
    assertThat(run("convert @a.ply @b.ply --viewpoint 0,0,0")).isZero();
    assertThat(ScanFiles.read(path("b.ply")).normals()).startsWith(-0f, -0f, -1, -0f, -0f, -1);

    assertThat(run("convert @floor.pcd @c.ply --map-labels 1-9:1,20-:2")).isEqualTo(2);
    assertThat(output.toString()).contains("point 3 has label 10, which", "add a rule");
    assertThat(run("convert @floor.pcd @c.ply --normals --keep-invalid")).isEqualTo(2);
    assertThat(output.toString()).contains("--normals: needs finite points");
    assertThat(run("convert @floor.pcd @c.ply --viewpoint 0,0,0")).isEqualTo(2);
    assertThat(output.toString()).contains("has no normals to turn");
    for (String place : new String[] {"0,0", "0,0,x", "0,0,NaN"}) {
      assertThat(run("convert @floor.pcd @c.ply --viewpoint " + place)).isEqualTo(2);
      assertThat(output.toString()).contains("--viewpoint: expected three numbers");
    }
    assertThat(path("c.ply")).doesNotExist();
  }

  @Test
  void realFramesAgreeWithEachOther() throws IOException {
    // Two views of one room, by their poses: most of the second lies on the first.
    Path root = RealFiles.find("real/open3d-testdata/RGBD/trajectory.log").getParent();
    Path camera = RealFiles.find("real/open3d-testdata/camera_primesense.json");
    List<String> poses = Files.readAllLines(root.resolve("trajectory.log"));
    poses.subList(5, 20).clear();
    Files.write(path("two.log"), poses);
    String line =
        "rgbd --color R/color/00000.jpg R/color/00004.jpg --depth R/depth/00000.png"
            + " R/depth/00004.png --intrinsics C --poses @two.log --out @o";
    assertThat(run(line.replace("R/", root + "/").replace(" C ", " " + camera + " ")))
        .as(output.toString())
        .isZero();
    Scan first = ScanFiles.read(path("o/00000.ply"));
    Scan last = ScanFiles.read(path("o/00004.ply"));
    KdTree tree = new KdTree(first.xyz());
    Neighbours found = new Neighbours(1);
    int near = 0;
    int asked = 0;
    for (int i = 0; i < last.size(); i += 101) {
      float[] p = Arrays.copyOfRange(last.xyz(), 3 * i, 3 * i + 3);
      tree.search(p[0], p[1], p[2], 0.02, found);
      near += found.size();
      asked++;
    }
    assertThat(near).isGreaterThan(asked * 8 / 10);
  }
}
