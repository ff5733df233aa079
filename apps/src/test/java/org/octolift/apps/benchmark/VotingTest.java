package org.octolift.apps.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.commands.OctoliftCommand;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npy;
import org.octolift.engine.io.Npz;
import picocli.CommandLine;

class VotingTest {
  @TempDir private Path folder;
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void folders() throws IOException {
    Files.createDirectories(folder.resolve("votes"));
    Files.createDirectories(folder.resolve("truth"));
  }

  private Path list(String... scans) throws IOException {
    return Files.write(folder.resolve("list.txt"), List.of(scans));
  }

  /// A vote: of each point in the cube a class and its probability; null for points outside.
  private void vote(String name, double[]... points) throws IOException {
    boolean[] inside = new boolean[points.length];
    int rows = 0;
    for (int i = 0; i < points.length; i++) {
      inside[i] = points[i] != null;
      rows += inside[i] ? 1 : 0;
    }
    float[] probabilities = new float[rows * 21];
    int row = 0;
    for (double[] point : points) {
      if (point != null) {
        probabilities[row * 21 + (int) point[0]] = (float) point[1];
        row++;
      }
    }
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    arrays.put("prob", NdArray.of(probabilities, rows, 21));
    arrays.put("label", NdArray.of(new long[rows], rows));
    arrays.put("inbox_mask", NdArray.of(inside, inside.length));
    Npz.write(folder.resolve("votes").resolve(name), arrays, Npz.Compression.STORED);
  }

  private static double[] point(int label, double probability) {
    return new double[] {label, probability};
  }

  private void run(Path list) throws IOException {
    new Voting(folder, folder.resolve("out")).run(list, folder.resolve("votes"), lines::add);
  }

  private String labels(String scan) throws IOException {
    return Files.readString(folder.resolve("out").resolve(scan + ".txt"));
  }

  @Test
  void votesAreSummedAndLabelsAreIdsOfNyu40() throws IOException {
    vote("01.0000.npz", point(13, 0.6), point(20, 0.3), null);
    vote("01.0001.npz", point(1, 1));
    vote("02.0000.npz", point(2, 0.5), point(0, 0.4), null);
    vote("02.0001.npz", point(2, 0.9));
    vote("03.0000.npz", point(2, 0.2), point(20, 0.2), null);
    vote("03.0001.npz", point(2, 0.2));
    run(list("a.ply", "b.ply 0", ""));
    assertThat(labels("a")).isEqualTo("2\n39\n0\n");
    assertThat(labels("b")).isEqualTo("2\n");
    assertThat(lines).containsExactly("a: 3 points, 3 files", "b: 1 points, 3 files");
  }

  @Test
  void ofEqualSumsTheFirstClassIsTaken() throws IOException {
    vote("01.0000.npz", point(5, 0.5), point(5, 0.5));
    vote("02.0000.npz", point(4, 0.5), point(14, 0.5));
    run(list("a.ply"));
    assertThat(labels("a")).isEqualTo("4\n5\n");
  }

  /// Chunks overlap; ids may have more than one digit.
  @Test
  void chunksAreScatteredIntoTheirScene() throws IOException {
    Npy.write(
        folder.resolve("a.chunk_0.mask.npy"),
        NdArray.of(new boolean[] {true, true, false, false}, 4));
    Npy.write(
        folder.resolve("a.chunk_12.mask.npy"),
        NdArray.of(new boolean[] {false, true, true, false}, 4));
    vote("01.0000.npz", point(1, 1), point(3, 0.4));
    vote("01.0001.npz", point(15, 0.5), point(19, 1));
    run(list("a.chunk_0.ply", "a.chunk_12.ply"));
    assertThat(labels("a")).isEqualTo("1\n24\n36\n0\n");
  }

