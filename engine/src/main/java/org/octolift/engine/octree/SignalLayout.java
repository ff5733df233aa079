package org.octolift.engine.octree;

/// Where the signals lie in a row of features: normal, displacement, point features, mean point.
///
/// @param normals whether rows start with the normal (3 channels)
/// @param displacement number of displacement channels: 0, 1 along the normal, or 4
/// @param features number of point feature channels
/// @param savePoints whether rows end with the mean point (3 channels)
public record SignalLayout(boolean normals, int displacement, int features, boolean savePoints) {
  /// The layout of the octree of {@code points}.
  public static SignalLayout of(Points points, OctreeOptions options) {
    boolean normals = points.normals() != null;
    int displacement = !options.nodeDisplacement() ? 0 : normals ? 1 : 4;
    return new SignalLayout(normals, displacement, points.featureChannels(), options.savePoints());
  }

  /// First displacement channel.
  int displacementAt() {
    return normals ? 3 : 0;
  }

  /// First point feature channel.
  int featuresAt() {
    return displacementAt() + displacement;
  }

  /// First mean point channel.
  int pointAt() {
    return featuresAt() + features;
  }

  /// Number of channels.
  public int channels() {
    return pointAt() + (savePoints ? 3 : 0);
  }
}
