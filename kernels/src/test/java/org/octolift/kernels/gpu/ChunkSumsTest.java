package org.octolift.kernels.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.kernels.Normalisation;
import org.octolift.kernels.Reductions;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// The grouped sums equal those of the loop kernels.
class ChunkSumsTest {
  private static final float EPSILON = 1e-5f;

  private static void chunks(
      int rows, int channels, UnaryOperator<TaskGraph> task, Object... arrays) {
    // Groups of chunks that do not exist only return; a few are enough.
    int chunks = Math.min(Reductions.CHUNKS, Reductions.chunks(rows) + 2);
    Device.run(
        Device.groups(ChunkSums.THREADS, chunks, ChunkSums.slabs(channels), 1), task, arrays);
  }

  private static void finish(int channels, UnaryOperator<TaskGraph> task, Object... arrays) {
    Device.run(Device.groups(ChunkSums.THREADS, ChunkSums.slabs(channels)), task, arrays);
  }

  private static void assertClose(FloatArray actual, FloatArray expected, double tolerance) {
    for (int i = 0; i < expected.getSize(); i++) {
      double size = Math.max(1, Math.abs(expected.get(i)));
      assertThat((double) actual.get(i))
          .as("%d", i)
          .isCloseTo(expected.get(i), within(tolerance * size));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "63, 3", "65, 32", "700, 33", "1100, 7"})
  void equalThoseOfTheLoops(int rows, int channels) {
    FloatArray x = Device.random(rows * channels, 1);
    FloatArray y = Device.random(rows * channels, 2);
    FloatArray dy = Device.random(rows * channels, 3);
    FloatArray spread = new FloatArray(channels);
    spread.init(0.5f);
    for (int i = 0; i < x.getSize(); i++) {
      x.set(i, x.get(i) + 30);
    }
    IntArray counts = Device.counts(rows);
    IntArray shape = IntArray.fromElements(1, channels, rows);
    FloatArray partials = new FloatArray(3 * channels * Reductions.CHUNKS);
    FloatArray loopPartials = new FloatArray(3 * channels * Reductions.CHUNKS);
    FloatArray mean = new FloatArray(channels);
    FloatArray variance = new FloatArray(channels);
    FloatArray loopMean = new FloatArray(channels);
    FloatArray loopVariance = new FloatArray(channels);
    FloatArray runningMean = Device.random(channels, 4);
    FloatArray runningVariance = Device.random(channels, 5);
    FloatArray loopRunningMean = Device.random(channels, 4);
    FloatArray loopRunningVariance = Device.random(channels, 5);
    chunks(
        rows,
        channels,
        graph ->
            graph.task("t", ChunkSums::moments, new KernelContext(), partials, x, counts, shape),
        partials,
        x,
        counts,
        shape);
    Normalisation.moments(loopPartials, x, counts, 1, channels);
    assertClose(partials, loopPartials, 1e-5);
    finish(
        channels,
        graph ->
            graph.task(
                "t",
                ChunkSums::finishMoments,
                new KernelContext(),
                mean,
                variance,
                runningMean,
                runningVariance,
                partials,
                counts,
                shape,
                0.25f),
        mean,
        variance,
        runningMean,
        runningVariance,
        partials,
        counts,
        shape);
    Normalisation.finishMoments(
        loopMean,
        loopVariance,
        loopRunningMean,
        loopRunningVariance,
        loopPartials,
        counts,
        1,
        channels,
        0.25f);
    assertClose(runningMean, loopRunningMean, 1e-6);
    assertClose(runningVariance, loopRunningVariance, 1e-6);
    assertClose(mean, loopMean, 1e-6);
    assertClose(variance, loopVariance, 1e-6);

    LongArray halfY = new LongArray(HalfOperands.rowLongs(rows, channels, HalfOperands.BF16));
    HalfOperands.rows(
        halfY, y, counts, 1, channels, HalfOperands.padded(channels), rows, HalfOperands.BF16);
    for (int masked = 0; masked < 3; masked++) {
      int mask = masked;
      chunks(
          rows,
          channels,
          graph ->
              graph.task(
                  "t",
                  ChunkSums::gradientSums,
                  new KernelContext(),
                  partials,
                  dy,
                  y,
                  halfY,
                  x,
                  mean,
                  counts,
                  shape,
                  mask),
          partials,
          dy,
          y,
          halfY,
          x,
          mean,
          counts,
          shape);
      Normalisation.gradientSums(
          loopPartials, dy, y, x, mean, counts, 1, channels, Math.min(mask, 1));
      FloatArray dBeta = new FloatArray(channels);
      FloatArray loopBeta = new FloatArray(channels);
      FloatArray dGamma = new FloatArray(channels);
      FloatArray loopGamma = new FloatArray(channels);
      finish(
          channels,
          graph ->
              graph.task(
                  "t",
                  ChunkSums::finishGradientSums,
                  new KernelContext(),
                  dGamma,
                  dBeta,
                  partials,
                  spread,
                  counts,
                  shape,
                  EPSILON),
          dGamma,
          dBeta,
          partials,
          spread,
          counts,
          shape);
      Normalisation.finishGradientSums(
          loopGamma, loopBeta, loopPartials, spread, counts, 1, channels, EPSILON);
      assertClose(dBeta, loopBeta, 1e-5);
      assertClose(dGamma, loopGamma, 1e-4);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 3", "1, 1", "700, 33"})
  void columnSumsEqualThoseOfTheLoops(int rows, int channels) {
    FloatArray x = Device.random(rows * channels + 1, 1);
    IntArray counts = Device.counts(rows);
    IntArray shape = IntArray.fromElements(1, channels, rows);
    FloatArray partials = new FloatArray(channels * Reductions.CHUNKS);
    FloatArray loopPartials = new FloatArray(channels * Reductions.CHUNKS);
    FloatArray sums = new FloatArray(channels);
    FloatArray loopSums = new FloatArray(channels);
    chunks(
        rows,
        channels,
        graph ->
            graph.task("t", ChunkSums::columnSums, new KernelContext(), partials, x, counts, shape),
        partials,
        x,
        counts,
        shape);
    finish(
        channels,
        graph ->
            graph.task(
                "t",
                ChunkSums::finishColumnSums,
                new KernelContext(),
                sums,
                partials,
                counts,
                shape),
        sums,
        partials,
        counts,
        shape);
    Reductions.columnSums(loopPartials, x, counts, 1, channels);
    Reductions.finishColumnSums(loopSums, loopPartials, counts, 1, channels);
    assertClose(sums, loopSums, 1e-5);
  }
}
