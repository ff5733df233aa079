package org.octolift.apps.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Console;
import org.octolift.apps.data.PlyFile;
import org.octolift.apps.data.Scan;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npy;

class DataSetCheckTest {
  @TempDir private Path folder;

  /// Two rooms for training, the first with a chunk, one for the test, and their lists.
  @BeforeEach
  void dataSet() throws IOException {
    Files.createDirectories(folder.resolve("train"));
    Files.createDirectories(folder.resolve("test"));
    write("train/a.ply", scan(4, 0));
    write("train/a.chunk_0.ply", scan(2, 0));
    mask("train/a.chunk_0.mask.npy", true, true, false, false);
    Files.writeString(folder.resolve("train/a.txt"), "1\n1\n2\n40\n");
    write("train/b.ply", scan(6, 5));
    write("test/c.ply", scan(3, 9));
    list("rooms_train.txt", "a.ply\nb.ply\n");
    list("rooms_train_new.txt", "a.chunk_0.ply\nb.ply\n");
    list("rooms_test.txt", "c.ply\n");
    list("rooms_train_val.txt", "a.ply\nb.ply\n");
    list("names.txt", "wall\nfloor\n");
  }

  private static Scan scan(int points, float offset) {
    float[] xyz = new float[3 * points];
    int[] labels = new int[points];
    for (int i = 0; i < points; i++) {
      xyz[3 * i] = i + offset;
      xyz[3 * i + 2] = 2 * i;
      labels[i] = i % 2 + 1;
    }
    return new Scan("scan", xyz, null, null, labels, null);
  }

  private void write(String name, Scan scan) {
    PlyFile.write(folder.resolve(name), scan);
  }

  private void mask(String name, boolean... values) throws IOException {
    Npy.write(folder.resolve(name), NdArray.of(values, values.length));
  }

  private void list(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private Console.Result check(String... more) {
    String[] words = new String[more.length + 3];
    System.arraycopy(new String[] {"data", "check", folder.toString()}, 0, words, 0, 3);
    System.arraycopy(more, 0, words, 3, more.length);
    return Console.run(words);
  }

  @Test
  void showsWhatThereIs() {
    Console.Result result = check("--scans", "--classes", "3");
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .isEqualTo(
            """
            folder  scans  points  median       largest (m)  normals  colours  labels  repeated
            test/       1       3       3   2.0 x 0.0 x 4.0       no       no     yes         0
            train/      3      12       4  5.0 x 0.0 x 10.0       no       no     yes         0

            scan                 points          size (m)  labels  repeated
            test/c.ply                3   2.0 x 0.0 x 4.0       2         0
            train/a.chunk_0.ply       2   1.0 x 0.0 x 2.0       2         0
            train/a.ply               4   3.0 x 0.0 x 6.0       2         0
            train/b.ply               6  5.0 x 0.0 x 10.0       2         0

            label   name  points    share  scans
            1       wall       8  53.33 %      4
            2      floor       7  46.67 %      4

            list                 lines  missing
            rooms_test.txt           1        0
            rooms_train.txt          2        0
            rooms_train_new.txt      2        0
            rooms_train_val.txt      2        0

            no faults
            """);
  }

  @Test
  void findsFaults() throws IOException {
    list("rooms_train.txt", "a.ply\nb.ply\nb.ply\nnone.ply\n");
    list("rooms_test.txt", "c.ply\nb.ply\n");
    list("rooms_val_img.txt", "x.png\n");
    list("rooms_test_img.txt", "c.png\nd.png\n");
    Files.writeString(folder.resolve("train/b.txt"), "1\n");
    mask("train/a.chunk_0.mask.npy", true, false, false);
    mask("train/a.chunk_1.mask.npy", true, true, false, false);
    write("train/b.chunk_7.ply", scan(2, 70));
    write("test/copy.ply", scan(6, 5));
    write("test/nan.ply", scan(2, Float.NaN));
    Files.writeString(folder.resolve("test/broken.ply"), "ply\n");
    Scan doubled = new Scan("s", new float[9], null, null, new int[] {0, 0, 30}, null);
    write("test/doubled.ply", doubled);
    Console.Result result = check("--classes", "21");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out())
        .contains("16 faults:")
        .contains("rooms_train.txt: names b.ply more than once")
        .contains("rooms_train.txt: 1 of its 4 files do not exist: none.ply")
        .contains("rooms_train.txt and rooms_test.txt: both name b.ply")
        .contains("rooms_val_img.txt: there is no list rooms_val.txt of its scans")
        .contains("rooms_val_img.txt: 1 of its 1 files do not exist: x.png")
        .contains("rooms_test_img.txt: 2 of its 2 files do not exist: c.png, d.png")
        .contains("rooms_test_img.txt: does not name the image of each scan of rooms_test.txt")
        .contains("train/b.txt: has 1 lines, train/b.ply 6 points")
        .contains("train/a.chunk_0.mask.npy: is true for 1 points, train/a.chunk_0.ply has 2")
        .contains("train/a.chunk_0.mask.npy: is for 3 points, train/a.ply has 4")
        .contains("train/a.chunk_1.mask.npy: there is no chunk train/a.chunk_1.ply")
        .contains("train/b.chunk_7.ply: is a chunk, but there is no train/b.chunk_7.mask.npy")
        .contains("train/b.ply: has the same points as test/copy.ply")
        .contains("test/nan.ply: 2 of 2 points are not finite")
        .contains("broken.ply: ")
        .contains("test/doubled.ply: 1 points have label 30, expected 0 to 20");
  }

  @Test
  void saysWhenThereIsNothing() throws IOException {
    assertThat(Console.run("data", "check", folder.resolve("none").toString()).err())
        .contains("expected a folder of prepared scans");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThat(Console.run("data", "check", empty.toString()).err()).contains("has no scans");
  }
}
