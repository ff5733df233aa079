package org.octolift.apps.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.Console;

class PseudoLabelCommandTest {
  @TempDir private Path folder;

  private Console.Result label(String... more) {
    String[] words = {
      "pseudolabel",
      "--images",
      folder.toString(),
      "--weights",
      folder.resolve("w.pt").toString(),
      "--out",
      folder.resolve("out").toString()
    };
    String[] all = new String[words.length + more.length];
    System.arraycopy(words, 0, all, 0, words.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return Console.run(all);
  }

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "no image");
    }
  }

  private static void assertRefused(Console.Result result, String... parts) {
    assertThat(result.err()).contains(parts).startsWith("octolift: ");
    assertThat(result.err().lines()).as(result.err()).hasSize(1);
    assertThat(result.code()).isEqualTo(2);
  }

  @Test
  void saysWhichWeightsAreMissing() throws IOException {
    files("a.png");
    assertRefused(
        label(), "w.pt", "dpt_hybrid-ade20k-53898607.pt", "github.com/isl-org/DPT/releases");
  }

  @Test
  void optionsAreChecked() throws IOException {
    assertRefused(label(), "expected images (png, jpg, ppm, pgm), found none");
    files("a.overlay.png", "w.pt");
    assertRefused(label(), "found none");
    files("a.png");
    assertRefused(label("--top-k", "0"), "--top-k: expected 1 to 150, got 0");
    assertRefused(label("--top-k", "151"), "--top-k: expected 1 to 150, got 151");
    assertRefused(label("--device", "tpu"), "--device: expected cpu or gpu, got tpu");
    assertRefused(label(), "w.pt: expected a model");
  }

  @Test
  void foldersAreChecked() throws IOException {
    assertRefused(
        label("--images", folder.resolve("none").toString()),
        "--images: expected an image or a folder of images, found no such file: ");
    files("a.png", "w.pt", "out");
    assertRefused(label(), "--out: cannot make the folder ", "(it is a file); name another");
  }

  @Test
  void wrongWordsAreToldInShort() {
    Console.Result result = label("--top-k", "many");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err().lines())
        .containsExactly(
            "octolift: Invalid value for option '--top-k': 'many' is not an int",
            "octolift pseudolabel --help tells what it takes");
    assertThat(label("--top", "3").err()).contains("--top-k");
    assertThat(Console.run().err()).contains("Missing command", "Usage: octolift", "pseudolabel");
  }

  @Test
  void imagesOfOneNameAreRefused() throws IOException {
    files("x/a.png", "y/a.jpg");
    assertRefused(label(), "x/a.png and ", "y/a.jpg: the labels of both would be ", "out/a.npz");
  }
}
