package org.octolift.apps.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Console;
import org.octolift.apps.Main;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.prepare.ScanNetFolder.Sheet;
import org.octolift.engine.io.Npy;

class ScanNetPreparationTest {
  private static final Sheet SMALL = Sheet.of(4, 3, 0.5, 1, 2);
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir private Path root;
  private Path input;
  private Path output;
  private ScanNetFolder folder;

  @BeforeEach
  void folders() {
    input = root.resolve("in");
    output = root.resolve("out");
    folder = new ScanNetFolder(input);
  }

  private Console.Result run(String... more) {
    String[] words =
        new String[] {
          "data", "scannet", "--path-in", input.toString(), "--path-out", output.toString()
        };
    String[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return Console.run(all);
  }

  private static int[] ids(int count) {
    return IntStream.range(0, count).map(i -> 2 * i).toArray();
  }

  @Test
  void makesPointsOfMeshes() throws IOException {
    int[] ids = ids(SMALL.size());
    folder.mesh("scans", "scene0001_00", SMALL);
    folder.labels("scans", "scene0001_00", SMALL, ids);
    folder.mesh("scans_test", "scene0707_00", SMALL);
    Console.Result result = run();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("2 prepared, 0 already there, 0 failed");
    assertThat(result.code()).isZero();

    Path file = output.resolve("train/scene0001_00.ply");
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
        .startsWith(
            """
            ply
            format binary_little_endian 1.0
            element vertex 20
            property float x
            property float y
            property float z
            property float nx
            property float ny
            property float nz
            property uchar red
            property uchar green
            property uchar blue
            property uchar label
            end_header
            """);
    Scan scan = PlyFile.read(file);
    assertThat(scan.xyz()).isEqualTo(SMALL.xyz());
    assertThat(scan.colours()).startsWith(0, 0, 7, 1, 0, 7, 2, 0, 7);
    assertThat(scan.normals()).usingComparatorWithPrecision(1e-5f).containsExactly(normals(SMALL));
    // Of 0, 2, 4 ... 38 the benchmark has classes for some; 14 is class 13 and so on.
    assertThat(scan.labels())
        .containsExactly(0, 2, 4, 6, 8, 10, 12, 13, 14, 0, 0, 0, 15, 0, 16, 0, 0, 18, 19, 0);
    assertThat(Files.readAllLines(output.resolve("train/scene0001_00.txt")))
        .containsExactlyElementsOf(Arrays.stream(ids).mapToObj(Integer::toString).toList());

    assertThat(PlyFile.read(output.resolve("test/scene0707_00.ply")).labels())
        .isEqualTo(new int[20]);
    assertThat(output.resolve("test/scene0707_00.txt")).doesNotExist();
  }

  /// The definition, in double precision.
  private static float[] normals(Sheet sheet) {
    double[] sums = new double[sheet.xyz().length];
    for (int f = 0; f < sheet.triangles().length; f += 3) {
      double[][] corner = new double[3][3];
      for (int i = 0; i < 9; i++) {
        corner[i / 3][i % 3] = sheet.xyz()[3 * sheet.triangles()[f + i / 3] + i % 3];
      }
      for (int c = 0; c < 3; c++) {
        int d = (c + 1) % 3;
        int e = (c + 2) % 3;
        double normal =
            (corner[1][d] - corner[0][d]) * (corner[2][e] - corner[0][e])
                - (corner[1][e] - corner[0][e]) * (corner[2][d] - corner[0][d]);
        for (int i = 0; i < 3; i++) {
          sums[3 * sheet.triangles()[f + i] + c] += normal;
        }
      }
    }
    float[] normals = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      int at = i / 3 * 3;
      double squares =
          sums[at] * sums[at] + sums[at + 1] * sums[at + 1] + sums[at + 2] * sums[at + 2];
      normals[i] = (float) (sums[i] / Math.sqrt(squares));
    }
    return normals;
  }

