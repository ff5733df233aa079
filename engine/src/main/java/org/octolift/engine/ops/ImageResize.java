package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.Resampling;
import org.octolift.kernels.gpu.HalfPanels;
import org.octolift.kernels.gpu.ImageStrips;
import org.octolift.kernels.gpu.PanelStrips;
import org.octolift.kernels.gpu.RowStrips;

/// Images of another size.
///
/// @param y written, (pixels of {@code out}, channels)
/// @param x not modified, (pixels of {@code in}, channels)
/// @param in pixels of the input
/// @param out pixels of the output
/// @param resampler how
public record ImageResize(Value y, Value x, Grid in, Grid out, Resampler resampler)
    implements DeviceOp {
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
    CpuLoops.rows(
        cpu,
        y,
        (begin, end) -> {
          PixelTaps taps = new PixelTaps(to, from, vertical, horizontal);
          for (int row = begin; row < end; row++) {
            taps.find(row);
            cpu.denseKernels()
                .blendRows(output, row, input, taps.rows, taps.weights, taps.count, channels);
          }
        });
  }

  @Override
  public List<Twin> twinsWritten(Value value, List<Twin> wanted) {
    return resampler.taps() == 2 ? DenseTwins.written(y, wanted) : List.of();
  }

  @Override
  public void lower(Lowering tasks) {
    Twin twin = DenseTwins.of(tasks, y);
    if (twin != null) {
      boolean floats = tasks.isStored(y);
      tasks
          .graph()
          .task(
              tasks.id(
                  NAME,
                  Lowering.loop(
                      PanelStrips.size(out.images(), out.height(), out.width(), y.channels()))),
              PanelStrips::doubleTaps,
              floats ? tasks.floats(y) : tasks.unused(),
              tasks.twin(twin),
              tasks.floats(x),
              in.images(),
              in.height(),
              in.width(),
              out.height(),
              out.width(),
              x.channels(),
              HalfPanels.panelRows(tasks.capacity(y.rows())),
              DenseTwins.plain(twin),
              floats ? 1 : 0,
              resampler.alignCorners() ? 1 : 0);
      return;
    }
    if (tasks.prefersGroups() && resampler.taps() == 2) {
      int strips = RowStrips.strips(out.width());
      tasks
          .graph()
          .task(
              tasks.id(NAME, Lowering.loop(out.images() * out.height() * strips * y.channels())),
              ImageStrips::doubleTaps,
              tasks.floats(y),
              tasks.floats(x),
              in.images(),
              in.height(),
              in.width(),
              out.height(),
              out.width(),
              x.channels(),
              strips,
              resampler.alignCorners() ? 1 : 0);
      return;
    }
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(out.size() * y.channels())),
            Resampling::resize,
            tasks.floats(y),
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
