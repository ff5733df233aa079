package org.octolift.apps.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.octolift.apps.config.AugmentationConfig;
import org.octolift.apps.config.DataConfig;
import org.octolift.apps.config.OctreeConfig;
import org.octolift.engine.InputException;
import org.octolift.engine.RandomSource;
import org.octolift.engine.octree.PointTransform.Clipped;

class AugmentationTest {
  private static AugmentationConfig config(boolean distort) {
    return new AugmentationConfig(
        "DATA.train",
        distort,
        List.of(0, 0, 180),
        0.1,
        0.1,
        0,
        "",
        "sphere",
        -1,
        List.of(-1.0, -1.0, -1.0));
  }

  private static Augmentation augmentation(String name, AugmentationConfig augmentation) {
    return new Augmentation(
        new DataConfig(
            "DATA.train",
            name,
            false,
            Path.of(""),
            Optional.empty(),
            new OctreeConfig("DATA.train", 9, 2, true, false, false),
            augmentation,
            1,
            1,
            true,
            false,
            new DataConfig.Limited(false, 0, Optional.empty(), false, Optional.empty()),
            new DataConfig.Soft(Optional.empty(), true, 0)));
  }

  private static Scan room(int points) {
    RandomSource random = RandomSource.of(11);
    float[] xyz = new float[3 * points];
    float[] normals = new float[3 * points];
    float[] colours = new float[3 * points];
    int[] labels = new int[points];
    for (int i = 0; i < points; i++) {
      labels[i] = i % 5;
      normals[3 * i + i % 3] = 1;
      for (int axis = 0; axis < 3; axis++) {
        xyz[3 * i + axis] = 20 + random.nextFloat() * (axis == 2 ? 2.5f : 6);
        colours[3 * i + axis] = 40 + 160 * random.nextFloat();
      }
    }
    return new Scan("room.ply", xyz, normals, colours, labels, null);
  }

  private static Clipped apply(boolean distort, Scan scan, long seed) {
    return augmentation("scannet", config(distort)).apply(scan, RandomSource.of(seed));
  }

  @Test
  void withoutDistortionTheScanIsCentredAndScaled() {
    Scan scan =
        new Scan(
            "a",
            new float[] {1, 2, 3, 3, 6, 3.5f, 2, 4, 3.25f},
            null,
            new float[] {255, 0, 51, 0, 0, 0, 0, 0, 0},
            new int[] {1, 2, 3},
            null);
    Clipped clipped = apply(false, scan, 1);
    assertThat(clipped.points().xyz())
        .containsExactly(
            -1 / 5.12f, -2 / 5.12f, -0.25f / 5.12f, 1 / 5.12f, 2 / 5.12f, 0.25f / 5.12f, 0, 0, 0);
    assertThat(clipped.points().features()).containsExactly(1, 0, 0.2f, 0, 0, 0, 0, 0, 0);
    assertThat(clipped.points().labels()).containsExactly(1, 2, 3);
    assertThat(clipped.mask()).containsExactly(1, 1, 1);
  }

