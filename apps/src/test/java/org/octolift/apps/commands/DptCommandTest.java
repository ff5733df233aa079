package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Console;
import org.octolift.engine.InputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  private Path image() throws IOException {
    return Files.writeString(folder.resolve("a.png"), "no image");
  }

  @Test
  void saysWhichWeightsAreMissing() throws IOException {
    Console.Result result = segment(image(), folder.resolve("none.pt"));
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
    Console.Result result = segment(image(), weights);
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
  void depthSaysWhichWeightsAreMissing() throws IOException {
    String image = image().toString();
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
  void anImageThatIsMissingIsNamedBeforeAnythingRuns() {
    Path none = folder.resolve("none.png");
    Console.Result result = segment(none, folder.resolve("none.pt"));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualToNormalizingNewlines(
            "octolift: %s: expected an image or a folder of images, found no such file%n"
                .formatted(none));
  }

  @Test
  void resultsNeedAFolder() throws IOException {
    Files.writeString(folder.resolve("out"), "a file");
    Console.Result result = segment(image(), folder.resolve("none.pt"));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("--out: cannot make the folder " + folder.resolve("out"), "(it is a file)");
  }

  /// Fails for images whose name begins with b.
  @Command(name = "each")
  private static final class Each implements Callable<Integer> {
    @Mixin private DptImages images;

    @Override
    public Integer call() throws IOException {
      return images.each(
          images.files(".x"),
          file -> {
            if (file.getFileName().toString().startsWith("b")) {
              throw InputException.in(file, "is no image");
            }
            return "fine";
          });
    }
  }

  @Test
  void anImageThatIsAtFaultIsNamedAndTheOthersGoOn() throws IOException {
    for (String name : List.of("a.png", "b.png", "c.png")) {
      Files.writeString(folder.resolve(name), "");
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = new CommandLine(new Each());
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    assertThat(line.execute(folder.toString(), "--out", folder.resolve("out").toString()))
        .isEqualTo(1);
    assertThat(out.toString()).contains("a.png: fine, ", "c.png: fine, ").doesNotContain("b.png");
    assertThat(err.toString())
        .contains(folder.resolve("b.png") + ": is no image", "1 of 3 images failed");
    String good = folder.resolve("a.png").toString();
    assertThat(line.execute(good, "--out", folder.resolve("out").toString())).isZero();
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