  @Test
  void goesOnWhereItStopped() throws IOException {
    for (String scene : new String[] {"scene0001_00", "scene0002_00", "scene0003_00"}) {
      folder.mesh("scans_test", scene, SMALL);
    }
    assertThat(run().out()).contains("3 prepared, 0 already there, 0 failed");
    assertThat(run().out()).contains("0 prepared, 3 already there, 0 failed");
    Files.delete(output.resolve("test/scene0002_00.ply"));
    // What a killed process left.
    Path leftover = output.resolve("test/.scene0002_00.ply.999999999.tmp");
    Files.writeString(leftover, "half");
    assertThat(run().out()).contains("1 prepared, 2 already there, 0 failed");
    assertThat(leftover).doesNotExist();
    Files.setLastModifiedTime(
        folder.file("scans_test", "scene0003_00", "_vh_clean_2.ply"),
        FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(run().out()).contains("1 prepared, 2 already there, 0 failed");
    assertThat(run("--overwrite").out()).contains("3 prepared, 0 already there, 0 failed");

    Files.setLastModifiedTime(
        folder.file("scans_test", "scene0003_00", "_vh_clean_2.ply"),
        FileTime.from(Instant.now().minusSeconds(60)));
    input = Files.createSymbolicLink(root.resolve("link"), input);
    assertThat(run().out()).contains("0 prepared, 3 already there, 0 failed");
  }

  @Test
  void labelsFromSegmentsAndArchives() throws IOException {
    int n = SMALL.size();
    int[] ids = new int[n];
    StringBuilder segments = new StringBuilder();
    for (int i = 0; i < n; i++) {
      segments.append(i == 0 ? "" : ",").append(100 + i / 4);
      // Segment 100 is a wall, 101 the wall and then a trash can, 102 in no object, others chairs.
      ids[i] = i < 4 ? 1 : i < 8 ? 39 : i < 12 ? 0 : 5;
    }
    String json = "{\"sceneId\":\"x\",\"segIndices\":[" + segments + "]}";
    String groups =
        """
        {"segGroups":[{"id":0,"label":"wall","segments":[100,101]},
        {"id":1,"label":"chair","segments":[103]},
        {"id":2,"label":"trash can","segments":[101]},
        {"id":3,"label":"chair","segments":[104]}]}
        """;
    String table =
        """
        id\traw_category\tcategory\tcount\tnyu40id
        1\twall\twall\t8277\t1
        2\tchair\tchair\t4646\t5
        11\ttrash can\ttrash can\t1090\t39
        """;
    Files.createDirectories(input);
    Files.writeString(input.resolve("scannetv2-labels.combined.tsv"), table);
    folder.mesh("scans", "scene0001_00", SMALL);
    Files.writeString(folder.file("scans", "scene0001_00", ".aggregation.json"), groups);
    Files.writeString(folder.file("scans", "scene0001_00", "_vh_clean_2.0.010000.segs.json"), json);
    folder.mesh("scans", "scene0002_00", SMALL);
    zip(
        folder.file("scans", "scene0002_00", ".zip"),
        Map.of(
            "a/scene0002_00.aggregation.json",
            groups.getBytes(StandardCharsets.UTF_8),
            "scene0002_00_vh_clean_2.0.010000.segs.json",
            json.getBytes(StandardCharsets.UTF_8)));
    folder.mesh("scans", "scene0003_00", SMALL);
    zip(
        folder.file("scans", "scene0003_00", "_vh_clean_2.labels.zip"),
        Map.of("scene0003_00_vh_clean_2.labels.ply", ScanNetFolder.ply(SMALL, ids)));
    Console.Result result = run("--label-remap", "false");
    assertThat(result.err()).isEmpty();
    for (int scene = 1; scene <= 3; scene++) {
      assertThat(PlyFile.read(output.resolve("train/scene000%d_00.ply".formatted(scene))).labels())
          .isEqualTo(ids);
    }
  }

  private static void zip(Path file, Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
  }

  @Test
  void mendsTheThreeFaultyScans() throws IOException {
    int[] ids = new int[SMALL.size()];
    Arrays.fill(ids, 1);
    ids[3] = 50;
    ids[4] = 149;
    for (String scene :
        new String[] {"scene0270_00", "scene0270_02", "scene0384_00", "scene0384_01"}) {
      folder.mesh("scans", scene, SMALL);
      folder.labels("scans", scene, SMALL, ids);
    }
    assertThat(run("--label_remap", "false").code()).isZero();
    assertThat(labels("scene0270_00")).containsExactly(1, 0, 149);
    assertThat(labels("scene0270_02")).containsExactly(1, 0, 149);
    assertThat(labels("scene0384_00")).containsExactly(1, 50, 0);
    assertThat(labels("scene0384_01")).containsExactly(1, 50, 149);
  }

  private int[] labels(String scene) {
    int[] labels = PlyFile.read(output.resolve("train/" + scene + ".ply")).labels();
    return Arrays.copyOfRange(labels, 2, 5);
  }

  @Test
  void cutsLargeScansWithNegativeCoordinates() throws IOException {
    // 16 m x 6 m from x = -8 on: boxes from -8, -3 and 2 on, the last ones overlapping.
    Sheet large = Sheet.of(160, 60, 0.1, -8, -2);
    folder.mesh("scans_test", "scene0001_00", large);
    assertThat(run().code()).isZero();
    Path test = output.resolve("test");
    Scan scan = PlyFile.read(test.resolve("scene0001_00.ply"));
    boolean[] covered = new boolean[scan.size()];
    for (int chunk = 0; chunk < 3; chunk++) {
      boolean[] mask =
          Npy.read(test.resolve("scene0001_00.chunk_%d.mask.npy".formatted(chunk))).booleans();
      Scan part = PlyFile.read(test.resolve("scene0001_00.chunk_%d.ply".formatted(chunk)));
      assertThat(mask).hasSize(scan.size());
      int row = 0;
      float least = (float) (5 * chunk - 8);
      for (int i = 0; i < mask.length; i++) {
        assertThat(mask[i])
            .isEqualTo(scan.xyz()[3 * i] >= least && scan.xyz()[3 * i] <= least + 10);
        if (mask[i]) {
          covered[i] = true;
          assertThat(part.xyz()[3 * row]).isEqualTo(scan.xyz()[3 * i]);
          assertThat(part.normals()[3 * row + 2]).isEqualTo(scan.normals()[3 * i + 2]);
          row++;
        }
      }
      assertThat(part.size()).isEqualTo(row);
    }
    assertThat(test.resolve("scene0001_00.chunk_3.ply")).doesNotExist();
    assertThat(covered).doesNotContain(false);

    // A smaller mesh in its place leaves no chunks of the larger one.
    folder.mesh("scans_test", "scene0001_00", SMALL);
    assertThat(run("--overwrite").code()).isZero();
    assertThat(LocalPreparation.files(output)).containsExactly("test/scene0001_00.ply");
  }

  @Test
  void namesWhatFailsAndGoesOn() throws IOException {
    int n = SMALL.size();
    Sheet badFace = new Sheet(SMALL.xyz(), SMALL.triangles().clone());
    badFace.triangles()[5] = n;
    Sheet flat = new Sheet(new float[3 * n], SMALL.triangles());
    Sheet holed = new Sheet(SMALL.xyz().clone(), SMALL.triangles());
    holed.xyz()[4] = Float.NaN;
    folder.mesh("scans_test", "bad_face", badFace);
    folder.mesh("scans_test", "flat", flat);
    folder.mesh("scans_test", "holed", holed);
    folder.mesh("scans_test", "good", SMALL);
    byte[] whole = ScanNetFolder.ply(SMALL, null);
    Files.write(
        folder.file("scans_test", "cut", "_vh_clean_2.ply"),
        Arrays.copyOf(whole, whole.length - 3));
    Files.writeString(
        folder.file("scans_test", "colourless", "_vh_clean_2.ply"),
        new String(whole, StandardCharsets.ISO_8859_1).replace("uchar red", "uchar dark"),
        StandardCharsets.ISO_8859_1);
    folder.mesh("scans", "unlabelled", SMALL);
    folder.mesh("scans", "other_count", SMALL);
    folder.labels("scans", "other_count", Sheet.of(3, 3, 0.5, 1, 2), ids(16));
    folder.mesh("scans", "elsewhere", SMALL);
    folder.labels("scans", "elsewhere", Sheet.of(4, 3, 0.51, 1, 2), ids(n));
    Console.Result result = run("--threads", "2");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("1 prepared, 0 already there, 8 failed");
    assertThat(result.err())
        .contains("octolift: bad_face failed: ", "a face refers to vertex 20 of 20")
        .contains("octolift: flat failed: ", "no face has an area")
        .contains("octolift: holed failed: ", "point 1 of 20 is not finite")
        .contains("octolift: cut failed: ", "announces 3.0 values, at most 2 can follow")
        .contains("octolift: colourless failed: ", "needs all of red, green, blue")
        .contains("octolift: unlabelled failed: ", "has no labels: expected unlabelled_vh")
        .contains("octolift: other_count failed: ", "has 16 labels")
        .contains("octolift: elsewhere failed: ", "vertex 1 is elsewhere");
    assertThat(LocalPreparation.files(output)).containsExactly("test/good.ply");
  }

  @Test
  void leavesNothingHalfDoneWhenItIsStopped() throws IOException, InterruptedException {
    Sheet sheet = Sheet.of(300, 300, 0.01, 0, 0);
    for (int i = 0; i < 40; i++) {
      folder.mesh("scans_test", "scene00%02d_00".formatted(i), sheet);
    }
    Process process = start();
    while (process.isAlive() && !Files.exists(output.resolve("test/scene0000_00.ply"))) {
      Thread.sleep(2);
    }
    process.destroy();
    process.waitFor();
    try (Stream<Path> files = Files.list(output.resolve("test"))) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(file -> assertThat(PlyFile.read(file).size()).isEqualTo(sheet.size()));
    }
    assertThat(run().out()).contains(" 0 failed");
    assertThat(LocalPreparation.files(output)).hasSize(40);
  }

