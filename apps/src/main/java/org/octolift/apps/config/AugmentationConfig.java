package org.octolift.apps.config;

import static org.octolift.apps.config.InvalidSetting.require;

import java.util.List;

/// The part of a data section that changes points on their way into an octree.
///
/// @param section `DATA.train`, `DATA.test`, for messages
/// @param distort whether anything random happens
/// @param angle largest rotation about x, y, z in whole degrees
/// @param scale each axis is scaled by 1 ± this
/// @param jitter each axis is shifted by ± this
/// @param offset displacement along the normals
/// @param normalAxis `x`, `y`, `z`: normals are flipped to its positive side; `xyz`: every
/// component made positive; empty: left alone
/// @param sphere `sphere` or `box`: how scans other than ScanNet's and Matterport3D's are bounded
/// @param radius of their normalisation; below 0: that of the bounding sphere
/// @param centre of their normalisation, used with {@code radius}
public record AugmentationConfig(
    String section,
    boolean distort,
    List<Integer> angle,
    double scale,
    double jitter,
    double offset,
    String normalAxis,
    String sphere,
    double radius,
    List<Double> centre) {
  /// Checks the ranges.
  public AugmentationConfig {
    angle = List.copyOf(angle);
    centre = List.copyOf(centre);
    require(
        angle.size() == 3 && angle.stream().allMatch(a -> a >= 0 && a <= 100_000),
        section + ".angle",
        "three angles of at least 0 degrees",
        angle);
    require(scale >= 0 && scale < 1, section + ".scale", "at least 0.0, below 1.0", scale);
    require(jitter >= 0, section + ".jitter", "at least 0.0", jitter);
    require(offset >= 0, section + ".offset", "at least 0.0", offset);
    require(
        List.of("", "x", "y", "z", "xyz").contains(normalAxis),
        section + ".normal_axis",
        "nothing, x, y, z or xyz",
        normalAxis);
    require(
        List.of("sphere", "box").contains(sphere), section + ".bsphere", "sphere or box", sphere);
    require(radius != 0, section + ".radius", "above 0.0, or -1.0 for the bounding sphere", radius);
    require(
        centre.size() == 3 || (radius < 0 && centre.size() == 1),
        section + ".center",
        "three coordinates",
        centre);
  }

  static AugmentationConfig of(String section, ConfigTree tree) {
    return new AugmentationConfig(
        section,
        tree.flag(section + ".distort"),
        tree.wholes(section + ".angle"),
        tree.number(section + ".scale"),
        tree.number(section + ".jitter"),
        tree.number(section + ".offset"),
        tree.text(section + ".normal_axis"),
        tree.text(section + ".bsphere"),
        tree.number(section + ".radius"),
        tree.numbers(section + ".center"));
  }
}
