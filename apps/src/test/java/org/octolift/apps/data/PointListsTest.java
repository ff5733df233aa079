package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.Json;
import org.octolift.engine.io.NdArray;
import org.octolift.engine.io.Npz;

class PointListsTest {
  @TempDir private Path folder;

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = PointListsTest.class.getResourceAsStream("/golden/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }

  private PointLists small() throws IOException {
    return PointLists.read(resource("limited_points.pt"));
  }

  @ParameterizedTest
  @CsvSource({"points20, 20", "points50, 50"})
  void readsTheBenchmarksFiles(String name, String budget) throws IOException {
    String directory = "golden/limited_lists/LA/";
    PointLists lists = PointLists.read(RealFiles.find(directory + name));
    Map<?, ?> all =
        (Map<?, ?>) Json.parse(RealFiles.find(directory + "expected_first8_and_sum.json"));
    Map<?, ?> expected = (Map<?, ?>) all.get(budget);
    assertThat(expected).isNotEmpty();
    int checked = 0;
    for (Map.Entry<?, ?> entry : expected.entrySet()) {
      if (entry.getValue() instanceof List<?> first) {
        long[] indices = lists.indices(entry.getKey() + ".ply");
        assertThat(indices).hasSize(Integer.parseInt(budget));
        assertThat(Arrays.copyOf(indices, first.size()))
            .containsExactly(first.stream().mapToLong(value -> (Long) value).toArray());
        checked++;
      }
    }
    assertThat(lists.size()).isEqualTo(1201);
    assertThat(checked).isPositive();
  }

  @Test
  void aScanMayBeNamedWithItsExtension() throws IOException {
    PointLists lists = small();
    assertThat(lists.indices("scene1.ply")).isEqualTo(lists.indices("scene1")).hasSize(12);
    boolean[] mask = lists.mask("scene1.ply", 220);
    for (int i = 0; i < mask.length; i++) {
      int index = i;
      assertThat(mask[i])
          .isEqualTo(Arrays.stream(lists.indices("scene1")).anyMatch(value -> value == index));
    }
  }

  @Test
  void archivesOfNumPyHoldLists() throws IOException {
    Path file = folder.resolve("points3.npz");
    Npz.write(
        file, Map.of("room_0001.ply", NdArray.of(new long[] {4, 0, 2}, 3)), Npz.Compression.STORED);
    PointLists lists = PointLists.read(file);
    assertThat(lists.size()).isEqualTo(1);
    assertThat(lists.mask("room_0001.ply", 5)).containsExactly(true, false, true, false, true);
    Npz.write(file, Map.of("a", NdArray.of(new float[] {1}, 1)), Npz.Compression.STORED);
    assertThatThrownBy(() -> PointLists.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a: expected a list of whole numbers");
  }

  @Test
  void aScanThatIsMissingIsNamed() throws IOException {
    PointLists lists = small();
    assertThatThrownBy(() -> lists.indices("scene7.ply"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("limited_points.pt")
        .hasMessageContaining("scene7.ply");
  }

  @Test
  void anIndexBeyondTheScanIsNamed() throws IOException {
    PointLists lists = small();
    long largest = Arrays.stream(lists.indices("scene1")).max().orElseThrow();
    assertThatThrownBy(() -> lists.mask("scene1.ply", (int) largest))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("limited_points.pt")
        .hasMessageContaining("scene1.ply")
        .hasMessageContaining("below " + largest)
        .hasMessageContaining("found " + largest);
    assertThat(lists.mask("scene1.ply", (int) largest + 1)[(int) largest]).isTrue();
  }

  @Test
  void anEmptyListIsRefused() throws IOException {
    PointLists lists = PointLists.read(resource("odd_points.pt"));
    assertThatThrownBy(() -> lists.indices("empty.ply"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("empty.ply: expected at least one labelled point");
  }

  @Test
  void aNegativeIndexIsRefused() throws IOException {
    PointLists lists = PointLists.read(resource("odd_points.pt"));
    assertThatThrownBy(() -> lists.mask("negative", 100))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("found -3");
  }

  @Test
  void fractionsAreNoIndices() throws IOException {
    Path file = resource("fractional_points.pt");
    assertThatThrownBy(() -> PointLists.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("scene0: expected a list of whole numbers");
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("points20"), "scene0: 1 2 3\n");
    assertThatThrownBy(() -> PointLists.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("points20");
    assertThatThrownBy(() -> PointLists.read(folder.resolve("points50")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("points50");
  }
}
