package org.octolift.apps.dpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.GreyImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.report.Ade20k;

class LabelImagesTest {
  @TempDir private Path folder;

  @Test
  void hasTheBenchmarksClasses() {
    assertThat(Ade20k.names()).hasSize(150).startsWith("wall", "building").endsWith("flag");
    assertThat(Ade20k.names().get(64)).isEqualTo("coffee table");
    assertThat(Ade20k.colour(0)).isEqualTo(0x787878);
    assertThat(Ade20k.colour(149)).isEqualTo(0x5C00FF);
    assertThat(new HashSet<>(Ade20k.names())).hasSizeGreaterThan(147);
  }

  @Test
  void writesLabelsAndColours() throws IOException {
    byte[] rgb = {0, 0, 0, (byte) 255, (byte) 255, (byte) 255};
    ColourImage image = new ColourImage(Path.of("two.png"), 2, 1, rgb);
    int[] classes = {0, 149};
    LabelImages.write(folder.resolve("labels.png"), image, classes);
    LabelImages.writeOverlay(folder.resolve("overlay.png"), image, classes);
    GreyImage labels = ImageFiles.readGrey(folder.resolve("labels.png"));
    assertThat(labels.values()).containsExactly((char) 1, (char) 150);
    ColourImage overlay = ImageFiles.readColour(folder.resolve("overlay.png"));
    assertThat(overlay.rgb()).containsExactly(60, 60, 60, (255 + 0x5C) / 2, 127, 255);
  }
}
