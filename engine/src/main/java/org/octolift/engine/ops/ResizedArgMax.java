package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Resampling;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// The greatest channel of each pixel of images of another size: [ImageResize], then [ArgMax],
/// without memory for what lies between.
///
/// @param y written, (pixels of {@code out}, 1) ints
/// @param x not modified, (pixels of {@code in}, channels)
/// @param in pixels of the input
/// @param out pixels of the output
/// @param resampler how
public record ResizedArgMax(Value y, Value x, Grid in, Grid out, Resampler resampler)
    implements DeviceOp {
  private static final String NAME = "resizedArgMax";

  /// Interpolated values of a chunk of pixels.
  private static final int ELEMENTS = 1 << 14;

  /// Checks types and shapes.
  public ResizedArgMax {
    ImageResize.checkGrids(NAME, in, out);
    Checks.floats(NAME, x, in.rows(), x.channels());
    Checks.ints(NAME, y, out.rows(), 1);
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
    int channels = x.channels();
    Resampler.Axis vertical = resampler.axis(in.height(), out.height());
    Resampler.Axis horizontal = resampler.axis(in.width(), out.width());
    FloatArray input = cpu.floats(x);
    IntArray output = cpu.ints(y);
    FloatArray pixels = cpu.offHeapScratch(0, cpu.workers().threads() * channels);
    cpu.workers()
        .parallelByThread(
            out.size(),
            Math.ceilDiv(ELEMENTS, channels),
            (thread, from, to) -> {
              PixelTaps taps = new PixelTaps(out, in, vertical, horizontal);
              for (int row = from; row < to; row++) {
                taps.find(row);
                cpu.denseKernels()
                    .blendRows(
                        pixels.getSegment(),
                        thread,
                        input.getSegment(),
                        taps.rows,
                        taps.weights,
                        taps.count,
                        channels);
                output.set(row, greatest(pixels, thread * channels, channels));
              }
            });
  }

  private static int greatest(FloatArray values, int from, int channels) {
    int best = 0;
    float greatest = values.get(from);
    for (int channel = 1; channel < channels; channel++) {
      float value = values.get(from + channel);
      if (value > greatest) {
        best = channel;
        greatest = value;
      }
    }
    return best;
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(out.size())),
            Resampling::argMax,
            tasks.ints(y),
            tasks.floats(x),
            in.images(),
            in.height(),
            in.width(),
            out.height(),
            out.width(),
            x.channels(),
            resampler.taps(),
            resampler.alignCorners() ? 1 : 0);
  }
}
