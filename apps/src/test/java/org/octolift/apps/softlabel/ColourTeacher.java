package org.octolift.apps.softlabel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.engine.Device;
import org.octolift.engine.cpu.Workers;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// A teacher without layers: logits are waves of a pixel's colour, by a seed. Hands out bands of
/// three rows.
public final class ColourTeacher implements ImageTeacher {
  private static final int BAND = 3;

  private final int classes;
  private final long seed;

  /// @param classes number of classes
  public ColourTeacher(int classes, long seed) {
    this.classes = classes;
    this.seed = seed;
  }

  /// As a source, with the seed as its fingerprint.
  public static TeacherSource source(int classes, long seed) {
    return new TeacherSource() {
      @Override
      public Optional<String> fingerprint() {
        return Optional.of("%064x".formatted(seed));
      }

      @Override
      public int classes() {
        return classes;
      }

      @Override
      public ImageTeacher open(Device device) {
        return new ColourTeacher(classes, seed);
      }
    };
  }

  /// Labels images and stores the labels.
  public static void store(List<Path> images, Path folder, int classes, long seed)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    SoftLabelStore store = new SoftLabelStore(folder, "--out", "");
    SoftLabelStore.Wanted wanted =
        new SoftLabelStore.Wanted(source(classes, seed).fingerprint(), classes, classes, false);
    try (Workers workers = new Workers(1)) {
      new ImageLabelling(store, wanted, false)
          .label(images, new ColourTeacher(classes, seed), workers, new Quiet(), () -> false);
    }
  }

  @Override
  public List<String> classes() {
    return IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
  }

  @Override
  public int colour(int index) {
    return 0x101010 * (index % 16);
  }

  /// Probability of a class at a pixel.
  double probability(ColourImage image, int pixel, int c) {
    double sum = 0;
    for (int other = 0; other < classes; other++) {
      sum += Math.exp(logit(image, pixel, other));
    }
    return Math.exp(logit(image, pixel, c)) / sum;
  }

  private double logit(ColourImage image, int pixel, int c) {
    return 3 * Math.sin(seed + c + 0.02 * (c + 1) * image.channel(pixel, c % 3));
  }

  @Override
  public void label(ColourImage image, Bands bands) {
    for (int first = 0; first < image.height(); first += BAND) {
      int rows = Math.min(BAND, image.height() - first);
      FloatArray band = new FloatArray(BAND * image.width() * classes);
      for (int i = 0; i < rows * image.width() * classes; i++) {
        int pixel = first * image.width() + i / classes;
        band.set(i, (float) probability(image, pixel, i % classes));
      }
      bands.accept(first, rows, band);
    }
  }

  @Override
  public void close() {}
}