  @Test
  void pointsBeyondTheCubeAreCutOff() {
    Scan scan =
        new Scan("a", new float[] {-6, 0, 0, 6, 0, 0, 1, 0, 0}, null, null, new int[3], null);
    Clipped clipped = apply(false, scan, 1);
    assertThat(clipped.mask()).containsExactly(0, 0, 1);
    assertThat(clipped.points().size()).isOne();
    Scan outside = new Scan("far.ply", new float[] {-6, 0, 0, 6, 0, 0}, null, null, null, null);
    assertThatThrownBy(() -> apply(false, outside, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("far.ply: none of its 2 points")
        .hasMessageContaining("metres");
  }

  @Test
  void distortionDependsOnTheGeneratorAlone() {
    Scan scan = room(500);
    float[] before = scan.xyz().clone();
    Clipped one = apply(true, scan, 5);
    Clipped same = apply(true, scan, 5);
    Clipped other = apply(true, scan, 6);
    assertThat(one.points().xyz()).isEqualTo(same.points().xyz());
    assertThat(one.points().features()).isEqualTo(same.points().features());
    assertThat(one.points().normals()).isEqualTo(same.points().normals());
    assertThat(one.points().xyz()).isNotEqualTo(other.points().xyz());
    assertThat(one.points().features()).isNotEqualTo(other.points().features());
    assertThat(scan.xyz()).isEqualTo(before);
  }

  /// Over many draws: angle, shift and scale have the moments of uniform numbers.
  @Test
  void theTransformHasItsRanges() {
    Scan scan =
        new Scan(
            "ball", new float[] {1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0}, null, null, null, null);
    AugmentationConfig still =
        new AugmentationConfig(
            "DATA.train",
            true,
            List.of(0, 0, 180),
            0.1,
            0.1,
            0,
            "",
            "sphere",
            2,
            List.of(0.0, 0.0, 0.0));
    Augmentation augmentation = augmentation("modelnet", still);
    int n = 4000;
    double[] sums = new double[4];
    double[] squares = new double[4];
    for (int i = 0; i < n; i++) {
      float[] xyz = augmentation.apply(scan, RandomSource.of(1).split("draw", i)).points().xyz();
      // Points 0 and 1 are opposite, so their mean is scale · shift, their difference the axis.
      double shiftX = (xyz[0] + xyz[3]) / 2;
      double shiftZ = (xyz[2] + xyz[5]) / 2;
      assertThat(Math.abs(shiftX)).isLessThan(0.11);
      double axisX = xyz[0] - xyz[3];
      double axisY = xyz[1] - xyz[4];
      double across = Math.hypot(xyz[0] - xyz[3], xyz[6] - xyz[9]);
      assertThat(across).isBetween(0.9 - 1e-6, 1.1 + 1e-6);
      double[] measured = {shiftX, shiftZ, across, Math.atan2(axisY, axisX)};
      for (int k = 0; k < 4; k++) {
        sums[k] += measured[k] / n;
        squares[k] += measured[k] * measured[k] / n;
      }
    }
    double shiftVariance = 0.01 / 3 * (1 + 0.01 / 3);
    assertThat(sums[0]).isEqualTo(0, within(0.005));
    assertThat(squares[0]).isEqualTo(shiftVariance, within(2e-4));
    assertThat(squares[1]).isEqualTo(shiftVariance, within(2e-4));
    assertThat(sums[2]).isEqualTo(1, within(0.005));
    assertThat(squares[2] - sums[2] * sums[2]).isEqualTo(0.01 / 3, within(2e-4));
    assertThat(sums[3]).isEqualTo(0, within(0.15));
    assertThat(squares[3]).isEqualTo(Math.PI * Math.PI / 3, within(0.15));
  }

  @Test
  void otherDataIsScaledToItsBallOrTheGivenOne() {
    Scan scan = new Scan("a", new float[] {4, 0, 0, 8, 0, 0, 6, 1, 0}, null, null, null, null);
    float[] box =
        augmentation("own", ball("box", -1)).apply(scan, RandomSource.of(1)).points().xyz();
    double radius = Math.sqrt(4 + 0.25);
    assertThat(box[0]).isCloseTo((float) (-2 / radius), within(1e-6f));
    float[] given =
        augmentation("own", ball("sphere", 10)).apply(scan, RandomSource.of(1)).points().xyz();
    assertThat(given[0]).isCloseTo(0.3f, within(1e-6f));
    assertThat(given[1]).isCloseTo(-0.2f, within(1e-6f));
  }

  private static AugmentationConfig ball(String method, double radius) {
    return new AugmentationConfig(
        "DATA.test", false, List.of(0, 0, 0), 0, 0, 0, "", method, radius, List.of(1.0, 2.0, 0.0));
  }

  @Test
  void normalsAreNeededForTheOffsetAndTurnedToTheAxis() {
    AugmentationConfig offset =
        new AugmentationConfig(
            "DATA.test", false, List.of(0, 0, 0), 0, 0, 0.5, "z", "sphere", -1, List.of(-1.0));
    Scan scan = new Scan("a.ply", new float[3], new float[] {0, 0, -1}, null, null, null);
    Clipped clipped = augmentation("scannet", offset).apply(scan, RandomSource.of(1));
    assertThat(clipped.points().xyz()[2]).isEqualTo(-0.5f);
    assertThat(clipped.points().normals()[2]).isEqualTo(1);
    Scan without = new Scan("b.ply", new float[3], null, null, null, null);
    assertThatThrownBy(() -> augmentation("scannet", offset).apply(without, RandomSource.of(1)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("b.ply")
        .hasMessageContaining("DATA.test.offset");
  }

  @Test
  void coloursMustBeBytesAndCoordinatesMetres() {
    Scan dark = new Scan("dark.ply", new float[3], null, new float[] {1, 0, 0.5f}, null, null);
    assertThatThrownBy(() -> apply(true, dark, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dark.ply: colours must lie in 0..255");
    Scan large = new Scan("mm.ply", new float[] {0, 0, 0, 5000, 0, 0}, null, null, null, null);
    assertThatThrownBy(() -> apply(true, large, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("mm.ply: extends over more than 205 m");
  }

  @Test
  void coloursStayBytesAndMoveAsMuchAsTheyShould() {
    float[] grey = new float[3 * 2000];
    Arrays.fill(grey, 128);
    double shifts = 0;
    double noise = 0;
    int n = 400;
    for (int i = 0; i < n; i++) {
      float[] changed = ColourDistortion.apply(grey, RandomSource.of(2).split("draw", i));
      double mean = 0;
      double square = 0;
      for (int p = 0; p < changed.length; p += 3) {
        assertThat(changed[p]).isBetween(0f, 255f);
        mean += (changed[p] - 128) / 2000;
        square += Math.pow(changed[p] - 128, 2) / 2000;
      }
      shifts += mean * mean / n;
      noise += (square - mean * mean) / n;
    }
    assertThat(shifts).isEqualTo(0.95 * 51 * 51 / 12, within(20.0));
    assertThat(noise).isEqualTo(0.95 * 12.75 * 12.75, within(6.0));
  }

  @Test
  void contrastIsStretchedTowardsTheWholeRange() {
    float[] colours = {50, 10, 7, 100, 20, 7, 150, 30, 7};
    ColourDistortion.stretch(colours, 0.25);
    assertThat(colours)
        .containsExactly(
            new float[] {37.5f, 7.5f, 7, 106.875f, 46.875f, 7, 176.25f, 86.25f, 7}, within(1e-4f));
  }

  @Test
  void oneScanInTwentyKeepsItsShape() {
    AugmentationConfig elasticAlone =
        new AugmentationConfig(
            "DATA.train", true, List.of(0, 0, 0), 0, 0, 0, "", "sphere", -1, List.of(-1.0));
    Augmentation augmentation = augmentation("scannet", elasticAlone);
    Scan scan = new Scan("a", new float[] {0, 0, 0, 1, 1, 1}, null, null, null, null);
    float[] straight = apply(false, scan, 1).points().xyz();
    int n = 2000;
    int unbent = 0;
    for (int i = 0; i < n; i++) {
      float[] xyz = augmentation.apply(scan, RandomSource.of(6).split("draw", i)).points().xyz();
      unbent += Arrays.equals(xyz, straight) ? 1 : 0;
    }
    assertThat(unbent).isCloseTo(n / 20, within(30));
  }

  /// golden/gen/elastic_steps_3x300x3.f32, to the last bit of a float below 1 (6e-8) a step.
  @Test
  void elasticDistortionAgreesWithTheReference() throws IOException {
    Path file = shared("golden/gen/elastic_steps_3x300x3.f32");
    ByteBuffer golden = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[][] steps = new float[3][900];
    for (float[] step : steps) {
      for (int i = 0; i < step.length; i++) {
        step[i] = golden.getFloat();
      }
    }
    double[][] settings = {{0.2, 0.4}, {0.8, 1.6}};
    int[][] sizes = {{8, 7, 5}, {4, 4, 3}};
    float[] xyz = steps[0];
    for (int step = 0; step < 2; step++) {
      ElasticDistortion.Grid grid = ElasticDistortion.Grid.around(xyz, settings[step][0]);
      assertThat(grid.size()).containsExactly(sizes[step]);
      float[] noise = new float[3 * grid.nodes()];
      double[] stream = stream("elastic_noise" + step, noise.length);
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (float) (stream[i] * 4 - 2);
      }
      xyz = ElasticDistortion.apply(xyz, grid, settings[step][1], noise);
      assertThat(xyz).containsExactly(steps[step + 1], within(1.2e-7f));
    }
  }

  private static double[] stream(String name, int count) {
    long state = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      state = (state ^ b) * 0x100000001B3L;
    }
    RandomSource random = RandomSource.resume(state);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextDouble();
    }
    return values;
  }

  private static Path shared(String name) {
    Path start = Path.of("").toAbsolutePath();
    for (Path up = start; up != null; up = up.getParent()) {
      Path data = up.resolve("shared/data");
      if (Files.isDirectory(data)) {
        return existing(data.resolve(name));
      }
    }
    return existing(Path.of("shared/data").resolve(name));
  }

  private static Path existing(Path file) {
    Assumptions.assumeTrue(Files.exists(file), "missing: " + file);
    return file;
  }
}
