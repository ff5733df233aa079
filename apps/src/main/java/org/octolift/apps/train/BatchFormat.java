package org.octolift.apps.train;

import org.octolift.apps.config.ModelConfig;
import org.octolift.engine.Device;
import org.octolift.engine.Program;

/// What a program asks of its batches.
///
/// @param program that the batches are for
/// @param targets what their rows are compared with
/// @param model the network, whose input they are
/// @param octrees whether their octrees are to be built and their tables computed ahead; else the
/// device does it
record BatchFormat(Program program, Targets targets, ModelConfig model, boolean octrees) {
  /// Batches for a device.
  static BatchFormat of(Program program, Targets targets, ModelConfig model, Device device) {
    return new BatchFormat(program, targets, model, !device.buildsOctrees());
  }
}
