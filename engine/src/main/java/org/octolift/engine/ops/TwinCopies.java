package org.octolift.engine.ops;

import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.engine.tornado.Twin;
import org.octolift.kernels.gpu.HalfCopies;
import org.octolift.kernels.gpu.HalfOperands;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/// Copies of rows to twins: of twins where they are stored, else of floats, which are rounded.
final class TwinCopies {
  private TwinCopies() {}

  /// Whether rows of so many channels can lie side by side: those of their twins have no padding.
  static boolean isWhole(int channels) {
    return HalfOperands.padded(channels) == channels;
  }

  /// Appends the copy of all channels of {@code x} to the rows of {@code y}.
  ///
  /// @param toChannel the first channel in y; x then has no padding ([#isWhole])
  /// @param index the rows of x to copy, negative for zeros; null for all in order
  static void copy(Lowering tasks, String name, Value y, int toChannel, Value x, Value index) {
    int capacity = tasks.capacity(y.rows());
    int fours = HalfOperands.padded(x.channels()) / 4;
    LongArray half = tasks.twin(Twin.rows(x));
    IntArray sources = index == null ? tasks.counts() : tasks.ints(index);
    tasks
        .graph()
        .task(
            tasks.id(name, Lowering.loop(HalfCopies.size(capacity, fours))),
            HalfCopies::rows,
            tasks.twin(Twin.rows(y)),
            half == null ? tasks.unusedLongs(0) : half,
            half == null ? tasks.floats(x) : tasks.unused(),
            sources,
            tasks.counts(),
            tasks.constants(
                tasks.slot(y.rows()),
                x.channels(),
                capacity,
                tasks.capacity(x.rows()),
                HalfOperands.padded(y.channels()),
                toChannel),
            index == null ? 0 : 1,
            half == null ? 1 : 0);
  }
}
