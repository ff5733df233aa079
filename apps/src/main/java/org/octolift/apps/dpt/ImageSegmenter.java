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
import org.octolift.engine.ops.ArgMax;
import org.octolift.engine.ops.ImageResize;
import org.octolift.engine.ops.Resampler;
import org.octolift.nn.models.dpt.DptHybrid;
import org.octolift.nn.models.dpt.DptInput;
import org.octolift.nn.models.dpt.Image;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Tells the class of each pixel of images, one image at a time: resized for the network, logits
/// resized back (bicubic), the greatest taken. The program of the last size is kept.
public final class ImageSegmenter implements AutoCloseable {
  private static final InputKey IMAGE = new InputKey.Named("image");

  /// Logits of more pixels would take more than 5 GB.
  private static final int MAX_PIXELS = 1 << 23;

  private final Device device;
  private final DptHybrid model;
  private Grid size;
  private Value classes;
  private Executable executable;

  /// A segmenter on a device.
  ///
  /// @param model loaded
  public ImageSegmenter(Device device, DptHybrid model) {
    this.device = device;
    this.model = model;
  }

  /// The class of each pixel, row by row.
  ///
  /// @throws InputException when the image is larger than 8 million pixels
  public int[] classes(ColourImage image) {
    if ((long) image.width() * image.height() > MAX_PIXELS) {
      throw InputException.in(
          image.source(),
          "expected at most %d pixels, found %d × %d; make the image smaller"
              .formatted(MAX_PIXELS, image.width(), image.height()));
    }
    Grid out = new Grid(1, image.height(), image.width());
    Grid in = DptInput.size(image.height(), image.width());
    if (!out.equals(size)) {
      record(in, out);
    }
    double[] pixels = new double[3 * out.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Byte.toUnsignedInt(image.rgb()[i]) / 255.0;
    }
    executable.run(new OneImage(DptInput.prepare(pixels, out.height(), out.width(), in)));
    IntArray result = executable.ints(classes);
    int[] labels = new int[out.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = result.get(i);
    }
    return labels;
  }

  private void record(Grid in, Grid out) {
    close();
    Recorder recorder = new Recorder();
    Value input = recorder.input(IMAGE, in.rows(), 3);
    Value logits = model.record(recorder, new Image(input, in)).value();
    if (!in.equals(out)) {
      Value resized = recorder.temporary("resized", out.rows(), logits.channels());
      recorder.add(new ImageResize(resized, logits, in, out, Resampler.bicubic()));
      logits = resized;
    }
    classes = recorder.keep(recorder.temporaryInts("classes", out.rows(), 1));
    recorder.add(new ArgMax(classes, logits));
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
