package org.octolift.apps.teacher;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputException;
import org.octolift.engine.InputKey;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.nn.autograd.Losses;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.models.image.ImageUNet;
import org.octolift.nn.optim.Adam;
import org.octolift.nn.optim.Optimiser;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Trains an [ImageUNet] on panoramas of one size: cross-entropy of the pixels with a class, Adam,
/// a learning rate that falls to zero. Panoramas are turned about the vertical at random, and half
/// of them mirrored: what is right of their right border is at their left one.
public final class TeacherTraining {
  private static final int BATCH = 4;
  private static final double LEARNING_RATE = 4e-3;
  private static final InputKey IMAGES = new InputKey.Named("images");
  private static final InputKey LABELS = new InputKey.Named("labels");

  private final ImageUNet network;
  private final List<LabelledImage> images;
  private final int steps;
  private final RandomSource random;
  private final Grid grid;

  /// @param images all of one size, at least one
  /// @param steps of the optimiser
  TeacherTraining(ImageUNet network, List<LabelledImage> images, int steps, RandomSource random) {
    this.network = network;
    this.images = List.copyOf(images);
    this.steps = steps;
    this.random = random;
    LabelledImage first = images.getFirst();
    this.grid = new Grid(BATCH, first.colours().height(), first.colours().width());
    for (LabelledImage image : images) {
      if (image.colours().height() != grid.height() || image.colours().width() != grid.width()) {
        throw InputException.in(
            image.colours().source(),
            "has %d x %d pixels, %s has %d x %d; all must have one size"
                .formatted(
                    image.colours().width(),
                    image.colours().height(),
                    first.colours().source(),
                    grid.width(),
                    grid.height()));
      }
    }
  }

  /// Is told of each step.
  @FunctionalInterface
  public interface Watcher {
    /// A step is done.
    ///
    /// @param step counted from 1
    void step(int step, double loss);
  }

  /// Trains to the end.
  ///
  /// @return the loss of each step
  double[] run(Device device, Watcher watcher) {
    Tape tape = new Tape(true, device.recomputation());
    Value input = tape.recorder().input(IMAGES, grid.rows(), ImageUNet.CHANNELS);
    Grid half = ImageUNet.halved(grid);
    Value labels = tape.recorder().inputInts(LABELS, half.rows(), 1);
    Value logits = network.record(tape, input, grid);
    Losses.Loss loss = Losses.crossEntropy(tape, logits, labels, 0);
    tape.recorder().keep(loss.value());
    Optimiser optimiser = new Adam(0);
    tape.backward(loss.value(), optimiser);
    Batch inputs =
        new Batch(new FloatArray(ImageUNet.CHANNELS * grid.size()), new IntArray(half.size()));
    List<Integer> queue = new ArrayList<>();
    double[] losses = new double[steps];
    try (Executable executable = device.load(tape.program())) {
      for (int step = 0; step < steps; step++) {
        for (int slot = 0; slot < BATCH; slot++) {
          if (queue.isEmpty()) {
            for (int i : random.permutation(images.size())) {
              queue.add(i);
            }
          }
          inputs.set(slot, images.get(queue.removeLast()), random, grid);
        }
        double left = 1 - (double) step / steps;
        inputs.hyper = FloatArray.fromArray(optimiser.hyper(LEARNING_RATE * left, step + 1));
        executable.run(inputs);
        network.parameters().countBatch();
        losses[step] = executable.floats(loss.value()).get(0);
        watcher.step(step + 1, losses[step]);
      }
    }
    return losses;
  }

  private static final class Batch implements BatchInputs {
    private final FloatArray images;
    private final IntArray labels;
    private FloatArray hyper;

    Batch(FloatArray images, IntArray labels) {
      this.images = images;
      this.labels = labels;
    }

    void set(int slot, LabelledImage image, RandomSource random, Grid grid) {
      int turn = random.nextInt(grid.width());
      boolean mirrored = random.nextInt(2) == 1;
      int at = slot * grid.pixels();
      int label = slot * ImageUNet.halved(grid).pixels();
      for (int row = 0; row < grid.height(); row++) {
        for (int column = 0; column < grid.width(); column++) {
          int seen = (column + turn) % grid.width();
          int pixel = row * grid.width() + (mirrored ? grid.width() - 1 - seen : seen);
          RoomTeacher.set(images, at, image.colours(), pixel);
          if (row % 2 == 0 && column % 2 == 0) {
            labels.set(label++, image.labels().values()[pixel]);
          }
          at++;
        }
      }
    }

    @Override
    public int rows(Rows rows) {
      return rows.value();
    }

    @Override
    public FloatArray floats(InputKey key) {
      return key.equals(IMAGES) ? images : hyper;
    }

    @Override
    public IntArray ints(InputKey key) {
      return labels;
    }
  }
}
