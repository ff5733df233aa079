package org.octolift.apps.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.ImageFiles;
import org.octolift.apps.rooms.RoomPanoramas;
import org.octolift.apps.softlabel.ImageTeacher;
import org.octolift.apps.softlabel.TeacherSource;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.CpuDevice;

final class RoomTeacherTest {
  private static final int WALL = 1;
  private static final int FLOOR = 2;

  @TempDir private Path folder;

  /// Green above a level of its own, where it is wall; brown floor below.
  private Path image(String name, int width, int label, long seed) throws IOException {
    RandomSource random = RandomSource.of(seed);
    int height = 16;
    int level = 5 + random.nextInt(7);
    BufferedImage colours = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    BufferedImage labels = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int grain = random.nextInt(40);
        int rgb = y < level ? 0x108010 : 0x604020;
        colours.setRGB(x, y, rgb + grain * 0x10101);
        labels.getRaster().setSample(x, y, 0, y < level ? label : FLOOR);
      }
    }
    Path file = folder.resolve(name + ".png");
    ImageIO.write(colours, "png", file.toFile());
    ImageIO.write(labels, "png", RoomPanoramas.labels(file).toFile());
    return file;
  }

  private List<Path> images() throws IOException {
    List<Path> images = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      images.add(image("image" + i, 32, WALL, i));
    }
    return images;
  }

  private static float[] probabilities(TeacherSource source, Path image, CpuDevice device)
      throws IOException {
    ColourImage colours = ImageFiles.readColour(image);
    float[] all = new float[colours.width() * colours.height() * source.classes()];
    try (ImageTeacher teacher = source.open(device)) {
      int width = colours.width() * teacher.classes().size();
      teacher.label(
          colours,
          (first, rows, band) -> {
            for (int i = 0; i < rows * width; i++) {
              all[first * width + i] = band.get(i);
            }
          });
    }
    return all;
  }

  @Test
  void learnsWhatIsShownAndSaysItOfOtherImages() throws IOException {
    Path weights = folder.resolve("teacher.safetensors");
    TeacherSource source = RoomTeacher.source(weights, 2);
    assertThat(source.fingerprint()).isEmpty();
    List<Integer> steps = new ArrayList<>();
    try (CpuDevice device = new CpuDevice(2)) {
      double[] losses =
          RoomTeacher.train(weights, images(), 80, 7, 2, (step, _) -> steps.add(step));
      assertThat(steps).hasSize(80).endsWith(80);
      assertThat(losses).hasSize(80);
      assertThat(losses[79]).isLessThan(0.4 * losses[0]);
      assertThat(source.fingerprint().orElseThrow()).hasSize(64);

      Path other = image("other", 32, WALL, 99);
      float[] probabilities = probabilities(source, other, device);
      char[] truth = ImageFiles.readGrey(RoomPanoramas.labels(other)).values();
      int right = 0;
      for (int pixel = 0; pixel < truth.length; pixel++) {
        double sum = 0;
        int best = 0;
        for (int c = 0; c < 21; c++) {
          float p = probabilities[21 * pixel + c];
          sum += p;
          best = p > probabilities[21 * pixel + best] ? c : best;
        }
        assertThat(sum).isBetween(0.999, 1.001);
        right += best == truth[pixel] ? 1 : 0;
      }
      assertThat((double) right / truth.length).isGreaterThan(0.85);
    }
  }

  @Test
  void sameSeedSameWeightsForAnyNumberOfThreads() throws IOException {
    List<Path> images = images();
    byte[][] files = new byte[3][];
    int[] threads = {1, 2, 2};
    long[] seeds = {7, 7, 8};
    for (int i = 0; i < files.length; i++) {
      Path weights = folder.resolve("teacher" + i);
      RoomTeacher.train(weights, images, 2, seeds[i], threads[i], (_, _) -> {});
      files[i] = Files.readAllBytes(weights);
    }
    assertThat(files[1]).isEqualTo(files[0]);
    assertThat(files[2]).isNotEqualTo(files[0]);
  }

  @Test
  void refusesImagesThatDoNotFit() throws IOException {
    Path weights = folder.resolve("teacher");
    List<Path> sizes = List.of(image("a", 32, WALL, 1), image("b", 24, WALL, 2));
    assertThatThrownBy(() -> RoomTeacher.train(weights, sizes, 1, 1, 1, (_, _) -> {}))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("b.png")
        .hasMessageContaining("must have one size");
    List<Path> labels = List.of(image("c", 32, 21, 3));
    assertThatThrownBy(() -> RoomTeacher.train(weights, labels, 1, 1, 1, (_, _) -> {}))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("c_labels.png")
        .hasMessageContaining("expected labels of 0..20, found 21");
    assertThat(weights).doesNotExist();
  }
}
