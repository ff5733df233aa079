package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.octolift.engine.InputException;

class PcdFileTest {
  private static final String HEADER =
      """
      # .PCD v0.7 - Point Cloud Data file format
      VERSION 0.7
      FIELDS x y z
      SIZE 4 4 4
      TYPE F F F
      COUNT 1 1 1
      WIDTH 2
      HEIGHT 1
      VIEWPOINT 0 0 0 1 0 0 0
      POINTS 2
      DATA ascii
      """;
  private static final String BODY = "0.5 0.5 0.5\n1.5 1.5 1.5\n";

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(names = {"ASCII", "BINARY", "COMPRESSED"})
  void roundTripsWithAnyProperties(ScanEncoding encoding) {
    for (int properties = 0; properties < 16; properties++) {
      for (int count : new int[] {1, 7, 4096, 5000}) {
        Scan scan = TestScans.random(count + properties, count, properties);
        Path file = folder.resolve("a.pcd");
        PcdFile.write(file, scan, encoding);
        TestScans.assertSame(PcdFile.read(file), scan);
      }
    }
  }

  @Test
  void readsPackedColoursPaddingAndOrganisedClouds() {
    String content =
        """
        # .PCD v.7 - Point Cloud Data file format
        VERSION .7
        FIELDS _ rgba x normal_x normal_y normal_z y z _ histogram label
        SIZE 1 4 4 4 4 4 8 4 8 4 2
        TYPE U U F F F F F F I F I
        COUNT 2 1 1 1 1 1 1 1 1 3 1
        WIDTH 2
        HEIGHT 2
        POINTS 4
        DATA ascii
        1 2 4278255361 1 0 0 1 2.5 3 99 .1 .2 .3 -1
        1 2 255 nan 0 0 1 nan nan 99 .1 .2 .3 0
        1 2 65280 4 0 0 1 5 6 99 .1 .2 .3 7
        1 2 16711680 7 0 0 1 8 9 99 .1 .2 .3 8
        """;
    Scan scan = PcdFile.read(TestScans.file(folder, "a.pcd", content));
    assertThat(scan.colours()).containsExactly(0, 255, 1, 0, 0, 255, 0, 255, 0, 255, 0, 0);
    assertThat(scan.labels()).containsExactly(-1, 0, 7, 8);
    assertThat(scan.pixels()).containsExactly(0, 1, 2, 3);
    assertThat(scan.xyz()[3]).isNaN();
    assertThat(scan.normals()).startsWith(0, 0, 1);
    assertThat(Scans.finite(scan).pixels()).containsExactly(0, 2, 3);
    assertThatThrownBy(() -> Scans.requireFinite(scan))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a.pcd: point 1 of 4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "VERSION 0.7|VERSION 0.6|expected VERSION 0.7",
        "FIELDS x y z|FIELDS|names of fields",
        "FIELDS x y z|FIELDS x y|as many entries",
        "FIELDS x y z|FIELDS x x z|two fields with the name x",
        "FIELDS x y z|FIELDS a b c|no coordinates",
        "FIELDS x y z|FIELDS x y c|needs all of x, y, z",
        "FIELDS x y z|FIELDZ x y z|unknown entry",
        "SIZE 4 4 4|SIZE 4 4 3|TYPE F with SIZE 3",
        "SIZE 4 4 4|SIZE 4 4 0|SIZE 0",
        "SIZE 4 4 4|SIZE 4 4 99999999999|SIZE 99999999999",
        "TYPE F F F|TYPE F F X|TYPE X",
        "COUNT 1 1 1|COUNT 1 1 2|must be one number",
        "COUNT 1 1 1|COUNT 1 1 -2|COUNT -2",
        "WIDTH 2|WIDTH -2|negative",
        "WIDTH 2|WIDTH two|no whole number",
        "WIDTH 2|WIDTH 3|must equal",
        "HEIGHT 1|HEIGHT 4611686018427387905|WIDTH 2, HEIGHT",
        "POINTS 2|POINTS 2 2|expected one number",
        "POINTS 2|WIDTH 2|second line of this kind",
        "DATA ascii|DATA zip|expected DATA",
        "DATA ascii|DATA binary_compressed|compressed",
        "DATA ascii|# no data|unknown entry",
        "0.5 0.5 0.5|0.5 0.5|has only 2 values",
        "0.5 0.5 0.5|0 0 0 0|more than the 3 values",
        "0.5 0.5 0.5|0 0 zero|\"zero\" is no float32",
        "1.5 1.5 1.5|1.5 1.5|has only 2 values",
        "1.5 1.5 1.5|1 1 1;2 2 2|goes on after",
      })
  void namesWhatIsWrong(String part, String replacement, String problem) {
    String content = (HEADER + BODY).replace(part, replacement.replace(';', '\n'));
    Path file = TestScans.file(folder, "a.pcd", content);
    assertThatThrownBy(() -> PcdFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "700000000, ascii",
    "700000000, binary",
    "700000000, binary_compressed",
    "0, ascii",
    "9223372036854775807, binary"
  })
  void allocatesNothingForAnnouncedPoints(long points, String data) {
    String content =
        HEADER
            .replace("WIDTH 2", "WIDTH " + points)
            .replace("POINTS 2", "POINTS " + points)
            .replace("ascii", data);
    Path file = TestScans.file(folder, "a.pcd", content + BODY);
    assertThatThrownBy(() -> PcdFile.read(file)).isInstanceOf(InputException.class);
  }

  @Test
  void checksTheCompressedSizes() {
    // 2 points of 12 bytes; 4 GB announced, then more than LZF can reach, then a wrong size.
    for (String sizes :
        new String[] {
          "\u00ff\u00ff\u00ff\u00ff\30\0\0\0", "\1\0\0\0\u00ff\0\0\0", "\2\0\0\0\31\0\0\0"
        }) {
      String content = HEADER.replace("ascii", "binary_compressed") + sizes + "\0\0";
      Path file = TestScans.file(folder, "a.pcd", content);
      assertThatThrownBy(() -> PcdFile.read(file)).isInstanceOf(InputException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BINARY", "COMPRESSED"})
  void noticesEveryTruncation(ScanEncoding encoding) {
    Path file = folder.resolve("a.pcd");
    PcdFile.write(file, TestScans.random(3, 9, 15), encoding);
    byte[] content = TestScans.bytes(file);
    for (int length = 0; length < content.length; length++) {
      Path cut = TestScans.file(folder, "cut.pcd", Arrays.copyOf(content, length));
      assertThatThrownBy(() -> PcdFile.read(cut)).isInstanceOf(InputException.class);
    }
  }

  @Test
  void noticesTruncatedTextUpToItsLastNumber() {
    Path file = folder.resolve("a.pcd");
    PcdFile.write(file, TestScans.random(3, 9, 15), ScanEncoding.ASCII);
    String content = new String(TestScans.bytes(file), StandardCharsets.ISO_8859_1);
    for (int length = 0; length <= content.lastIndexOf(' '); length++) {
      Path cut = TestScans.file(folder, "cut.pcd", content.substring(0, length));
      assertThatThrownBy(() -> PcdFile.read(cut)).isInstanceOf(InputException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ASCII", "BINARY", "COMPRESSED"})
  void survivesDamage(ScanEncoding encoding) {
    Path file = folder.resolve("a.pcd");
    PcdFile.write(file, TestScans.random(3, 20, 15), encoding);
    TestScans.damage(folder, ".pcd", TestScans.bytes(file), 12);
  }

  @ParameterizedTest
  @CsvSource({
    "learn/learn0, 182292",
    "learn/learn20, 194137",
    "learn/learn30, 185242",
    "learn/learn40, 172285",
    "test/test55, 175178",
    "test/test60, 171546"
  })
  void readsRealClouds(String name, int finite) {
    Scan scan = PcdFile.read(RealFiles.find("real/pcl-mosd/" + name + ".pcd"));
    assertThat(scan.size()).isEqualTo(640 * 480);
    Scan kept = Scans.finite(scan);
    assertThat(kept.size()).isEqualTo(finite);
    TreeSet<Integer> labels = new TreeSet<>(Arrays.stream(kept.labels()).boxed().toList());
    assertThat(labels).doesNotContain(0).contains(1);
    float nearest = Float.POSITIVE_INFINITY;
    float farthest = 0;
    for (int i = 2; i < kept.xyz().length; i += 3) {
      nearest = Math.min(nearest, kept.xyz()[i]);
      farthest = Math.max(farthest, kept.xyz()[i]);
    }
    assertThat(nearest).isGreaterThan(0.4f);
    assertThat(farthest).isLessThan(1.8f);
  }
}
