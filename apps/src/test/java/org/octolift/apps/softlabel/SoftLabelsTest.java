package org.octolift.apps.softlabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.cpu.Workers;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

final class SoftLabelsTest {
  private static final int CLASSES = 7;
  private static final ColourTeacher TEACHER = new ColourTeacher(CLASSES, 5);

  static ColourImage image(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    RandomSource.of(8).nextBytes(rgb);
    return new ColourImage(Path.of("image.png"), width, height, rgb);
  }

  private static SoftLabels labels(ImageTeacher teacher, ColourImage image, int kept, int threads) {
    try (Workers workers = new Workers(threads)) {
      return SoftLabels.of(teacher, image, kept, workers);
    }
  }

  @Test
  void keepsEveryProbabilityToHalfPrecision() {
    ColourImage image = image(5, 8);
    SoftLabels labels = labels(TEACHER, image, CLASSES, 2);
    for (int pixel = 0; pixel < 40; pixel++) {
      int seen = 0;
      float last = 1;
      for (int k = 0; k < CLASSES; k++) {
        int c = labels.classes()[k * 40 + pixel];
        float probability = Float.float16ToFloat(labels.probabilities()[k * 40 + pixel]);
        double expected = TEACHER.probability(image, pixel, c);
        assertThat((double) probability).isCloseTo(expected, within(6e-4 * expected + 3e-8));
        assertThat(probability).isLessThanOrEqualTo(last);
        last = probability;
        seen |= 1 << c;
      }
      assertThat(seen).isEqualTo((1 << CLASSES) - 1);
      assertThat(labels.best(pixel)).isEqualTo(labels.classes()[pixel]);
    }
  }

  @Test
  void fewerClassesAreTheFirstOfAll() {
    ColourImage image = image(6, 7);
    SoftLabels all = labels(TEACHER, image, CLASSES, 1);
    SoftLabels some = labels(TEACHER, image, 3, 2);
    SoftLabels cut = all.first(3);
    assertThat(cut.kept()).isEqualTo(3);
    assertThat(cut.classes()).isEqualTo(some.classes());
    assertThat(cut.probabilities()).isEqualTo(some.probabilities());
    assertThat(all.first(99)).isSameAs(all);
  }

  /// Probabilities that float32 tells apart, but float16 does not, are equal.
  private record Even(List<String> classes) implements ImageTeacher {
    @Override
    public int colour(int index) {
      return 0;
    }

    @Override
    public void label(ColourImage image, Bands bands) {
      FloatArray band = new FloatArray(image.width() * image.height() * classes.size());
      for (int i = 0; i < band.getSize(); i++) {
        band.set(i, 0.25f + 1e-6f * (i % classes.size()));
      }
      bands.accept(0, image.height(), band);
    }

    @Override
    public void close() {}
  }

  @Test
  void equalOnesAreSortedByClass() {
    SoftLabels labels = labels(new Even(List.of("a", "b", "c", "d")), image(2, 1), 3, 1);
    assertThat(labels.classes()).containsExactly(0, 0, 1, 1, 2, 2);
  }

  @Test
  void whatIsDroppedGoesToTheOthers() {
    ColourImage image = image(4, 4);
    SoftLabels labels = labels(TEACHER, image, 2, 1);
    FloatArray target = new FloatArray(3 * CLASSES);
    target.init(0);
    labels.put(9, target, CLASSES);
    int first = labels.best(9);
    int second = labels.classes()[16 + 9];
    double one = TEACHER.probability(image, 9, first);
    double two = TEACHER.probability(image, 9, second);
    assertThat((double) target.get(CLASSES + first)).isCloseTo(one / (one + two), within(1e-3));
    assertThat((double) target.get(CLASSES + second)).isCloseTo(two / (one + two), within(1e-3));
    float sum = 0;
    for (int i = 0; i < target.getSize(); i++) {
      sum += target.get(i);
    }
    assertThat(sum).isCloseTo(1, within(1e-6f));
  }

  @Test
  void imagesTooLargeForAnArrayAreRefused() {
    ColourImage wide = image(15_000, 2_000);
    assertThatThrownBy(() -> labels(new ColourTeacher(100, 1), wide, 100, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("image.png: 15000 × 2000 pixels are too many for 100 classes");
    assertThatThrownBy(() -> labels(TEACHER, wide, CLASSES + 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
