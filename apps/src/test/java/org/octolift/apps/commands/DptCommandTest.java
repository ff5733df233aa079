package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Console;

class DptCommandTest {
  @TempDir private Path folder;

  private Console.Result segment(Path images, Path weights) {
    return Console.run(
        "dpt",
        "segment",
        images.toString(),
        "--weights",
        weights.toString(),
        "--out",
        folder.resolve("out").toString());
  }

  @Test
  void saysWhichWeightsAreMissing() {
    Console.Result result = segment(folder.resolve("a.png"), folder.resolve("none.pt"));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("none.pt", "dpt_hybrid-ade20k-53898607.pt", "github.com/isl-org/DPT");
  }

  @Test
  void aFolderWithoutImagesIsAnError() {
    Console.Result result = segment(folder, folder.resolve("none.pt"));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("expected images (png, jpg, ppm, pgm), found none");
  }

  @Test
  void weightsOfAnotherKindAreAnError() throws IOException {
    Path weights = Files.writeString(folder.resolve("weights.pt"), "no weights at all");
    Console.Result result = segment(folder.resolve("a.png"), weights);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("weights.pt", "expected a model");
  }

  @Test
  void needsASubcommand() {
    assertThat(Console.run("dpt").code()).isEqualTo(2);
  }
}
