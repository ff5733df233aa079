package org.octolift.apps.dpt;

import org.octolift.apps.data.image.ColourImage;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputException;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.nn.models.dpt.Dpt;
import org.octolift.nn.models.dpt.DptInput;
import org.octolift.nn.models.dpt.Image;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Runs a network on images, one at a time, resized for it. The program of the last size is kept.
public final class DptProgram implements AutoCloseable {
  private static final InputKey IMAGE = new InputKey.Named("image");

  /// Pixels of the network's input: at the end there are 150 logits for each.
  private static final int MAX_PIXELS = 1 << 21;

  private final Device device;
  private final Dpt network;
  private final Grid aim;
  private final Tail tail;
  private Grid size;
  private Value result;
  private Executable executable;

  /// Brings what the network says to the size of the image.
  @FunctionalInterface
  public interface Tail {
    /// Records it; returns the result, of the pixels of {@code out}.
    Value record(Recorder recorder, Image prediction, Grid out);
  }

  /// @param network loaded
  /// @param aim the size that images are brought near to
  public DptProgram(Device device, Dpt network, Grid aim, Tail tail) {
    this.device = device;
    this.network = network;
    this.aim = aim;
    this.tail = tail;
  }

  /// Runs the network; [#result] is then in the executable.
  ///
  /// @throws InputException when the image is so long and narrow that the network's input is huge
  public Executable run(ColourImage image) {
    Grid out = new Grid(1, image.height(), image.width());
    Grid in = DptInput.size(image.height(), image.width(), aim);
    if (in.size() > MAX_PIXELS) {
      throw InputException.in(
          image.source(),
          "%d × %d pixels would become %d × %d for the network, expected at most %,d; cut the"
                  .formatted(image.width(), image.height(), in.width(), in.height(), MAX_PIXELS)
              + " image into parts");
    }
    if (!out.equals(size)) {
      record(in, out);
    }
    executable.run(new OneImage(input(image, in)));
    return executable;
  }

  /// The value that the tail returned.
  public Value result() {
    return result;
  }

  private static FloatArray input(ColourImage image, Grid size) {
    int line = 3 * image.width();
    return DptInput.prepare(
        (row, values) -> {
          for (int i = 0; i < line; i++) {
            values[i] = Byte.toUnsignedInt(image.rgb()[row * line + i]) / 255.0;
          }
        },
        image.height(),
        image.width(),
        size);
  }

  private void record(Grid in, Grid out) {
    close();
    Recorder recorder = new Recorder();
    Value input = recorder.input(IMAGE, in.rows(), 3);
    Image prediction = network.record(recorder, new Image(input, in));
    result = recorder.keep(tail.record(recorder, prediction, out));
    executable = device.load(recorder.program());
    size = out;
  }

  @Override
  public void close() {
    if (executable != null) {
      executable.close();
      executable = null;
      size = null;
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
