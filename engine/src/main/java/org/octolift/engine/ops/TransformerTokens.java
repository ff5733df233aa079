package org.octolift.engine.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Transformers;

/// The input of a Vision Transformer (Dosovitskiy et al., 2021): for each image the class token and
/// its patches, each plus the embedding of its position. The embeddings were learnt for
/// side × side patches and are resized bilinearly.
///
/// @param y written, (images · (1 + patches), channels)
/// @param patches not modified, (pixels of the grid, channels)
/// @param token not modified, (1, channels)
/// @param positions not modified, (1 + side², channels)
/// @param grid the patches
public record TransformerTokens(Value y, Value patches, Value token, Value positions, Grid grid)
    implements DeviceOp {
  private static final String NAME = "transformerTokens";

  /// Checks types and shapes.
  public TransformerTokens {
    int channels = patches.channels();
    Checks.floats(NAME, patches, grid.rows(), channels);
    Checks.vectors(NAME, channels, token);
    int side = side(positions);
    Checks.floats(NAME, positions, Rows.fixed(1 + side * side), channels);
    Checks.floats(NAME, y, Rows.fixed(grid.images() * (1 + grid.pixels())), channels);
    Checks.distinct(NAME, List.of(y), List.of(patches, token, positions));
  }

  private static int side(Value positions) {
    return (int) Math.sqrt(positions.rows().value() - 1);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(patches, token, positions);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    int channels = patches.channels();
    int side = side(positions);
    Resampler resampler = Resampler.bilinear(false);
    Resampler.Axis vertical = resampler.axis(side, grid.height());
    Resampler.Axis horizontal = resampler.axis(side, grid.width());
    MemorySegment output = cpu.floats(y).getSegment();
    MemorySegment embeddings = cpu.floats(positions).getSegment();
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          int[] rows = new int[4];
          float[] weights = new float[4];
          float[] added = new float[channels];
          float[] sum = new float[channels];
          for (int row = from; row < to; row++) {
            int image = row / (1 + grid.pixels());
            int patch = row % (1 + grid.pixels()) - 1;
            long source = (long) image * grid.pixels() + patch;
            if (patch < 0) {
              rows[0] = 0;
              weights[0] = 1;
              source = 0;
            } else {
              for (int tap = 0; tap < 4; tap++) {
                int a = 2 * (patch / grid.width()) + tap / 2;
                int b = 2 * (patch % grid.width()) + tap % 2;
                rows[tap] = 1 + vertical.indices()[a] * side + horizontal.indices()[b];
                weights[tap] = vertical.weights()[a] * horizontal.weights()[b];
              }
            }
            int taps = patch < 0 ? 1 : 4;
            cpu.denseKernels().blendRows(output, row, embeddings, rows, weights, taps, channels);
            MemorySegment other = cpu.floats(patch < 0 ? token : patches).getSegment();
            long at = CpuLoops.bytes((long) row * channels);
            MemorySegment.copy(
                other, JAVA_FLOAT, CpuLoops.bytes(source * channels), added, 0, channels);
            MemorySegment.copy(output, JAVA_FLOAT, at, sum, 0, channels);
            for (int c = 0; c < channels; c++) {
              sum[c] += added[c];
            }
            MemorySegment.copy(sum, 0, output, JAVA_FLOAT, at, channels);
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(tasks.capacity(y.rows()) * y.channels())),
            Transformers::tokens,
            tasks.floats(y),
            tasks.floats(patches),
            tasks.floats(token),
            tasks.floats(positions),
            grid.images(),
            grid.height(),
            grid.width(),
            side(positions),
            y.channels());
  }
}
