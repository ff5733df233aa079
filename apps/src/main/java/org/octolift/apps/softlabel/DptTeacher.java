package org.octolift.apps.softlabel;

import java.util.List;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.BatchInputs;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuDevice;
import org.octolift.engine.cpu.Workers;
import org.octolift.nn.models.dpt.DptHybrid;
import org.octolift.nn.models.dpt.DptInput;
import org.octolift.nn.models.dpt.Image;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// DPT-Hybrid with ADE20K's classes: the image resized for the network, logits back (bicubic) to
/// the image's size, softmax. The program of the last size is kept.
public final class DptTeacher implements ImageTeacher {
  private static final InputKey IMAGE = new InputKey.Named("image");

  private final Device device;
  private final DptHybrid model;
  private final Workers workers;
  private Grid size;
  private Value logits;
  private Executable executable;

  /// @param device of the network; what follows it runs on the CPU
  /// @param model loaded, with 150 classes
  public DptTeacher(Device device, DptHybrid model) {
    this.device = device;
    this.workers = new Workers(threads(device));
    this.model = model;
  }

  private static int threads(Device device) {
    return device instanceof CpuDevice cpu
        ? cpu.workers().threads()
        : Runtime.getRuntime().availableProcessors();
  }

  @Override
  public List<String> classes() {
    return Ade20k.names();
  }

  @Override
  public int colour(int index) {
    return Ade20k.colour(index);
  }

  @Override
  public void label(ColourImage image, Bands bands) {
    Grid out = new Grid(1, image.height(), image.width());
    Grid in = DptInput.size(image.height(), image.width());
    if (!in.equals(size)) {
      record(in);
    }
    executable.run(new OneImage(input(image, in)));
    FloatArray result = executable.floats(logits);
    new SoftmaxBands(workers, result, in, out, classes().size()).run(bands);
  }

  private static FloatArray input(ColourImage image, Grid size) {
    double[] pixels = new double[image.rgb().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Byte.toUnsignedInt(image.rgb()[i]) / 255.0;
    }
    return DptInput.prepare(pixels, image.height(), image.width(), size);
  }

  private void record(Grid in) {
    release();
    Recorder recorder = new Recorder();
    Value input = recorder.input(IMAGE, in.rows(), 3);
    logits = recorder.keep(model.record(recorder, new Image(input, in)).value());
    executable = device.load(recorder.program());
    size = in;
  }

  private void release() {
    if (executable != null) {
      executable.close();
      executable = null;
      size = null;
    }
  }

  @Override
  public void close() {
    release();
    workers.close();
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
