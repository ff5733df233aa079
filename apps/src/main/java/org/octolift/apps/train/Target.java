package org.octolift.apps.train;

import org.octolift.apps.config.LossConfig;

/// Which rows are scored.
public enum Target {
  /// The points in the cube.
  POINTS,
  /// The finest voxels, by the majority of their points' labels.
  VOXELS;

  /// That of a configuration: `LOSS.point_wise` (training.md §2).
  public static Target of(LossConfig loss) {
    return loss.pointWise() ? POINTS : VOXELS;
  }
}
