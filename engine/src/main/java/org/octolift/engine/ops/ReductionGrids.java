package org.octolift.engine.ops;

import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.Reductions;
import org.octolift.kernels.gpu.ChunkSums;

/// The grids of sums over rows, both steps.
final class ReductionGrids {
  private ReductionGrids() {}

  /// The name of a task that sums chunks of rows of {@code x}.
  static String chunks(Lowering tasks, String name, Value x) {
    return tasks.id(
        name,
        Lowering.groups(ChunkSums.THREADS, Reductions.CHUNKS, ChunkSums.slabs(x.channels()), 1));
  }

  /// The name of a task that adds up the chunks.
  static String finish(Lowering tasks, String name, Value x) {
    return tasks.id(name, Lowering.groups(ChunkSums.THREADS, ChunkSums.slabs(x.channels()), 1, 1));
  }
}
