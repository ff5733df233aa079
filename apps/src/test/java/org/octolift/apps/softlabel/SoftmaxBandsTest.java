package org.octolift.apps.softlabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.cpu.Workers;
import org.octolift.engine.ops.ImageResize;
import org.octolift.engine.ops.Resampler;
import org.octolift.engine.ops.Softmax;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Bands against the engine's ops on whole images, which are compared with PyTorch.
final class SoftmaxBandsTest {
  private static final int CLASSES = 9;

  private static FloatArray logits(Grid grid) {
    FloatArray logits = new FloatArray(grid.size() * CLASSES);
    RandomSource random = RandomSource.of(4);
    for (int i = 0; i < logits.getSize(); i++) {
      logits.set(i, 8 * random.nextFloat() - 4);
    }
    return logits;
  }

  private static float[] whole(FloatArray logits, Grid in, Grid out) {
    Recorder recorder = new Recorder();
    Value input = recorder.input(new InputKey.Named("logits"), in.rows(), CLASSES);
    Value resized = recorder.temporary("resized", out.rows(), CLASSES);
    recorder.add(new ImageResize(resized, input, in, out, Resampler.bicubic()));
    Value soft = recorder.keep(recorder.temporary("soft", out.rows(), CLASSES));
    recorder.add(new Softmax(soft, resized));
    try (CpuDevice device = new CpuDevice(2);
        Executable executable = device.load(recorder.program())) {
      executable.run(new Logits(logits));
      return executable.floats(soft).toHeapArray();
    }
  }

  private record Logits(FloatArray array) implements BatchInputs {
    @Override
    public int rows(Rows rows) {
      return rows.value();
    }

    @Override
    public FloatArray floats(InputKey key) {
      return array;
    }

    @Override
    public IntArray ints(InputKey key) {
      throw new IllegalArgumentException("no input " + key);
    }
  }

  private static float[] bands(FloatArray logits, Grid in, Grid out, int threads) {
    float[] all = new float[out.size() * CLASSES];
    int[] next = new int[1];
    try (Workers workers = new Workers(threads)) {
      new SoftmaxBands(workers, logits, in, out, CLASSES)
          .run(
              (first, rows, band) -> {
                assertThat(first).isEqualTo(next[0]);
                next[0] += rows;
                for (int i = 0; i < rows * out.width() * CLASSES; i++) {
                  all[first * out.width() * CLASSES + i] = band.get(i);
                }
              });
    }
    assertThat(next[0]).isEqualTo(out.height());
    return all;
  }

  @ParameterizedTest
  @CsvSource({"20, 30, 33, 47", "20, 30, 11, 7", "20, 30, 20, 30", "1, 1, 3, 2", "4, 6, 3, 40000"})
  void areTheSoftmaxOfTheResizedLogits(int height, int width, int newHeight, int newWidth) {
    Grid in = new Grid(1, height, width);
    Grid out = new Grid(1, newHeight, newWidth);
    FloatArray logits = logits(in);
    float[] expected = whole(logits, in, out);
    float[] actual = bands(logits, in, out, 2);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(2e-6f));
    }
    assertThat(bands(logits, in, out, 1)).isEqualTo(actual);
  }

  @Test
  void ofAWideImageAreManyBands() {
    Grid in = new Grid(1, 2, 2);
    int[] count = new int[1];
    try (Workers workers = new Workers(1)) {
      new SoftmaxBands(workers, logits(in), in, new Grid(1, 5, 70_000), CLASSES)
          .run((first, rows, band) -> count[0]++);
    }
    assertThat(count[0]).isEqualTo(5);
  }
}
