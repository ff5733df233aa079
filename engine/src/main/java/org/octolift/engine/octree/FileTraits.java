package org.octolift.engine.octree;

/// What a file says that the octree does not need, kept so that it is written as it was read.
///
/// @param bounds lower and upper corner of the cube that coordinates are relative to, (6)
/// @param depthInKeys whether packed keys hold the node's depth where newer files hold the tree's
/// number; files of single trees by early versions of O-CNN do
record FileTraits(float[] bounds, boolean depthInKeys) {
  /// What built octrees have.
  static final FileTraits BUILT = new FileTraits(new float[] {-1, -1, -1, 1, 1, 1}, false);

  /// As a merged octree has them.
  FileTraits merged() {
    return new FileTraits(bounds, false);
  }
}
