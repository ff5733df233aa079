package org.octolift.apps.teacher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.report.ClassNames;
import org.octolift.apps.report.ClassPalette;
import org.octolift.apps.rooms.RoomPanoramas;
import org.octolift.apps.softlabel.ImageTeacher;
import org.octolift.apps.softlabel.ImageTeachers;
import org.octolift.apps.softlabel.TeacherSource;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.ops.Resampler;
import org.octolift.nn.autograd.Images;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.Safetensors;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.models.image.ImageUNet;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A small image parser for panoramas of generated rooms, with their classes. It computes on the
/// CPU, wherever the 3-D network does: its gradients exist there alone. The program of the last
/// size is kept.
public final class RoomTeacher implements ImageTeacher {
  private static final InputKey IMAGE = new InputKey.Named("image");
  private static final List<Integer> WIDTHS = List.of(24, 48, 96, 128);
  private static final List<String> CLASSES = ClassNames.scanNet20();

  private final ImageUNet network;
  private final CpuDevice device;
  private final ClassPalette palette = ClassPalette.scanNet20();
  private Grid grid;
  private Value probabilities;
  private Executable executable;

  private RoomTeacher(ImageUNet network, CpuDevice device) {
    this.network = network;
    this.device = device;
  }

  private static ImageUNet network(long seed) {
    return new ImageUNet(CLASSES.size(), WIDTHS, RandomSource.of(seed).split("teacher"));
  }

  /// Trains a teacher and writes its weights.
  ///
  /// @param images colour images of [RoomPanoramas], each with its image of labels
  /// @param steps of 4 images
  /// @param threads that compute; the weights do not depend on it
  /// @param watcher is told of each step
  /// @return the loss of each step
  /// @throws org.octolift.engine.InputException when an image cannot be read or sizes differ
  public static double[] train(
      Path weights,
      List<Path> images,
      int steps,
      long seed,
      int threads,
      TeacherTraining.Watcher watcher)
      throws IOException {
    List<LabelledImage> labelled =
        images.stream()
            .map(image -> LabelledImage.read(image, RoomPanoramas.labels(image), CLASSES.size()))
            .toList();
    ImageUNet network = network(seed);
    TeacherTraining training =
        new TeacherTraining(network, labelled, steps, RandomSource.of(seed).split("images"));
    try (CpuDevice device = new CpuDevice(threads)) {
      double[] losses = training.run(device, watcher);
      Safetensors.write(weights, StateDict.of(network.parameters()), Map.of());
      return losses;
    }
  }

  /// The teacher of a file that [#train] wrote.
  ///
  /// @param threads that compute
  public static TeacherSource source(Path weights, int threads) {
    return new TeacherSource() {
      @Override
      public Optional<String> fingerprint() throws IOException {
        return Files.exists(weights)
            ? Optional.of(ImageTeachers.sha256(weights))
            : Optional.empty();
      }

      @Override
      public int classes() {
        return CLASSES.size();
      }

      @Override
      public ImageTeacher open(Device device) throws IOException {
        ImageUNet network = network(0);
        StateDict.load(network.parameters(), ModelFiles.read(weights), weights);
        return new RoomTeacher(network, new CpuDevice(threads));
      }
    };
  }

  @Override
  public List<String> classes() {
    return CLASSES;
  }

  @Override
  public int colour(int index) {
    return palette.colour(index);
  }

  @Override
  public void label(ColourImage image, Bands bands) {
    Grid size = new Grid(1, image.height(), image.width());
    if (!size.equals(grid)) {
      record(size);
    }
    FloatArray input = new FloatArray(ImageUNet.CHANNELS * size.size());
    for (int pixel = 0; pixel < size.size(); pixel++) {
      set(input, pixel, image, pixel);
    }
    executable.run(new OneImage(input));
    bands.accept(0, image.height(), executable.floats(probabilities));
  }

  private void record(Grid size) {
    release();
    Tape tape = new Tape(false);
    Value input = tape.recorder().input(IMAGE, size.rows(), ImageUNet.CHANNELS);
    Value logits = network.record(tape, input, size);
    Grid half = ImageUNet.halved(size);
    Value whole = Images.resize(tape, logits, half, size, Resampler.bilinear(false));
    probabilities = tape.recorder().keep(tape.softmax(whole));
    executable = device.load(tape.program());
    grid = size;
  }

  /// Sets row {@code at} of the network's input from a pixel.
  static void set(FloatArray input, int at, ColourImage image, int pixel) {
    int row = ImageUNet.CHANNELS * at;
    for (int c = 0; c < 3; c++) {
      input.set(row + c, image.channel(pixel, c) / 127.5f - 1);
    }
    int down = pixel / image.width();
    input.set(row + 3, (2 * down + 1f) / image.height() - 1);
  }

  @Override
  public void close() {
    release();
    device.close();
  }

  private void release() {
    if (executable != null) {
      executable.close();
      executable = null;
      grid = null;
    }
  }

  private record OneImage(FloatArray image) implements BatchInputs {
    @Override
    public int rows(Rows rows) {
      return rows.value();
    }

    @Override
    public FloatArray floats(InputKey key) {
      return image;
    }

    @Override
    public IntArray ints(InputKey key) {
      throw new IllegalArgumentException("no input " + key);
    }
  }
}
