package org.octolift.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.ImageConvolutions;

/// Each pixel becomes a square of factor² pixels, whose channels it held one after the other:
/// `y[factor · i + a, factor · j + b, c] = x[i, j, (factor · a + b) · channels + c] + bias[c]`.
/// Behind a matrix product, a transposed convolution whose windows do not overlap.
///
/// @param y written, (pixels of the grid · factor², channels)
/// @param x not modified, (pixels of the grid, factor² · channels)
/// @param bias not modified, (1, channels)
/// @param grid pixels of {@code x}
/// @param factor rows and columns of pixels that a pixel becomes
public record DepthToSpace(Value y, Value x, Value bias, Grid grid, int factor)
    implements DeviceOp {
  private static final String NAME = "depthToSpace";

  /// Checks types and shapes.
  public DepthToSpace {
    if (factor < 1) {
      throw new IllegalArgumentException("%s: factor %d".formatted(NAME, factor));
    }
    Checks.floats(NAME, x, grid.rows(), factor * factor * y.channels());
    Checks.floats(NAME, y, enlarged(grid, factor).rows(), y.channels());
    Checks.vectors(NAME, y.channels(), bias);
    Checks.distinct(NAME, List.of(y), List.of(x, bias));
  }

  /// The grid of the result.
  public static Grid enlarged(Grid grid, int factor) {
    return grid.resized(factor * grid.height(), factor * grid.width());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(x, bias);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    MemorySegment output = cpu.floats(y).getSegment();
    MemorySegment input = cpu.floats(x).getSegment();
    float[] added = CpuLoops.heap(cpu, y.channels(), cpu.floats(bias));
    int channels = y.channels();
    int run = factor * channels;
    // A row of the pixels that a pixel becomes lies side by side in both.
    cpu.workers()
        .parallelByThread(
            grid.size() * factor,
            Math.ceilDiv(1 << 14, run),
            (thread, from, to) -> {
              float[] values = cpu.scratch(thread, 0, run);
              for (int part = from; part < to; part++) {
                int line = part / grid.width();
                int column = part % grid.width();
                long pixel = (long) line / factor * grid.width() + column;
                long source = (pixel * factor + line % factor) * run;
                MemorySegment.copy(input, JAVA_FLOAT, CpuLoops.bytes(source), values, 0, run);
                for (int i = 0; i < run; i += channels) {
                  for (int c = 0; c < channels; c++) {
                    values[i + c] += added[c];
                  }
                }
                long target = CpuLoops.bytes((long) part * run);
                MemorySegment.copy(values, 0, output, JAVA_FLOAT, target, run);
              }
            });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(grid.size() * factor * factor * y.channels())),
            ImageConvolutions::depthToSpace,
            tasks.floats(y),
            tasks.floats(x),
            tasks.floats(bias),
            grid.images(),
            grid.height(),
            grid.width(),
            factor,
            y.channels());
  }
}
