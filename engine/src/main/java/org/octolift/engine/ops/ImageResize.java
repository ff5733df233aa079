package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;

/// Images of another size.
///
/// @param y written, (pixels of {@code out}, channels)
/// @param x not modified, (pixels of {@code in}, channels)
/// @param in pixels of the input
/// @param out pixels of the output
/// @param resampler how
public record ImageResize(Value y, Value x, Grid in, Grid out, Resampler resampler) implements Op {
  private static final String NAME = "imageResize";

  /// Checks types and shapes.
  public ImageResize {
    checkGrids(NAME, in, out);
    Checks.floats(NAME, x, in.rows(), x.channels());
    Checks.floats(NAME, y, out.rows(), x.channels());
    Checks.distinct(NAME, List.of(y), List.of(x));
  }

  static void checkGrids(String op, Grid in, Grid out) {
    if (in.images() != out.images()) {
      throw new IllegalArgumentException("%s: from %s to %s".formatted(op, in, out));
    }
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
    Resampler.Axis vertical = resampler.axis(in.height(), out.height());
    Resampler.Axis horizontal = resampler.axis(in.width(), out.width());
    blend(cpu, y, out, x, in, vertical, horizontal);
  }

  /// Every pixel of {@code y} as the weighted sum of the pixels of {@code x} that its line's and
  /// its column's entries name.
  static void blend(
      CpuRun cpu,
      Value y,
      Grid to,
      Value x,
      Grid from,
      Resampler.Axis vertical,
      Resampler.Axis horizontal) {
    MemorySegment output = cpu.floats(y).getSegment();
    MemorySegment input = cpu.floats(x).getSegment();
    int channels = y.channels();
    int most = vertical.widest() * horizontal.widest();
    CpuLoops.rows(
        cpu,
        y,
        (begin, end) -> {
          int[] rows = new int[most];
          float[] weights = new float[most];
          for (int row = begin; row < end; row++) {
            int image = row / to.pixels() * from.height();
            int line = row / to.width() % to.height();
            int column = row % to.width();
            int taps = 0;
            for (int a = vertical.starts()[line]; a < vertical.starts()[line + 1]; a++) {
              int first = (image + vertical.indices()[a]) * from.width();
              for (int b = horizontal.starts()[column]; b < horizontal.starts()[column + 1]; b++) {
                rows[taps] = first + horizontal.indices()[b];
                weights[taps++] = vertical.weights()[a] * horizontal.weights()[b];
              }
            }
            if (taps == 0) {
              rows[0] = image * from.width();
              weights[0] = 0;
              taps = 1;
            }
            cpu.denseKernels().blendRows(output, row, input, rows, weights, taps, channels);
          }
        });
  }
}
