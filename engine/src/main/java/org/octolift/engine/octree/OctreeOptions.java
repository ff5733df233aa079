package org.octolift.engine.octree;

import org.octolift.engine.InputException;

/// How an octree is built; the fields of the `.octree` header.
///
/// @param depth depth of the finest voxels, 1..16: 2^depth voxels along an edge of the cube
/// @param fullDepth down to this depth, 1..9 and ≤ depth, all nodes exist
/// @param nodeDisplacement whether features hold the mean point's displacement from the voxel's
/// centre: along the normal (1 channel), or without normals 4 channels
/// @param nodeFeature whether all depths carry features and labels, not the finest alone
/// @param splitLabel whether nodes carry a label 0 = empty, 1 = has children, 2 = adaptive leaf
/// @param adaptive whether flat parts of the surface end above the finest depth
/// @param adaptiveDepth coarsest depth at which they may end, 1..16
/// @param thresholdDistance a part is flat if the distance of its plane to its points, in finest
/// voxels, is below this
/// @param thresholdNormal and the mean squared deviation of its normals below this
/// @param extrapolate whether empty siblings get their neighbours' mean features; read from files,
/// not built
/// @param savePoints whether features end with the mean point, in finest voxels
/// @param keyAsXyz whether files hold keys in packed form; needs depth ≤ 8
public record OctreeOptions(
    int depth,
    int fullDepth,
    boolean nodeDisplacement,
    boolean nodeFeature,
    boolean splitLabel,
    boolean adaptive,
    int adaptiveDepth,
    float thresholdDistance,
    float thresholdNormal,
    boolean extrapolate,
    boolean savePoints,
    boolean keyAsXyz) {
  /// Deepest octree that a key has room for.
  public static final int MAX_DEPTH = 16;

  /// 8^9 nodes are 134 million; the next depth's would not fit an array's bytes in an int.
  private static final int MAX_FULL_DEPTH = 9;

  private static final int MAX_PACKED_DEPTH = 8;

  /// Checks all ranges.
  ///
  /// @throws InputException names the option, its range and its value
  public OctreeOptions {
    range("depth", 1, MAX_DEPTH, depth);
    range("full_depth", 1, Math.min(depth, MAX_FULL_DEPTH), fullDepth);
    if (adaptive) {
      range("adaptive_depth", fullDepth, depth, adaptiveDepth);
    }
    threshold("threshold_distance", thresholdDistance);
    threshold("threshold_normal", thresholdNormal);
    if (keyAsXyz && depth > MAX_PACKED_DEPTH) {
      throw new InputException(
          "octree option key2xyz needs depth ≤ %d, depth is %d; switch it off"
              .formatted(MAX_PACKED_DEPTH, depth));
    }
  }

  /// What the reference's ScanNet and Matterport configurations use: depth 9 (2 cm), full depth 2,
  /// node displacement.
  public static OctreeOptions reference() {
    return of(9, 2).withNodeDisplacement(true);
  }

  /// Plain octrees of a depth: normals and features at the finest depth alone.
  public static OctreeOptions of(int depth, int fullDepth) {
    return new OctreeOptions(
        depth, fullDepth, false, false, false, false, 4, 2f, 0.1f, false, false, false);
  }

  /// These options with other depths.
  public OctreeOptions withDepth(int newDepth, int newFullDepth) {
    return new OctreeOptions(
        newDepth,
        newFullDepth,
        nodeDisplacement,
        nodeFeature,
        splitLabel,
        adaptive,
        adaptiveDepth,
        thresholdDistance,
        thresholdNormal,
        extrapolate,
        savePoints,
        keyAsXyz);
  }

  /// These options with or without displacement.
  public OctreeOptions withNodeDisplacement(boolean on) {
    return new OctreeOptions(
        depth,
        fullDepth,
        on,
        nodeFeature,
        splitLabel,
        adaptive,
        adaptiveDepth,
        thresholdDistance,
        thresholdNormal,
        extrapolate,
        savePoints,
        keyAsXyz);
  }

  /// These options with or without features at all depths, split labels and mean points.
  public OctreeOptions withSignals(boolean newNodeFeature, boolean newSplit, boolean newPoints) {
    return new OctreeOptions(
        depth,
        fullDepth,
        nodeDisplacement,
        newNodeFeature,
        newSplit,
        adaptive,
        adaptiveDepth,
        thresholdDistance,
        thresholdNormal,
        extrapolate,
        newPoints,
        keyAsXyz);
  }

  /// These options for adaptive octrees.
  public OctreeOptions withAdaptive(int fromDepth, float distance, float normal) {
    return new OctreeOptions(
        depth,
        fullDepth,
        nodeDisplacement,
        nodeFeature,
        splitLabel,
        true,
        fromDepth,
        distance,
        normal,
        extrapolate,
        savePoints,
        keyAsXyz);
  }

  /// These options with keys written in packed form or not.
  public OctreeOptions withKeyAsXyz(boolean on) {
    return new OctreeOptions(
        depth,
        fullDepth,
        nodeDisplacement,
        nodeFeature,
        splitLabel,
        adaptive,
        adaptiveDepth,
        thresholdDistance,
        thresholdNormal,
        extrapolate,
        savePoints,
        on);
  }

  /// Whether features and labels exist at {@code d}: at all depths or the finest alone.
  boolean hasSignal(int d) {
    return d == depth || nodeFeature || adaptive;
  }

  private static void range(String key, int low, int high, int value) {
    if (value < low || value > high) {
      throw new InputException(
          "octree option %s must be %d..%d, is %d".formatted(key, low, high, value));
    }
  }

  private static void threshold(String key, float value) {
    if (!(value >= 0)) {
      throw new InputException("octree option %s must be ≥ 0, is %s".formatted(key, value));
    }
  }
}
