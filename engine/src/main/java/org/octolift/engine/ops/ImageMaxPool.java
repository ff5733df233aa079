package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.ImageConvolutions;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/// `y[i, j] = max x` over the pixels of window (i, j) that lie in the image.
///
/// @param y written, (pixels of the window's output, channels)
/// @param x not modified, (pixels of the window's input, channels)
/// @param window which pixels each output pixel sees
public record ImageMaxPool(Value y, Value x, Window window) implements DeviceOp {
  private static final String NAME = "imageMaxPool";

  /// Checks types and shapes.
  public ImageMaxPool {
    Checks.floats(NAME, x, window.in().rows(), x.channels());
    Checks.floats(NAME, y, window.out().rows(), x.channels());
    Checks.distinct(NAME, List.of(y), List.of(x));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    FloatArray output = cpu.floats(y);
    FloatArray input = cpu.floats(x);
    int channels = x.channels();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            for (int channel = 0; channel < channels; channel++) {
              ImageConvolutions.maxPoolAt(
                  output,
                  input,
                  row,
                  channel,
                  window.in().height(),
                  window.in().width(),
                  window.out().height(),
                  window.out().width(),
                  channels,
                  window.size(),
                  window.stride(),
                  window.top(),
                  window.left());
            }
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(window.out().size() * y.channels())),
            ImageConvolutions::maxPool,
            tasks.floats(y),
            tasks.floats(x),
            window.in().images(),
            window.in().height(),
            window.in().width(),
            window.out().height(),
            window.out().width(),
            y.channels(),
            window.size(),
            window.stride(),
            window.top(),
            window.left());
  }
}