  /// A limit for the size of files fails like a full disk: writing breaks off in the middle.
  @Test
  void leavesNothingHalfDoneWhenTheDiskIsFull() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(BASH), BASH + " is not there");
    folder.mesh("scans_test", "large", Sheet.of(300, 300, 0.01, 0, 0));
    folder.mesh("scans_test", "small", SMALL);
    Process process = start(BASH.toString(), "-c", "ulimit -f 1024 && exec \"$@\"", "limited");
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(root.resolve("log"))
        .content()
        .contains(
            "octolift: large failed: ",
            "large.ply: cannot be written: ",
            "1 prepared, 0 already there, 1 failed")
        .doesNotContain("\tat ");
    assertThat(LocalPreparation.files(output)).containsExactly("test/small.ply");
    assertThat(run().out()).contains("1 prepared, 1 already there, 0 failed");
  }

  /// Prepares in a process of its own, started by {@code launcher}.
  private Process start(String... launcher) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "data",
            "scannet",
            "--path-in",
            input.toString(),
            "--path-out",
            output.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(root.resolve("log").toFile())
        .start();
  }

  @Test
  void saysWhenThereIsNothing() throws IOException {
    assertThat(run().code()).isEqualTo(2);
    assertThat(run().err()).contains("expected the folder of the original files");
    Files.createDirectories(input);
    assertThat(run().code()).isEqualTo(2);
    assertThat(run().err()).contains("--path-in: expected ScanNet's meshes");
    folder.mesh("scans_test", "good", SMALL);
    assertThat(run("--threads", "0").err()).contains("--threads must be 1..256");
    // A file where the folder should be: as good as a full disk.
    Files.createDirectories(output);
    Files.writeString(output.resolve("test"), "");
    Console.Result result = run();
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("octolift: good failed: ");
  }
}
