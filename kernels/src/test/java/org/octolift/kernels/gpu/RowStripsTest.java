package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.RowCopies;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Strips compute what the loops do, but for a multiply-add that a device may fuse.
class RowStripsTest {
  private static final float EPSILON = 1e-5f;

  private static void assertClose(FloatArray actual, FloatArray expected) {
    for (int i = 0; i < expected.getSize(); i++) {
      assertThat(actual.get(i))
          .as("%d", i)
          .isCloseTo(expected.get(i), within(1e-6f * (1 + Math.abs(expected.get(i)))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // rows, capacity, channels, residuals, relu or mask
    "0, 5, 3, 1, 1",
    "1, 9, 32, 0, 1",
    "7, 7, 21, 1, 0",
    "8, 8, 1, 0, 0",
    "75, 90, 33, 1, 1",
  })
  void normalisationEqualsTheLoops(int rows, int capacity, int channels, int residuals, int relu) {
    int size = capacity * channels;
    IntArray counts = Device.counts(rows);
    FloatArray x = Device.random(size, 1);
    FloatArray dy = Device.random(size, 2);
    FloatArray residual = Device.random(size, 3);
    FloatArray mean = Device.random(channels, 4);
    FloatArray variance = Device.random(channels, 5);
    for (int i = 0; i < channels; i++) {
      variance.set(i, variance.get(i) * variance.get(i));
    }
    FloatArray gamma = Device.random(channels, 6);
    FloatArray beta = Device.random(channels, 7);
    FloatArray scale = new FloatArray(channels);
    FloatArray y = Device.random(size, 8);
    FloatArray expected = Device.random(size, 8);
    int work = RowStrips.size(capacity, channels);
    IntArray shape = IntArray.fromElements(1, channels, capacity);
    Normalisation.scale(scale, variance, gamma, channels, EPSILON);
    Normalisation.normalise(
        expected, x, mean, scale, beta, residual, counts, 1, channels, capacity, residuals, relu);
    Device.run(
        Device.groups(1, work),
        graph ->
            graph.task(
                "t",
                RowStrips::normalise,
                y,
                x,
                mean,
                variance,
                gamma,
                beta,
                residual,
                counts,
                shape,
                residuals,
                relu,
                EPSILON),
        y,
        x,
        mean,
        variance,
        gamma,
        beta,
        residual,
        counts,
        shape);
    assertClose(y, expected);

    FloatArray dGamma = Device.random(channels, 9);
    FloatArray dBeta = Device.random(channels, 10);
    FloatArray dx = Device.random(size, 11);
    FloatArray expectedDx = Device.random(size, 11);
    FloatArray dResidual = Device.random(size, 12);
    FloatArray expectedDResidual = Device.random(size, 12);
    FloatArray coefficients = new FloatArray(3 * channels);
    Normalisation.gradientCoefficients(
        coefficients, variance, gamma, dGamma, dBeta, counts, 1, channels, EPSILON);
    Normalisation.gradient(
        expectedDx,
        expectedDResidual,
        dy,
        y,
        x,
        mean,
        coefficients,
        counts,
        1,
        channels,
        capacity,
        relu,
        residuals,
        0);
    // In place dx has dy before, and what stands for dy is not read.
    FloatArray placed = Device.random(size, 2);
    FloatArray placedResidual = Device.random(size, 12);
    for (int inPlace = 0; inPlace <= 1; inPlace++) {
      FloatArray result = inPlace == 1 ? placed : dx;
      FloatArray dz = inPlace == 1 ? placedResidual : dResidual;
      FloatArray above = inPlace == 1 ? x : dy;
      int flag = inPlace;
      Device.run(
          Device.groups(1, work),
          graph ->
              graph.task(
                  "t",
                  RowStrips::gradient,
                  result,
                  dz,
                  above,
                  y,
                  x,
                  mean,
                  variance,
                  gamma,
                  dGamma,
                  dBeta,
                  counts,
                  shape,
                  relu,
                  residuals,
                  flag,
                  EPSILON),
          result,
          dz,
          dy,
          y,
          x,
          mean,
          variance,
          gamma,
          dGamma,
          dBeta,
          counts,
          shape);
    }
    for (int i = 0; i < rows * channels; i++) {
      assertThat(placed.get(i)).isEqualTo(dx.get(i));
    }
    for (int i = rows * channels; i < size; i++) {
      assertThat(placed.get(i)).as("beyond the rows").isEqualTo(dy.get(i));
    }
    assertClose(placedResidual, dResidual);
    assertClose(dx, expectedDx);
    assertClose(dResidual, expectedDResidual);
  }

  @ParameterizedTest
  @CsvSource({
    // rows, capacity, channels, channels of the other, first channel there
    "0, 5, 3, 3, 0",
    "1, 9, 32, 40, 8",
    "8, 8, 7, 20, 3",
    "75, 90, 33, 34, 1",
  })
  void sumsAndCopiesEqualTheLoops(int rows, int capacity, int channels, int width, int from) {
    IntArray counts = Device.counts(rows);
    FloatArray x = Device.random(capacity * width, 1);
    FloatArray y = Device.random(capacity * channels, 2);
    FloatArray expected = Device.random(capacity * channels, 2);
    int work = RowStrips.size(capacity, channels);
    IntArray sizes = IntArray.fromElements(1, channels, capacity, channels, 0, width, from);
    RowCopies.copyChannels(expected, x, counts, 1, channels, 0, width, from, channels, capacity);
    Device.run(
        Device.groups(1, work),
        graph -> graph.task("t", RowStrips::copyChannels, y, x, counts, sizes),
        y,
        x,
        counts,
        sizes);
    assertClose(y, expected);

    FloatArray term = Device.random(capacity * channels, 3);
    Elementwise.addInPlace(expected, term, counts, 1, channels, capacity);
    Device.run(
        Device.groups(1, work),
        graph -> graph.task("t", RowStrips::addInPlace, y, term, counts, sizes),
        y,
        term,
        counts,
        sizes);
    assertClose(y, expected);
  }
}
