package org.octolift.apps.softlabel;

import java.util.List;
import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.dpt.DptProgram;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.Device;
import org.octolift.engine.Executable;
import org.octolift.engine.Grid;
import org.octolift.engine.cpu.Workers;
import org.octolift.nn.models.dpt.Dpt;
import org.octolift.nn.models.dpt.DptInput;

/// DPT with ADE20K's classes: the image resized for the network, logits back (bicubic) to the
/// image's size, softmax.
public final class DptTeacher implements ImageTeacher {
  private final DptProgram program;
  private final Workers workers = new Workers(Runtime.getRuntime().availableProcessors());

  /// @param device of the network; what follows it runs on all processors
  /// @param network loaded, with 150 classes
  public DptTeacher(Device device, Dpt network) {
    program =
        new DptProgram(
            device, network, DptInput.REFERENCE, (recorder, logits, out) -> logits.value());
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
    Executable executable = program.run(image);
    Grid in = DptInput.size(image.height(), image.width());
    Grid out = new Grid(1, image.height(), image.width());
    new SoftmaxBands(workers, executable.floats(program.result()), in, out, classes().size())
        .run(bands);
  }

  @Override
  public void close() {
    program.close();
    workers.close();
  }
}
