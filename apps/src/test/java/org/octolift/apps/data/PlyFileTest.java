package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;

class PlyFileTest {
  private static final String XYZ = "property float x\nproperty float y\nproperty float z\n";

  @TempDir private Path folder;

  private Path ply(String content) {
    return TestScans.file(folder, "a.ply", content);
  }

  @ParameterizedTest
  @EnumSource(names = {"ASCII", "BINARY", "BIG_ENDIAN"})
  void roundTripsWithAnyProperties(ScanEncoding encoding) {
    for (int properties = 0; properties < 16; properties++) {
      for (int count : new int[] {1, 7, 4096, 5000}) {
        Scan scan = TestScans.random(count + properties, count, properties);
        Path file = folder.resolve("a.ply");
        PlyFile.write(file, scan, encoding);
        TestScans.assertSame(PlyFile.read(file), scan);
      }
    }
  }

  @Test
  void writesTheReferencesLayout() {
    Scan scan =
        new Scan(
            "s",
            new float[] {1, 2, 3},
            new float[] {0, 0, 1},
            new float[] {255, 127.6f, -3},
            new int[] {20},
            null);
    Path file = folder.resolve("a.ply");
    PlyFile.write(file, scan);
    String header =
        """
        ply
        format binary_little_endian 1.0
        element vertex 1
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
        """;
    ByteBuffer body = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : new float[] {1, 2, 3, 0, 0, 1}) {
      body.putFloat(value);
    }
    body.put((byte) 255).put((byte) 128).put((byte) 0).put((byte) 20);
    byte[] expected =
        ByteBuffer.allocate(header.length() + 28)
            .put(header.getBytes(StandardCharsets.US_ASCII))
            .put(body.array())
            .array();
    assertThat(TestScans.bytes(file)).isEqualTo(expected);
  }

  @Test
  void writesLabelsThatDoNotFitAByteAsInts() {
    Scan scan = new Scan("s", new float[6], null, null, new int[] {-1, 300}, null);
    Path file = folder.resolve("a.ply");
    PlyFile.write(file, scan);
    assertThat(PlyFile.read(file).labels()).containsExactly(-1, 300);
  }

  @Test
  void readsPropertiesInAnyOrderAndSkipsTheRest() {
    Scan scan =
        PlyFile.read(
            ply(
                """
                ply\r
                comment element vertex 99\r
                format ascii 1.0\r
                obj_info scanned\r
                element camera 1\r
                property float view\r
                property list uchar float plane\r
                element vertex 2\r
                property ushort label\r
                property list uchar int neighbours\r
                property double z\r
                property float quality\r
                property double y\r
                property int x\r
                property uchar diffuse_blue\r
                property uchar diffuse_green\r
                property uchar diffuse_red\r
                property uchar alpha\r
                end_header\r
                0.5 3 1 2 3\r
                40 2 7 8 -3.5 1e3 2.25 -1 30 20 10 255\r

                41 0 nan -inf 4 5 60 50 40 255"""));
    assertThat(scan.xyz()).containsExactly(-1, 2.25f, -3.5f, 5, 4, Float.NaN);
    assertThat(scan.colours()).containsExactly(10, 20, 30, 40, 50, 60);
    assertThat(scan.labels()).containsExactly(40, 41);
    assertThat(scan.normals()).isNull();
  }

  @Test
  void readsBigEndianListsAndWideTypes() {
    String header =
        """
        ply
        format binary_big_endian 1.0
        element vertex 2
        property double x
        property list ushort short extra
        property double y
        property double z
        property float red
        property float green
        property float blue
        property uint mask
        property double label
        end_header
        """;
    ByteBuffer body = ByteBuffer.allocate(1000).order(ByteOrder.BIG_ENDIAN);
    body.putDouble(1).putShort((short) 2).putShort((short) 5).putShort((short) 6);
    body.putDouble(2).putDouble(3).putFloat(0.5f).putFloat(1).putFloat(0);
    body.putInt(70_000).putDouble(8);
    body.putDouble(4).putShort((short) 0).putDouble(5).putDouble(6);
    body.putFloat(0).putFloat(0).putFloat(0.2f).putInt(70_001).putDouble(-1);
    byte[] head = header.getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(head, head.length + body.position());
    body.get(0, all, head.length, body.position());
    Scan scan = PlyFile.read(TestScans.file(folder, "b.ply", all));
    assertThat(scan.xyz()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(scan.colours()).containsExactly(127.5f, 255, 0, 0, 0, 0.2f * 255);
    assertThat(scan.pixels()).containsExactly(70_000, 70_001);
    assertThat(scan.labels()).containsExactly(8, -1);
  }

  @Test
  void readsMeshesAndCutsPolygonsIntoFans() {
    Path file =
        ply(
            "ply\nformat ascii 1.0\nelement face 2\nproperty uchar flags\n"
                + "property list uchar uint vertex_indices\nelement vertex 4\n"
                + XYZ
                + "end_header\n9 4 0 1 2 3\n9 3 3 2 1\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n");
    PlyMesh mesh = PlyFile.readMesh(file);
    assertThat(mesh.triangles()).containsExactly(0, 1, 2, 0, 2, 3, 3, 2, 1);
    assertThat(mesh.vertices().size()).isEqualTo(4);
    assertThat(PlyFile.read(file).xyz()).isEqualTo(mesh.vertices().xyz());
  }

  @ParameterizedTest
  @ValueSource(strings = {"2 0 1", "3 0 1 4", "3 0 1 -1"})
  void refusesBadFaces(String face) {
    Path file =
        ply(
            "ply\nformat ascii 1.0\nelement vertex 4\n"
                + XYZ
                + "element face 1\nproperty list uchar int vertex_index\nend_header\n"
                + "0 0 0\n1 0 0\n1 1 0\n0 1 0\n"
                + face
                + "\n");
    assertThatThrownBy(() -> PlyFile.readMesh(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("face");
    assertThat(PlyFile.read(file).size()).isEqualTo(4);
  }

  @Test
  void refusesAMeshWithoutFaces() {
    Path file = folder.resolve("a.ply");
    PlyFile.write(file, TestScans.random(1, 5, 0));
    assertThatThrownBy(() -> PlyFile.readMesh(file)).hasMessageContaining("no element face");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plx/format ascii 1.0/|first line must be \"ply\"",
        "ply/element vertex 1/@end_header/0 0 0/|without a format line",
        "ply/format ascii 2.0/|header line 2",
        "ply/format text 1.0/|ascii, binary_little_endian or binary_big_endian",
        "ply/format ascii 1.0/format ascii 1.0/|second format line",
        "ply/format ascii 1.0/end_header/|without an element vertex",
        "ply/format ascii 1.0/element vertex 1/@|without end_header",
        "ply/format ascii 1.0/element vertex 1/property float x/property float y/end_header/0 0/|"
            + "needs all of x, y, z",
        "ply/format ascii 1.0/element vertex 1/property float a/end_header/0/|no coordinates",
        "ply/format ascii 1.0/element vertex 1/@property float nx/end_header/0 0 0 1/|nx, ny, nz",
        "ply/format ascii 1.0/element vertex 1/@property float x/end_header/0 0 0 0/|second property",
        "ply/format ascii 1.0/element vertex 1/@element vertex 1/|second element",
        "ply/format ascii 1.0/element vertex 1/property half x/|unknown type half",
        "ply/format ascii 1.0/property float x/|before the first element",
        "ply/format ascii 1.0/element vertex -1/|negative",
        "ply/format ascii 1.0/element vertex 1e3/|no whole number",
        "ply/format ascii 1.0/element vertex 99999999999999999999/|no whole number",
        "ply/format ascii 1.0/element vertex 0/@end_header/|no points",
        "ply/format ascii 1.0/element vertex 2000000000/@end_header/0 0 0/|at most",
        "ply/format ascii 1.0/element vertex 500000000/@end_header/0 0 0/|truncated",
        "ply/format binary_little_endian 1.0/element vertex 500000000/@end_header/0 0 0/|truncated",
        "ply/format ascii 1.0/element vertex 1/@element face 9000000000000000000/"
            + "property list uchar int vertex_indices/end_header/0 0 0/|truncated",
        "ply/format ascii 1.0/element vertex 1/@element none 5/end_header/0 0 0/|no properties",
        "ply/format ascii 1.0/vertex 1/|header line 3",
        "ply/format ascii 1.0/element vertex 2/@end_header/0.5 0 0/1 1.5/|line 9: has only 2 values",
        "ply/format ascii 1.0/element vertex 1/@end_header/0 0 0 7/|more than the 3 values",
        "ply/format ascii 1.0/element vertex 1/@end_header/0 0 0/1 1 1/|goes on after",
        "ply/format ascii 1.0/element vertex 1/@end_header/0 zero 0/|\"zero\" is no float32",
        "ply/format ascii 1.0/element vertex 1/@end_header/0 1f 0/|\"1f\" is no float32",
        "ply/format ascii 1.0/element vertex 1/@end_header/0 0x1p3 0/|\"0x1p3\" is no float32",
        "ply/format ascii 1.0/element vertex 1/@property uchar label/end_header/0 0 0 256/|"
            + "\"256\" is no uint8",
        "ply/format ascii 1.0/element vertex 1/@property uchar label/end_header/0 0 0 1.5/|"
            + "\"1.5\" is no uint8",
        "ply/format ascii 1.0/element vertex 1/@property float label/end_header/0 0 0 1.5/|"
            + "label must be a whole number",
        "ply/format ascii 1.0/element vertex 1/@property uint mask/end_header/0 0 0 4294967295/|"
            + "mask must be a whole number below 2^31",
        "ply/format ascii 1.0/element vertex 1/@property list char int extra/end_header/0 0 0 -1/|"
            + "a list extra announces -1",
        "ply/format ascii 1.0/element vertex 1/@property list uint int extra/end_header/"
            + "0 0 0 4000000000/|a list extra announces",
      })
  void namesWhatIsWrong(String content, String problem) {
    String text = content.replace("@", XYZ).replace("/", "\n");
    Path file = ply(text);
    assertThatThrownBy(() -> PlyFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(problem);
  }

  @Test
  void refusesEmptyMissingAndFolders() {
    assertThatThrownBy(() -> PlyFile.read(ply(""))).hasMessageContaining("is empty");
    assertThatThrownBy(() -> PlyFile.read(folder.resolve("none.ply")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.ply");
    assertThatThrownBy(() -> PlyFile.read(folder)).isInstanceOf(InputException.class);
    assertThatThrownBy(
            () -> PlyFile.write(folder.resolve("a.ply/b.ply"), TestScans.random(1, 1, 0)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot be written");
  }

  @ParameterizedTest
  @EnumSource(names = {"BINARY", "BIG_ENDIAN"})
  void noticesEveryTruncation(ScanEncoding encoding) {
    Path file = folder.resolve("a.ply");
    PlyFile.write(file, TestScans.random(3, 9, 15), encoding);
    byte[] content = TestScans.bytes(file);
    for (int length = 0; length < content.length; length++) {
      Path cut = TestScans.file(folder, "cut.ply", Arrays.copyOf(content, length));
      assertThatThrownBy(() -> PlyFile.read(cut)).isInstanceOf(InputException.class);
    }
    Path longer = TestScans.file(folder, "long.ply", Arrays.copyOf(content, content.length + 3));
    assertThatThrownBy(() -> PlyFile.read(longer)).hasMessageContaining("3 bytes more");
  }

  @Test
  void noticesTruncatedTextUpToItsLastNumber() {
    Path file = folder.resolve("a.ply");
    PlyFile.write(file, TestScans.random(3, 9, 15), ScanEncoding.ASCII);
    String content = new String(TestScans.bytes(file), StandardCharsets.ISO_8859_1);
    for (int length = 0; length <= content.lastIndexOf(' '); length++) {
      Path cut = ply(content.substring(0, length));
      assertThatThrownBy(() -> PlyFile.read(cut)).isInstanceOf(InputException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ASCII", "BINARY", "BIG_ENDIAN"})
  void survivesDamage(ScanEncoding encoding) {
    Path file = folder.resolve("a.ply");
    PlyFile.write(file, TestScans.random(3, 20, 15), encoding);
    TestScans.damage(folder, ".ply", TestScans.bytes(file), 11);
  }

  @Test
  void textNumbersAreCorrectlyRounded() {
    String[] numbers = {
      "16777217.000000001",
      "0.1",
      "1e-45",
      "3.4028235e38",
      "-0",
      "1.17549435E-38",
      "123456789012345678901234567890",
      "8388608.5",
      "8388609.5",
      "0.000000000000000000001234",
      "7.038531e-26",
      "9007199791611905",
      "1.00000017881393421514957253748434595763683319091796875",
      "1.00000017881393432617187500",
      "+5",
      ".5",
      "5.",
      "1.e2"
    };
    for (String number : numbers) {
      Path file =
          ply(
              "ply\nformat ascii 1.0\nelement vertex 1\n"
                  + XYZ
                  + "end_header\n"
                  + String.format(Locale.ROOT, "%s -1 1\n", number));
      assertThat(PlyFile.read(file).xyz()[0]).as(number).isEqualTo(Float.parseFloat(number));
    }
  }

  @Test
  void readsRealFiles() {
    Scan room = PlyFile.read(RealFiles.find("bench/room0.ply"));
    assertThat(room.size()).isEqualTo(155_068);
    assertThat(Scans.requireFinite(room).labels()).hasSize(155_068);
    PlyMesh fragment =
        PlyFile.readMesh(RealFiles.find("real/open3d-testdata/ColoredICP/frag_115.ply"));
    assertThat(fragment.vertices().size()).isEqualTo(64_365);
    assertThat(fragment.vertices().normals()).isNotNull();
    assertThat(fragment.vertices().colours()).isNotNull();
    assertThat(fragment.triangles()).hasSize(3 * 127_229);
    assertThat(PlyFile.read(RealFiles.find("real/open3d-testdata/test_sample_custom.ply")).xyz())
        .hasSize(21)
        .startsWith(0, 8.40703f, 0);
  }
}
