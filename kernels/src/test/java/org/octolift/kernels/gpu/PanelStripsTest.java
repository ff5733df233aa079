package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.kernels.Elementwise;
import org.octolift.kernels.GroupNormalisation;
import org.octolift.kernels.Resampling;
import org.octolift.kernels.Transformers;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Panels and plain rows have the bits of what is written as floats, rounded.
class PanelStripsTest {
  private static final float EPSILON = 1e-5f;

  private static LongArray junk(int capacity, int channels, int plain) {
    LongArray array =
        new LongArray(
            plain == 1
                ? PlainRows.longs(capacity, channels)
                : HalfPanels.longs(capacity, channels));
    for (int i = 0; i < array.getSize(); i++) {
      array.set(i, 0x7FC1_7FC2_7FC3_7FC4L);
    }
    return array;
  }

  /// Floats that are rounded by the device.
  private static LongArray rounded(FloatArray x, int rows, int capacity, int channels, int plain) {
    LongArray half = junk(capacity, channels, plain);
    IntArray counts = Device.counts(rows);
    int padded = HalfOperands.padded(channels);
    int panelRows = HalfPanels.panelRows(capacity);
    Device.run(
        Device.groups(1, half.getSize()),
        graph ->
            plain == 1
                ? graph.task("t", PlainRows::rows, half, x, counts, 1, channels, panelRows)
                : graph.task(
                    "t", HalfPanels::rows, half, x, counts, 1, channels, padded, panelRows),
        half,
        x,
        counts);
    return half;
  }

  /// The numbers of plain rows.
  private static FloatArray floats(LongArray half, int size) {
    FloatArray floats = new FloatArray(size);
    for (int i = 0; i < size; i++) {
      short bits = half.getSegment().getAtIndex(ValueLayout.JAVA_SHORT, i);
      floats.set(i, BFloat16.bf16ToFloat(bits));
    }
    return floats;
  }

  /// The floats are the expected ones, and the twin is what they are rounded to.
  private static void assertTwin(
      LongArray half,
      FloatArray y,
      FloatArray expected,
      int rows,
      int capacity,
      int channels,
      int plain) {
    assertClose(y, expected);
    assertThat(half.toHeapArray())
        .isEqualTo(rounded(y, rows, capacity, channels, plain).toHeapArray());
  }

