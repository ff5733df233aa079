package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private Console.Result depth(String... more) {
    List<String> arguments = new ArrayList<>(List.of("dpt", "depth"));
    arguments.addAll(List.of("--out", folder.resolve("out").toString()));
    arguments.addAll(List.of(more));
    return Console.run(arguments.toArray(String[]::new));
  }

  @Test
  void depthSaysWhichWeightsAreMissing() {
    String image = folder.resolve("a.png").toString();
    Console.Result result = depth("--weights", "none.pt", "--images", image);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("dpt_large-midas-2f21e586.pt", "dpt_hybrid_kitti-cb926ef4.pt", "isl-org/DPT");
  }

  @Test
  void needsImages() {
    Console.Result result = depth("--weights", "none.pt");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("Missing images");
  }

  @Test
  void noTwoImagesMayBecomeTheSameFile() {
    String first = folder.resolve("a.png").toString();
    Console.Result result = depth("--weights", "none.pt", first, "--images", "elsewhere/a.jpg");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("a.jpg", "out/a.png, which is that of " + first);
  }

  @Test
  void noImageMayBeReplaced() {
    String image = folder.resolve("out").resolve("a.png").toString();
    Console.Result result = depth("--weights", "none.pt", image);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("out/a.png, which is an image");
  }
}
