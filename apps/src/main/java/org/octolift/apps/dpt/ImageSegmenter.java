package org.octolift.apps.dpt;

import org.octolift.apps.data.image.ColourImage;
import org.octolift.engine.Device;
import org.octolift.engine.Grid;
import org.octolift.engine.InputException;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Resampler;
import org.octolift.engine.ops.ResizedArgMax;
import org.octolift.nn.models.dpt.Dpt;
import org.octolift.nn.models.dpt.DptInput;
import org.octolift.nn.models.dpt.Image;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// Tells the class of each pixel of images, one image at a time: resized for the network, logits
/// resized back (bicubic), the greatest taken.
public final class ImageSegmenter implements AutoCloseable {
  private final DptProgram program;

  /// A segmenter on a device.
  ///
  /// @param model loaded, for segmentation
  public ImageSegmenter(Device device, Dpt model) {
    this(device, model, DptInput.REFERENCE);
  }

  /// @param aim the size that images are brought near to
  ImageSegmenter(Device device, Dpt model, Grid aim) {
    program = new DptProgram(device, model, aim, ImageSegmenter::classes);
  }

  private static Value classes(Recorder recorder, Image logits, Grid out) {
    Value classes = recorder.temporaryInts("classes", out.rows(), 1);
    recorder.add(
        new ResizedArgMax(classes, logits.value(), logits.grid(), out, Resampler.bicubic()));
    return classes;
  }

  /// The class of each pixel, row by row.
  ///
  /// @throws InputException when the image is too long and narrow
  public int[] classes(ColourImage image) {
    IntArray result = program.run(image).ints(program.result());
    int[] labels = new int[image.width() * image.height()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = result.get(i);
    }
    return labels;
  }

  @Override
  public void close() {
    program.close();
  }
}
