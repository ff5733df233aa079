package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;

final class ModelFilesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "state.pth, 16, weight",
    "state_legacy.pth, 16, weight",
    "solver.tar, 7, 0.weight",
    "small.model.pth, 56, conv1.conv.weights",
    "small.solver.tar, 56, conv1.conv.weights"
  })
  void readsWhatTorchSaveWrites(String name, int entries, String first) throws IOException {
    Map<String, NdArray> model = ModelFiles.read(TestFiles.resource(folder, name));

    assertThat(model.keySet()).hasSize(entries).first().isEqualTo(first);
  }

  @Test
  void theNameOfAFileDoesNotMatter() throws IOException {
    Path file = folder.resolve("model.pth");
    Safetensors.write(file, Map.of("w", NdArray.of(new float[] {1, 2}, 2)), Map.of());

    assertThat(ModelFiles.read(file).get("w").floats()).containsExactly(1, 2);
  }

  /// A header of 19280 bytes makes a safetensors file begin like a zip archive.
  @Test
  void aSafetensorsFileMayBeginLikeAZipArchive() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Map<String, NdArray> tensors = Map.of("w", NdArray.of(new float[] {1}, 1));
    String note = "x";
    Safetensors.write(file, tensors, Map.of("note", note));
    int header = (int) Files.size(file) - 4 - 8;
    Safetensors.write(file, tensors, Map.of("note", note.repeat(19280 - header + 1)));

    assertThat(new String(Files.readAllBytes(file), 0, 2, "US-ASCII")).isEqualTo("PK");
    assertThat(ModelFiles.read(file)).containsOnlyKeys("w");
  }

  @ParameterizedTest
  @CsvSource({"''", "P", "a text that is no model", "epoch: 1"})
  void otherFilesAreRefused(String text) throws IOException {
    Path file = folder.resolve("model.pth");
    Files.writeString(file, text);

    assertThatThrownBy(() -> ModelFiles.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining("expected a model");
  }

  @Test
  void aMissingFileIsTheUsersError() {
    assertThatThrownBy(() -> ModelFiles.read(folder.resolve("none.pth")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no such file");
  }
}
