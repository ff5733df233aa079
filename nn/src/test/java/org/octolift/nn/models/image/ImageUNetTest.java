package org.octolift.nn.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.optim.Adam;
import org.octolift.nn.optim.Optimiser;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

final class ImageUNetTest {
  private static final InputKey IMAGE = new InputKey.Named("image");
  private static final InputKey LABELS = new InputKey.Named("labels");

  private record Batch(FloatArray image, IntArray labels, FloatArray hyper) implements BatchInputs {
    @Override
    public int rows(Rows rows) {
      return rows.value();
    }

    @Override
    public FloatArray floats(InputKey key) {
      return key.equals(IMAGE) ? image : hyper;
    }

    @Override
    public IntArray ints(InputKey key) {
      return labels;
    }
  }

  private static ImageUNet network() {
    return new ImageUNet(3, List.of(6, 8, 10), RandomSource.of(3));
  }

  /// Two images of noise whose class is 1 where the noise is red, else 2.
  private static Batch batch(Grid grid, FloatArray hyper) {
    RandomSource random = RandomSource.of(8);
    FloatArray image = new FloatArray(4 * grid.size());
    Grid half = ImageUNet.halved(grid);
    IntArray labels = new IntArray(half.size());
    for (int i = 0; i < grid.images(); i++) {
      int edge = 2 + random.nextInt(grid.width() - 4);
      for (int y = 0; y < grid.height(); y++) {
        for (int x = 0; x < grid.width(); x++) {
          int pixel = (i * grid.height() + y) * grid.width() + x;
          for (int c = 0; c < 3; c++) {
            double base = (c == 0) == (x < edge) ? 0.4 : -0.4;
            image.set(4 * pixel + c, (float) (base + 0.3 * random.nextGaussian()));
          }
          if (x % 2 == 0 && y % 2 == 0) {
            labels.set((i * half.height() + y / 2) * half.width() + x / 2, x < edge ? 1 : 2);
          }
        }
      }
    }
    return new Batch(image, labels, hyper);
  }

  private static double[] train(int threads, int steps) {
    Grid grid = new Grid(2, 13, 18);
    ImageUNet network = network();
    Tape tape = new Tape(true);
    Value image = tape.recorder().input(IMAGE, grid.rows(), ImageUNet.CHANNELS);
    Value labels = tape.recorder().inputInts(LABELS, ImageUNet.halved(grid).rows(), 1);
    Losses.Loss loss = Losses.crossEntropy(tape, network.record(tape, image, grid), labels, 0);
    tape.recorder().keep(loss.value());
    Optimiser adam = new Adam(0);
    tape.backward(loss.value(), adam);
    double[] losses = new double[steps];
    try (CpuDevice device = new CpuDevice(threads);
        Executable executable = device.load(tape.program())) {
      for (int step = 0; step < steps; step++) {
        executable.run(batch(grid, FloatArray.fromArray(adam.hyper(0.01, step + 1))));
        losses[step] = executable.floats(loss.value()).get(0);
      }
    }
    return losses;
  }

  @ParameterizedTest
  @CsvSource({"16, 32", "13, 18", "1, 1", "7, 2"})
  void logitsAreOfTheHalvedImageWhateverItsSize(int height, int width) {
    Grid grid = new Grid(2, height, width);
    Tape tape = new Tape(false);
    Value image = tape.recorder().input(IMAGE, grid.rows(), ImageUNet.CHANNELS);
    Value logits = network().record(tape, image, grid);
    assertThat(ImageUNet.halved(grid)).isEqualTo(new Grid(2, (height + 1) / 2, (width + 1) / 2));
    assertThat(logits.rows()).isEqualTo(ImageUNet.halved(grid).rows());
    assertThat(logits.channels()).isEqualTo(3);
  }

  @Test
  void learnsAndDoesNotDependOnThreads() {
    double[] losses = train(1, 40);
    assertThat(losses[0]).isGreaterThan(0.6);
    assertThat(losses[39]).isLessThan(0.2);
    assertThat(train(2, 10)).isEqualTo(java.util.Arrays.copyOf(losses, 10));
  }

  @Test
  void everyParameterTakesPart() {
    ImageUNet network = network();
    Grid grid = new Grid(1, 8, 8);
    Tape tape = new Tape(true);
    Value image = tape.recorder().input(IMAGE, grid.rows(), ImageUNet.CHANNELS);
    Value labels = tape.recorder().inputInts(LABELS, ImageUNet.halved(grid).rows(), 1);
    Losses.Loss loss = Losses.crossEntropy(tape, network.record(tape, image, grid), labels, 0);
    int[] seen = {0};
    tape.backward(loss.value(), (p, g) -> seen[0]++);
    assertThat(seen[0]).isEqualTo(network.parameters().trainable().size());
  }

  @Test
  void levelsAreNeeded() {
    assertThatThrownBy(() -> new ImageUNet(3, List.of(), RandomSource.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("level");
  }
}
