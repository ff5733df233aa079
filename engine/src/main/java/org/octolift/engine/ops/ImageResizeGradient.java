package org.octolift.engine.ops;

import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;

/// The gradient of [ImageResize]: each input pixel gathers from the output pixels that it is part
/// of.
///
/// @param dx written, (pixels of {@code in}, channels)
/// @param dy not modified, (pixels of {@code out}, channels)
/// @param in pixels of the input
/// @param out pixels of the output
/// @param resampler that of the forward op
public record ImageResizeGradient(Value dx, Value dy, Grid in, Grid out, Resampler resampler)
    implements Op {
  private static final String NAME = "imageResizeGradient";

  /// Checks types and shapes.
  public ImageResizeGradient {
    ImageResize.checkGrids(NAME, in, out);
    Checks.floats(NAME, dy, out.rows(), dy.channels());
    Checks.floats(NAME, dx, in.rows(), dy.channels());
    Checks.distinct(NAME, List.of(dx), List.of(dy));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(dy);
  }

  @Override
  public List<Value> writes() {
    return List.of(dx);
  }

  @Override
  public void run(CpuRun cpu) {
    Resampler.Axis vertical = resampler.axis(in.height(), out.height()).transposed(in.height());
    Resampler.Axis horizontal = resampler.axis(in.width(), out.width()).transposed(in.width());
    ImageResize.blend(cpu, dx, in, dy, out, vertical, horizontal);
  }
}
