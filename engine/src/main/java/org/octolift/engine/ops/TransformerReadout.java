package org.octolift.engine.ops;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.octolift.engine.Grid;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.cpu.CpuRun;
import org.octolift.engine.tornado.DeviceOp;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Transformers;

/// The patches' tokens, each with the class token of its image beside it (Ranftl et al., 2021,
/// readout "project").
///
/// @param y written, (pixels of the grid, 2 · channels)
/// @param tokens not modified, (images · (1 + patches), channels)
/// @param grid the patches
public record TransformerReadout(Value y, Value tokens, Grid grid) implements DeviceOp {
  private static final String NAME = "transformerReadout";

  /// Checks types and shapes.
  public TransformerReadout {
    int channels = tokens.channels();
    Checks.floats(NAME, tokens, Rows.fixed(grid.images() * (1 + grid.pixels())), channels);
    Checks.floats(NAME, y, grid.rows(), 2 * channels);
    Checks.distinct(NAME, List.of(y), List.of(tokens));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Value> reads() {
    return List.of(tokens);
  }

  @Override
  public List<Value> writes() {
    return List.of(y);
  }

  @Override
  public void run(CpuRun cpu) {
    MemorySegment output = cpu.floats(y).getSegment();
    MemorySegment input = cpu.floats(tokens).getSegment();
    long size = CpuLoops.bytes(tokens.channels());
    CpuLoops.rows(
        cpu,
        y,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            long first = (long) row / grid.pixels() * (1 + grid.pixels());
            long patch = first + 1 + row % grid.pixels();
            MemorySegment.copy(input, patch * size, output, 2L * row * size, size);
            MemorySegment.copy(input, first * size, output, (2L * row + 1) * size, size);
          }
        });
  }

  @Override
  public void lower(Lowering tasks) {
    tasks
        .graph()
        .task(
            tasks.id(NAME, Lowering.loop(grid.size() * y.channels())),
            Transformers::readout,
            tasks.floats(y),
            tasks.floats(tokens),
            grid.images(),
            grid.pixels(),
            tokens.channels());
  }
}
