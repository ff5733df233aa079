package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.octolift.engine.InputException;

/// Scans and files for the tests of readers and writers.
final class TestScans {
  private TestScans() {}

  /// {@code count} random points; which properties they have is in the bits of {@code properties}:
  /// normals 1, colours 2, labels 4, pixels 8.
  static Scan random(long seed, int count, int properties) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] xyz = new float[3 * count];
    float[] normals = new float[3 * count];
    float[] colours = new float[3 * count];
    int[] labels = new int[count];
    int[] pixels = new int[count];
    for (int i = 0; i < 3 * count; i++) {
      xyz[i] = (float) random.nextDouble(-10, 10);
      normals[i] = (float) random.nextDouble(-1, 1);
      colours[i] = random.nextInt(256);
    }
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(256);
      pixels[i] = random.nextInt(Integer.MAX_VALUE);
    }
    return new Scan(
        "random",
        xyz,
        (properties & 1) == 0 ? null : normals,
        (properties & 2) == 0 ? null : colours,
        (properties & 4) == 0 ? null : labels,
        (properties & 8) == 0 ? null : pixels);
  }

  static void assertSame(Scan actual, Scan expected) {
    assertThat(actual.xyz()).isEqualTo(expected.xyz());
    assertThat(actual.normals()).isEqualTo(expected.normals());
    assertThat(actual.colours()).isEqualTo(expected.colours());
    assertThat(actual.labels()).isEqualTo(expected.labels());
    assertThat(actual.pixels()).isEqualTo(expected.pixels());
  }

  static Path file(Path folder, String name, String content) {
    return file(folder, name, content.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Path file(Path folder, String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Damages {@code content} in many ways; a reader may refuse the result by an [InputException]
  /// that names the file, but nothing else may happen.
  static void damage(Path folder, String extension, byte[] content, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 400; round++) {
      byte[] damaged = content.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        // Headers matter most.
        int limit = random.nextBoolean() ? Math.min(400, damaged.length) : damaged.length;
        damaged[random.nextInt(limit)] =
            random.nextBoolean() ? (byte) random.nextInt(256) : (byte) ('0' + random.nextInt(10));
      }
      Path file = file(folder, "damaged" + extension, damaged);
      try {
        assertThat(ScanFiles.read(file).size()).isPositive();
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("damaged");
      }
    }
  }
}
