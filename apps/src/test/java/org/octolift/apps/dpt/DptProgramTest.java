package org.octolift.apps.dpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.FloatImage;
import org.octolift.engine.Grid;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.nn.models.dpt.Dpt;
import org.octolift.nn.models.dpt.DptBackbone;
import org.octolift.nn.models.dpt.DptTask;

/// Images of any size through small networks.
class DptProgramTest {
  private static final Grid AIM = new Grid(1, 32, 32);
  private static final DptBackbone SMALL =
      new DptBackbone(false, 64, 4, List.of(0, 1, 2, 3), List.of(8, 8, 8, 8));

  private static Dpt network(DptTask task) {
    Dpt network = new Dpt(SMALL, task);
    SplittableRandom random = new SplittableRandom(1);
    network
        .parameters()
        .all()
        .forEach(
            parameter -> {
              float[] values = new float[parameter.size()];
              for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() * (parameter.shape().length == 1 ? 1 : 0.2f);
              }
              parameter.fromReference(values);
            });
    return network;
  }

  private static ColourImage image(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new SplittableRandom(2).nextBytes(rgb);
    return new ColourImage(Path.of("photo.png"), width, height, rgb);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 50", "50, 1", "37, 53", "32, 32", "3001, 3000"})
  void labelsImagesOfAnySize(int width, int height) {
    try (CpuDevice device = new CpuDevice(2);
        ImageSegmenter segmenter =
            new ImageSegmenter(device, network(new DptTask.Segmentation(5)), AIM)) {
      int[] classes = segmenter.classes(image(width, height));
      assertThat(classes).hasSize(width * height);
      assertThat(IntStream.of(classes)).allMatch(label -> label >= 0 && label < 5);
    }
  }

  @Test
  void tellsDepthAtTheSizeOfEachImage() {
    try (CpuDevice device = new CpuDevice(2);
        DepthEstimator inverse =
            new DepthEstimator(device, network(new DptTask.InverseDepth()), AIM);
        DepthEstimator metric =
            new DepthEstimator(device, network(new DptTask.Depth(0.25f, 0.5f)), AIM)) {
      for (int[] size : new int[][] {{32, 32}, {1, 1}, {64, 32}, {32, 32}}) {
        ColourImage image = image(size[0], size[1]);
        FloatImage near = inverse.depth(image);
        assertThat(near.width()).isEqualTo(size[0]);
        assertThat(near.height()).isEqualTo(size[1]);
        float[] metres = metric.depth(image).values();
        for (int i = 0; i < metres.length; i++) {
          // Where nothing is interpolated.
          if (size[0] == 32) {
            assertThat(metres[i]).isEqualTo(1 / (0.25f * near.values()[i] + 0.5f));
          }
          assertThat(metres[i]).isBetween(0f, 2f);
        }
      }
    }
  }

  @Test
  void refusesImagesThatAreTooLongForTheNetwork() {
    try (CpuDevice device = new CpuDevice(1);
        ImageSegmenter segmenter =
            new ImageSegmenter(device, network(new DptTask.Segmentation(5)), AIM)) {
      assertThatThrownBy(() -> segmenter.classes(image(70_000, 32)))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("photo.png", "70000 × 32", "cut the image");
    }
  }
}