  private static void assertClose(FloatArray actual, FloatArray expected) {
    for (int i = 0; i < expected.getSize(); i++) {
      float tolerance = 2e-5f * (1 + Math.abs(expected.get(i)));
      assertThat(actual.get(i)).as("%d", i).isCloseTo(expected.get(i), within(tolerance));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // images, pixels, channels, groups, residual, relu, plain, rounded
    "1, 1, 4, 2, 0, 0, 0, 0",
    "3, 7, 32, 4, 1, 1, 0, 0",
    "2, 16, 48, 3, 0, 1, 0, 0",
    "1, 9, 21, 7, 1, 0, 0, 0",
    "3, 7, 40, 5, 1, 1, 1, 0",
    "1, 8, 8, 2, 0, 0, 1, 0",
    "3, 7, 40, 5, 1, 1, 0, 1",
    "2, 5, 24, 3, 1, 0, 1, 1",
    "1, 9, 40, 4, 1, 0, 0, 2",
    "3, 6, 8, 8, 1, 1, 1, 3",
    "1, 1, 8, 1, 0, 0, 1, 1",
  })
  void groupNorm(
      int images,
      int pixels,
      int channels,
      int groups,
      int added,
      int relu,
      int plain,
      int rounded) {
    int rows = images * pixels;
    int panelRows = HalfPanels.panelRows(rows);
    FloatArray x = Device.random(rows * channels, 1);
    FloatArray residual = Device.random(rows * channels, 2);
    LongArray xHalf = rounded % 2 == 1 ? rounded(x, rows, rows, channels, 1) : new LongArray(1);
    LongArray residualHalf =
        rounded > 1 ? rounded(residual, rows, rows, channels, 1) : new LongArray(1);
    FloatArray xRounded = rounded % 2 == 1 ? floats(xHalf, x.getSize()) : x;
    FloatArray residualRounded = rounded > 1 ? floats(residualHalf, x.getSize()) : residual;
    FloatArray gamma = Device.random(channels, 3);
    FloatArray beta = Device.random(channels, 4);
    FloatArray statistics = Device.random(2 * images * groups, 5);
    for (int i = 1; i < statistics.getSize(); i += 2) {
      statistics.set(i, statistics.get(i) * statistics.get(i));
    }
    FloatArray expected = new FloatArray(rows * channels);
    GroupNormalisation.apply(
        expected,
        xRounded,
        statistics,
        gamma,
        beta,
        residualRounded,
        images,
        pixels,
        channels,
        groups,
        EPSILON,
        added,
        relu);
    FloatArray strips = new FloatArray(rows * channels);
    Device.run(
        Device.groups(1, images * RowStrips.strips(pixels) * channels),
        graph ->
            graph.task(
                "t",
                ImageStrips::groupNorm,
                strips,
                x,
                xHalf,
                statistics,
                gamma,
                beta,
                residual,
                residualHalf,
                images,
                pixels,
                channels,
                groups,
                RowStrips.strips(pixels),
                rounded,
                EPSILON,
                added,
                relu),
        strips,
        x,
        xHalf,
        statistics,
        gamma,
        beta,
        residual,
        residualHalf);
    assertClose(strips, expected);
    LongArray[] halves = new LongArray[2];
    for (int i = 0; i < 2; i++) {
      FloatArray y = new FloatArray(rows * channels);
      LongArray half = junk(rows, channels, plain);
      int floats = i;
      Device.run(
          Device.groups(1, PanelStrips.size(images, pixels, channels)),
          graph ->
              graph.task(
                  "t",
                  PanelStrips::groupNorm,
                  y,
                  half,
                  x,
                  xHalf,
                  statistics,
                  gamma,
                  beta,
                  residual,
                  residualHalf,
                  images,
                  pixels,
                  channels,
                  groups,
                  panelRows,
                  plain,
                  rounded,
                  EPSILON,
                  floats,
                  added,
                  relu),
          y,
          half,
          x,
          xHalf,
          statistics,
          gamma,
          beta,
          residual,
          residualHalf);
      halves[i] = half;
      if (floats == 1) {
        assertTwin(half, y, expected, rows, rows, channels, plain);
      }
    }
    assertThat(halves[0].toHeapArray()).isEqualTo(halves[1].toHeapArray());
  }

