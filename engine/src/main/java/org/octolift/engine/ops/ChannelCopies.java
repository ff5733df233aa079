package org.octolift.engine.ops;

import org.octolift.engine.Value;
import org.octolift.engine.tornado.Lowering;
import org.octolift.kernels.RowCopies;
import org.octolift.kernels.gpu.RowStrips;

/// Copies of channels as tasks of TornadoVM.
final class ChannelCopies {
  private ChannelCopies() {}

  /// Appends the copy of {@code channels} channels of all rows of {@code x} to {@code y}.
  static void copy(
      Lowering tasks, String name, Value y, int toChannel, Value x, int fromChannel, int channels) {
    int capacity = tasks.capacity(y.rows());
    if (tasks.prefersGroups()) {
      tasks
          .graph()
          .task(
              tasks.id(name, Lowering.loop(RowStrips.size(capacity, channels))),
              RowStrips::copyChannels,
              tasks.floats(y),
              tasks.floats(x),
              tasks.counts(),
              tasks.constants(
                  tasks.slot(y.rows()),
                  channels,
                  capacity,
                  y.channels(),
                  toChannel,
                  x.channels(),
                  fromChannel));
    } else {
      tasks
          .graph()
          .task(
              tasks.id(name),
              RowCopies::copyChannels,
              tasks.floats(y),
              tasks.floats(x),
              tasks.counts(),
              tasks.slot(y.rows()),
              y.channels(),
              toChannel,
              x.channels(),
              fromChannel,
              channels,
              capacity);
    }
  }
}
