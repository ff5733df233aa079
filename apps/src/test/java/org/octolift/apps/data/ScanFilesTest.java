package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;

class ScanFilesTest {
  @TempDir private Path folder;

  @Test
  void nothingChangesOnAWalkThroughAllFormats() {
    for (int properties = 0; properties < 8; properties++) {
      Scan scan = TestScans.random(properties, 300, properties);
      Scan walked = scan;
      int step = 0;
      for (String hop :
          new String[] {
            "ply ASCII", "pcd ASCII", "points BINARY", "ply BIG_ENDIAN", "npz COMPRESSED",
            "pcd COMPRESSED", "npz BINARY", "pcd BINARY", "points BINARY", "ply BINARY"
          }) {
        String[] words = hop.split(" ");
        Path file = folder.resolve(step++ + "." + words[0]);
        ScanFiles.write(file, walked, ScanEncoding.valueOf(words[1]));
        walked = ScanFiles.read(file);
      }
      TestScans.assertSame(walked, scan);
    }
  }

  @Test
  void theContentDecidesOnTheFormat() {
    Scan scan = TestScans.random(1, 10, 7);
    for (String extension : new String[] {"ply", "pcd", "points", "npz"}) {
      Path file = folder.resolve("a." + extension);
      ScanFiles.write(file, scan);
      Path renamed = TestScans.file(folder, "renamed.dat", TestScans.bytes(file));
      assertThat(ScanFiles.read(renamed).xyz()).isEqualTo(scan.xyz());
    }
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    Path text = TestScans.file(folder, "a.xyz", "0 0 0\n");
    assertThatThrownBy(() -> ScanFiles.read(text))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is no PLY, PCD, .points or NPZ file");
    Path named = TestScans.file(folder, "a.PLY", "0 0 0\n");
    assertThatThrownBy(() -> ScanFiles.read(named)).hasMessageContaining("first line must be");
    assertThatThrownBy(() -> ScanFiles.read(TestScans.file(folder, "a.npz", "")))
        .hasMessageContaining("is empty");
    assertThatThrownBy(() -> ScanFiles.write(text, TestScans.random(1, 1, 0)))
        .hasMessageContaining("must end in .ply, .pcd, .points or .npz");
  }

  @ParameterizedTest
  @CsvSource({
    "a.ply, COMPRESSED",
    "a.pcd, BIG_ENDIAN",
    "a.points, ASCII",
    "a.npz, ASCII",
    "a.npz, BIG_ENDIAN"
  })
  void refusesEncodingsThatAFormatLacks(String name, ScanEncoding encoding) {
    Scan scan = TestScans.random(1, 1, 0);
    assertThatThrownBy(() -> ScanFiles.write(folder.resolve(name), scan, encoding))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("choose from")
        .hasMessageContaining("binary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"points", "npz"})
  void noticesEveryTruncation(String extension) {
    Path file = folder.resolve("a." + extension);
    ScanFiles.write(file, TestScans.random(3, 9, 7));
    byte[] content = TestScans.bytes(file);
    for (int length = 0; length < content.length; length++) {
      Path cut = TestScans.file(folder, "cut." + extension, Arrays.copyOf(content, length));
      assertThatThrownBy(() -> ScanFiles.read(cut)).isInstanceOf(InputException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"points", "npz"})
  void survivesDamage(String extension) {
    Path file = folder.resolve("a." + extension);
    ScanFiles.write(file, TestScans.random(3, 20, 7));
    TestScans.damage(folder, "." + extension, TestScans.bytes(file), 13);
  }

  @Test
  void readsOtherPeoplesNpz() throws IOException {
    Path file = folder.resolve("a.npz");
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    arrays.put("other", NdArray.of(new long[] {1}, 1));
    arrays.put("points", NdArray.of(new double[] {0.1, 2, 3, 4, 5, 6}, 2, 3));
    arrays.put("colors", NdArray.of(new float[] {0, 0.5f, 1, 0, 0, 0}, 2, 3));
    arrays.put("label", NdArray.of(new long[] {7, -1}, 2, 1));
    Npz.write(file, arrays, Npz.Compression.DEFLATED);
    Scan scan = ScanFiles.read(file);
    assertThat(scan.xyz()).containsExactly(0.1f, 2, 3, 4, 5, 6);
    assertThat(scan.colours()).containsExactly(0, 127.5f, 255, 0, 0, 0);
    assertThat(scan.labels()).containsExactly(7, -1);

    arrays.put("label", NdArray.of(new long[] {7}, 1));
    Npz.write(file, arrays, Npz.Compression.DEFLATED);
    assertThatThrownBy(() -> ScanFiles.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("label");
    arrays.remove("points");
    Npz.write(file, arrays, Npz.Compression.DEFLATED);
    assertThatThrownBy(() -> ScanFiles.read(file)).hasMessageContaining("no array xyz or points");
  }

  @Test
  void convertsAndReportsWhatIsLost() {
    Path in = folder.resolve("in.pcd");
    Scan scan = TestScans.random(1, 10, 15);
    scan.xyz()[4] = Float.NaN;
    PcdFile.write(in, scan);
    Path out = folder.resolve("out.points");
    ScanConversion done = ScanConversion.convert(in, out, ScanEncoding.BINARY, Scans::finite);
    assertThat(done.written().size()).isEqualTo(9);
    assertThat(done.lost()).containsExactly("pixel indices");
    assertThat(ScanFiles.read(out).labels()).isEqualTo(done.written().labels());
    Path kept = folder.resolve("kept.ply");
    assertThat(
            ScanConversion.convert(in, kept, ScanEncoding.ASCII, UnaryOperator.identity()).lost())
        .isEmpty();
    assertThat(ScanFiles.read(kept).xyz()).isEqualTo(scan.xyz());

    Arrays.fill(scan.xyz(), Float.POSITIVE_INFINITY);
    PcdFile.write(in, scan);
    assertThatThrownBy(() -> ScanConversion.convert(in, out, ScanEncoding.BINARY, Scans::finite))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none of its 10 points is finite");
  }

  @Test
  void readsGoldenPoints() {
    Path file = RealFiles.find("golden/gen/scene0.points");
    Scan scan = ScanFiles.read(file);
    assertThat(scan.size()).isEqualTo(2000);
    Path back = folder.resolve("back.points");
    ScanFiles.write(folder.resolve("a.ply"), scan);
    ScanFiles.write(back, ScanFiles.read(folder.resolve("a.ply")));
    assertThat(TestScans.bytes(back)).isEqualTo(TestScans.bytes(file));
  }
}
