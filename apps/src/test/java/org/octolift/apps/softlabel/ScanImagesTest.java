package org.octolift.apps.softlabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.config.RunConfig;
import org.octolift.apps.config.Script;
import org.octolift.engine.InputException;

final class ScanImagesTest {
  @TempDir private Path folder;

  private void files(String... names) throws IOException {
    for (String name : names) {
      Files.writeString(folder.resolve(name), "");
    }
  }

  private List<Path> images(String... scans) throws IOException {
    Files.write(folder.resolve("list.txt"), List.of(scans));
    DataConfig data =
        RunConfig.load(
                Script.SOFT_LABELS,
                Optional.empty(),
                List.of(
                    "DATA.train.location", folder.toString(),
                    "DATA.train.filelist", folder.resolve("list.txt").toString(),
                    "MODEL.name", "unet"),
                "",
                LocalDateTime.MIN)
            .train();
    return ScanImages.of(data);
  }

  @Test
  void areThoseOfTheList() throws IOException {
    files("a.ply", "b.ply", "x.png", "a.png");
    Files.writeString(folder.resolve("list_img.txt"), "x.png\na.png\n");
    assertThat(images("a.ply", "b.ply"))
        .containsExactly(folder.resolve("x.png"), folder.resolve("a.png"));
    assertThatThrownBy(() -> images("a.ply"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("list_img.txt: expected an image for each of the 1 scans of ")
        .hasMessageEndingWith("found 2");
  }

  @Test
  void lieBesideTheScansOtherwise() throws IOException {
    files("a.ply", "a.png", "b.chunk_0.ply", "b.chunk_12.ply", "b.jpg");
    Path b = folder.resolve("b.jpg");
    assertThat(images("a.ply", "b.chunk_0.ply", "b.chunk_12.ply"))
        .containsExactly(folder.resolve("a.png"), b, b);
    files("c.ply");
    assertThatThrownBy(() -> images("c.ply"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve("c.ply") + ": expected the image")
        .hasMessageContaining("c.png or .jpg beside it or named by");
  }
}
