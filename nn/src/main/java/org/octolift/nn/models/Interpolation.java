package org.octolift.nn.models;

import org.octolift.engine.Value;
import org.octolift.nn.autograd.Tape;

/// How points get features from voxels.
public enum Interpolation {
  /// From the voxel that holds the point.
  NEAREST,
  /// Trilinear, from the up to eight voxels around the point.
  LINEAR;

  Value record(Tape tape, Value x, int depth, boolean nonEmpty) {
    return this == NEAREST
        ? tape.nearestInterpolation(x, depth, nonEmpty)
        : tape.linearInterpolation(x, depth, nonEmpty);
  }
}
