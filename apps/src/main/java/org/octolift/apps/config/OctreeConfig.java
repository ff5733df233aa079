package org.octolift.apps.config;

import static org.octolift.apps.config.InvalidSetting.require;

import org.octolift.engine.octree.OctreeOptions;

/// The part of a data section that says how octrees are built.
///
/// @param section `DATA.train`, `DATA.test`, for messages
/// @param depth of the finest nodes
/// @param fullDepth down to which every node exists
/// @param displacement whether the signal has the points' mean distance to the node's plane
/// @param splitLabel whether nodes carry their split label
/// @param adaptive whether flat regions stop early
public record OctreeConfig(
    String section,
    int depth,
    int fullDepth,
    boolean displacement,
    boolean splitLabel,
    boolean adaptive) {
  /// Checks the ranges.
  public OctreeConfig {
    require(
        depth >= 1 && depth <= OctreeOptions.MAX_DEPTH,
        section + ".depth",
        "1 to " + OctreeOptions.MAX_DEPTH,
        depth);
    require(
        fullDepth >= 1 && fullDepth <= depth,
        section + ".full_depth",
        "1 to the depth " + depth,
        fullDepth);
  }

  /// The options of the octree builder.
  public OctreeOptions options() {
    OctreeOptions options =
        OctreeOptions.of(depth, fullDepth)
            .withNodeDisplacement(displacement)
            .withSignals(false, splitLabel, false);
    return adaptive
        ? options.withAdaptive(
            options.adaptiveDepth(), options.thresholdDistance(), options.thresholdNormal())
        : options;
  }

  static OctreeConfig of(String section, ConfigTree tree) {
    return new OctreeConfig(
        section,
        tree.whole(section + ".depth"),
        tree.whole(section + ".full_depth"),
        tree.flag(section + ".node_dis"),
        tree.flag(section + ".split_label"),
        tree.flag(section + ".adaptive"));
  }
}
