package org.octolift.apps.dpt;

import org.octolift.apps.data.image.ColourImage;
import org.octolift.apps.data.image.FloatImage;
import org.octolift.engine.Device;
import org.octolift.engine.Grid;
import org.octolift.engine.InputException;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.engine.ops.ImageResize;
import org.octolift.engine.ops.Resampler;
import org.octolift.nn.models.dpt.Dpt;
import org.octolift.nn.models.dpt.Image;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// Tells the depth of each pixel of images, one image at a time: resized for the network, its
/// answer resized back (bicubic).
public final class DepthEstimator implements AutoCloseable {
  private final DptProgram program;

  /// An estimator on a device.
  ///
  /// @param model loaded, for depth or inverse depth
  /// @param aim the size that images are brought near to: see [PublishedDpt#aim]
  public DepthEstimator(Device device, Dpt model, Grid aim) {
    program = new DptProgram(device, model, aim, DepthEstimator::resized);
  }

  private static Value resized(Recorder recorder, Image depth, Grid out) {
    if (depth.grid().equals(out)) {
      return depth.value();
    }
    Value resized = recorder.temporary("resized", out.rows(), 1);
    recorder.add(new ImageResize(resized, depth.value(), depth.grid(), out, Resampler.bicubic()));
    return resized;
  }

  /// Depth in metres, or inverse depth up to a scale and a shift, as the network tells it.
  ///
  /// @throws InputException when the image is too long and narrow
  public FloatImage depth(ColourImage image) {
    FloatArray result = program.run(image).floats(program.result());
    float[] values = new float[image.width() * image.height()];
    for (int i = 0; i < values.length; i++) {
      values[i] = result.get(i);
    }
    return new FloatImage(image.source(), image.width(), image.height(), values);
  }

  @Override
  public void close() {
    program.close();
  }
}