  @Test
  void whatDoesNotFitTogetherIsNamed() throws IOException {
    vote("01.0000.npz", point(1, 1));
    vote("02.0000.npz", point(1, 1), point(1, 1));
    assertRefused(list("a.ply", "b.ply", "c.ply"), "3 scans", "found 2 .npz files");
    assertRefused(list("a.ply"), "02.0000.npz", "the 1 points", "found 2");
    assertRefused(list("../a.ply"), "without folders");
    assertRefused(list(""), "has no lines");
    assertRefused(list("a.chunk_0.ply"), "a.chunk_0.mask.npy");
    Npy.write(folder.resolve("a.chunk_0.mask.npy"), NdArray.of(new boolean[] {true, true}, 2));
    assertRefused(list("a.chunk_0.ply"), "a.chunk_0.mask.npy", "expected 1 points", "found 2");
  }

  private void assertRefused(Path list, String... parts) {
    assertThatThrownBy(() -> run(list))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void votesOfOtherClassesAreRefused() throws IOException {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    arrays.put("prob", NdArray.of(new float[6], 1, 6));
    arrays.put("inbox_mask", NdArray.of(new boolean[] {true}, 1));
    Npz.write(folder.resolve("votes/01.0000.npz"), arrays, Npz.Compression.STORED);
    assertRefused(list("a.ply"), "01.0000.npz", "[1, 21]");
    Npz.write(
        folder.resolve("votes/01.0000.npz"),
        Map.of("x", NdArray.of(new int[1], 1)),
        Npz.Compression.STORED);
    assertRefused(list("a.ply"), "expected prob and inbox_mask", "[x]");
  }

  private void labels(String folderName, String scan, String text) throws IOException {
    Files.writeString(folder.resolve(folderName).resolve(scan + ".txt"), text);
  }

  @Test
  void scoresCountThePointsOfThe20Classes() throws IOException {
    labels("votes", "a", "1\n2\n2\n0\n39\n");
    labels("truth", "a", "1\n1\n2\n39\n13\n");
    labels("votes", "b", "36\n");
    labels("truth", "b", "36\n");
    labels("votes", "c", "1\n");
    labels("truth", "c", "0\n");
    BenchmarkScore score = BenchmarkScore.of(folder.resolve("votes"), folder.resolve("truth"));
    assertThat(score.scans()).containsOnlyKeys("a.txt", "b.txt").containsEntry("a.txt", 0.5);
    assertThat(score.accuracy()).isCloseTo(0.75, within(1e-12));
    // Wall 1/2, floor 1/2, bathtub 1/1; other furniture was missed.
    assertThat(score.meanIou()).isCloseTo(2.0 / 20, within(1e-9));
  }

  @Test
  void faultyLabelFilesAreNamed() throws IOException {
    labels("votes", "a", "1\n2\n");
    assertUnscored("truth", "a.txt");
    labels("truth", "a", "1\n");
    assertUnscored("a.txt", "expected 1 labels", "found 2");
    labels("truth", "a", "1\nwall\n");
    assertUnscored("line 2: expected a label, got \"wall\"");
    labels("truth", "a", "1\n-2\n");
    assertUnscored("line 2", "-2");
    labels("truth", "a", "0\n0\n");
    assertUnscored("no point has one of the 20 labels");
  }

  private void assertUnscored(String... parts) {
    assertThatThrownBy(() -> BenchmarkScore.of(folder.resolve("votes"), folder.resolve("truth")))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void commands() throws IOException {
    vote("01.0000.npz", point(13, 0.6), point(2, 1));
    labels("truth", "a", "14\n1\n");
    StringWriter output = new StringWriter();
    CommandLine line = new CommandLine(new OctoliftCommand()).setOut(new PrintWriter(output));
    String out = folder.resolve("out").toString();
    assertThat(
            line.execute(
                "vote",
                "--path_pred",
                folder.resolve("votes").toString(),
                "--filelist",
                list("a.ply").toString(),
                "--path_out",
                out))
        .isZero();
    assertThat(
            line.execute(
                "iou", "--path_pred", out, "--path_in", folder.resolve("truth").toString()))
        .isZero();
    assertThat(output.toString().lines())
        .containsExactly(
            "a: 2 points, 1 files", "a.txt: 0.500000", "Accu: 0.500000", "IoU: 0.050000");
  }
}