  @ParameterizedTest
  @CsvSource({
    // images, pixels, channels, groups, parts
    "1, 1, 8, 8, 1",
    "3, 7, 24, 8, 2",
    "2, 37, 40, 5, 3",
    "2, 33, 8, 1, 2",
  })
  void groupStatistics(int images, int pixels, int channels, int groups, int parts) {
    FloatArray x = Device.random(images * pixels * channels, 1);
    LongArray half = rounded(x, images * pixels, images * pixels, channels, 1);
    FloatArray values = floats(half, x.getSize());
    FloatArray expectedSums = new FloatArray(2 * images * parts * channels);
    GroupNormalisation.partialSums(expectedSums, values, images, pixels, channels, groups, parts);
    FloatArray sums = new FloatArray(expectedSums.getSize());
    Device.run(
        Device.groups(1, images * parts * channels / 4),
        graph ->
            graph.task(
                "t", GroupSums::partialSums, sums, half, images, pixels, channels, groups, parts),
        sums,
        half);
    assertClose(sums, expectedSums);
    FloatArray expected = new FloatArray(2 * images * groups);
    GroupNormalisation.statistics(
        expected, expectedSums, values, images, pixels, channels, groups, parts);
    for (int rounded = 0; rounded < 2; rounded++) {
      FloatArray statistics = new FloatArray(expected.getSize());
      FloatArray floats = rounded == 1 ? new FloatArray(1) : values;
      int fromHalf = rounded;
      Device.run(
          Device.groups(RowStatistics.THREADS, groups, images, 1),
          graph ->
              graph.task(
                  "t",
                  RowStatistics::groupNorm,
                  new KernelContext(),
                  statistics,
                  sums,
                  floats,
                  half,
                  pixels,
                  channels,
                  groups,
                  parts,
                  fromHalf),
          statistics,
          sums,
          floats,
          half);
      assertClose(statistics, expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 3, 5, 0", "7, 9, 32, 0", "12, 12, 48, 0", "7, 9, 40, 1", "0, 4, 8, 1"})
  void relu(int rows, int capacity, int channels, int plain) {
    FloatArray x = Device.random(capacity * channels, 1);
    IntArray counts = Device.counts(rows);
    FloatArray expected = new FloatArray(capacity * channels);
    Elementwise.relu(expected, x, counts, 1, channels, capacity);
    int panelRows = HalfPanels.panelRows(capacity);
    for (int i = 0; i < 2; i++) {
      FloatArray y = new FloatArray(capacity * channels);
      LongArray half = junk(capacity, channels, plain);
      int floats = i;
      Device.run(
          Device.groups(1, PanelStrips.size(capacity, channels)),
          graph ->
              graph.task(
                  "t",
                  PanelStrips::relu,
                  y,
                  half,
                  x,
                  counts,
                  1,
                  channels,
                  panelRows,
                  plain,
                  floats),
          y,
          half,
          x,
          counts);
      FloatArray written = floats == 1 ? expected : new FloatArray(capacity * channels);
      assertThat(y.toHeapArray()).isEqualTo(written.toHeapArray());
      assertThat(half.toHeapArray())
          .isEqualTo(rounded(expected, rows, capacity, channels, plain).toHeapArray());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 3, 5, 0",
    "7, 9, 32, 0",
    "5, 5, 200, 0",
    "3, 4, 768, 0",
    "3, 4, 768, 1",
    "0, 5, 24, 1",
    "2, 2, 1030, 0",
  })
  void layerNorm(int rows, int capacity, int channels, int plain) {
    FloatArray x = Device.random(capacity * channels, 1);
    FloatArray gamma = Device.random(channels, 2);
    FloatArray beta = Device.random(channels, 3);
    IntArray counts = Device.counts(rows);
    FloatArray expected = new FloatArray(capacity * channels);
    Transformers.layerNorm(expected, x, gamma, beta, counts, 1, channels, capacity, EPSILON);
    int panelRows = HalfPanels.panelRows(capacity);
    LongArray[] halves = new LongArray[2];
    for (int i = 0; i < 2; i++) {
      FloatArray y = new FloatArray(capacity * channels);
      LongArray half = junk(capacity, channels, plain);
      int floats = i;
      Device.run(
          Device.groups(RowStatistics.THREADS, RowStatistics.layerNormGroups(panelRows)),
          graph ->
              graph.task(
                  "t",
                  RowStatistics::layerNorm,
                  new KernelContext(),
                  y,
                  half,
                  x,
                  gamma,
                  beta,
                  counts,
                  1,
                  channels,
                  panelRows,
                  plain,
                  floats,
                  EPSILON),
          y,
          half,
          x,
          gamma,
          beta,
          counts);
      halves[i] = half;
      if (floats == 1) {
        assertTwin(half, y, expected, rows, capacity, channels, plain);
      }
    }
    assertThat(halves[0].toHeapArray()).isEqualTo(halves[1].toHeapArray());
  }

  @ParameterizedTest
  @CsvSource({
    // images, height, width, outHeight, outWidth, channels, aligned, plain
    "1, 1, 1, 1, 1, 4, 0, 0",
    "2, 3, 2, 5, 7, 32, 1, 1",
    "1, 4, 5, 8, 10, 21, 0, 0",
    "3, 5, 4, 3, 3, 48, 1, 0",
    "2, 2, 3, 4, 5, 24, 1, 1",
  })
  void doubleTaps(
      int images,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int channels,
      int aligned,
      int plain) {
    int rows = images * outHeight * outWidth;
    int panelRows = HalfPanels.panelRows(rows);
    FloatArray x = Device.random(images * height * width * channels, 1);
    FloatArray expected = new FloatArray(rows * channels);
    Resampling.resize(
        expected, x, images, height, width, outHeight, outWidth, channels, 2, aligned);
    LongArray[] halves = new LongArray[2];
    for (int i = 0; i < 2; i++) {
      FloatArray y = new FloatArray(rows * channels);
      LongArray half = junk(rows, channels, plain);
      int floats = i;
      Device.run(
          Device.groups(1, PanelStrips.size(images, outHeight, outWidth, channels)),
          graph ->
              graph.task(
                  "t",
                  PanelStrips::doubleTaps,
                  y,
                  half,
                  x,
                  images,
                  height,
                  width,
                  outHeight,
                  outWidth,
                  channels,
                  panelRows,
                  plain,
                  floats,
                  aligned),
          y,
          half,
          x);
      halves[i] = half;
      if (floats == 1) {
        assertTwin(half, y, expected, rows, rows, channels, plain);
      }
    }
    assertThat(halves[0].toHeapArray()).isEqualTo(halves[1].toHeapArray());
  }
}
