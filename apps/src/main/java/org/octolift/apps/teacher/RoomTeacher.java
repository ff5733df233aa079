package org.octolift.apps.teacher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.RandomSource;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Resampler;
import org.octolift.nn.autograd.Images;
import org.octolift.nn.autograd.Tape;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.Safetensors;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.models.image.ImageUNet;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// A small image parser for images of generated rooms.
public final class RoomTeacher implements AutoCloseable {
  private static final InputKey IMAGE = new InputKey.Named("image");
  private static final List<Integer> WIDTHS = List.of(24, 48, 96, 128);
  private static final int BATCH = 4;
  private static final double LEARNING_RATE = 4e-3;

  private final ImageUNet network;
  private final int classes;
  private final Device device;
  private Grid grid;
  private Value probabilities;
  private Executable executable;

  private RoomTeacher(ImageUNet network, int classes, Device device) {
    this.network = network;
    this.classes = classes;
    this.device = device;
  }

  /// A teacher with random weights.
  public static RoomTeacher create(int classes, long seed, Device device) {
    RandomSource random = RandomSource.of(seed).split("teacher");
    return new RoomTeacher(new ImageUNet(classes, WIDTHS, random), classes, device);
  }

  /// A teacher from a file of [#save].
  ///
  /// @throws org.octolift.engine.InputException when the file is damaged or of another network
  public static RoomTeacher load(Path file, int classes, Device device) throws IOException {
    RoomTeacher teacher = create(classes, 0, device);
    StateDict.load(teacher.network.parameters(), ModelFiles.read(file), file);
    return teacher;
  }

  /// Writes the weights.
  public void save(Path file) throws IOException {
    Safetensors.write(file, StateDict.of(network.parameters()), Map.of());
  }

  /// Trains on images and the classes of their pixels.
  ///
  /// @param images files of images, each with its file of labels
  /// @param steps of 4 images
  /// @return the loss of each step
  public double[] train(
      Map<Path, Path> images, int steps, long seed, TeacherTraining.Watcher watcher) {
    List<LabelledImage> labelled =
        images.entrySet().stream()
            .map(e -> LabelledImage.read(e.getKey(), e.getValue(), classes))
            .toList();
    return new TeacherTraining(
            network, labelled, steps, BATCH, LEARNING_RATE, RandomSource.of(seed).split("images"))
        .run(device, watcher);
  }

  /// Class probabilities of each pixel, (pixels, classes).
  public float[] probabilities(ColourImage image) {
    Grid size = new Grid(1, image.height(), image.width());
    if (!size.equals(grid)) {
      record(size);
    }
    FloatArray input = new FloatArray(ImageUNet.CHANNELS * size.size());
    for (int pixel = 0; pixel < size.size(); pixel++) {
      set(input, pixel, image, pixel);
    }
    executable.run(new OneImage(input));
    FloatArray result = executable.floats(probabilities);
    float[] values = new float[size.size() * classes];
    for (int i = 0; i < values.length; i++) {
      values[i] = result.get(i);
    }
    return values;
  }

  private void record(Grid size) {
    close();
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
