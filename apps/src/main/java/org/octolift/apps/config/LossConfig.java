package org.octolift.apps.config;

import static org.octolift.apps.config.InvalidSetting.require;

/// Section `LOSS`: what is minimised, and which rows count.
///
/// @param classes number of classes C
/// @param mask labels up to this one are ignored
/// @param pointWise whether tests look at points; otherwise at non-empty finest nodes
/// @param entropyWeight weight of the entropy of unlabelled points
/// @param teacherDecay largest share of itself that the mean teacher keeps in an update
/// @param consistency weight of the distance to the teacher, after the ramp
/// @param rampUp epochs over which that weight grows; 0: none
/// @param pseudoRate share of a class's points that keep their pseudo-label, the surest first
public record LossConfig(
    int classes,
    int mask,
    boolean pointWise,
    double entropyWeight,
    double teacherDecay,
    double consistency,
    double rampUp,
    double pseudoRate) {
  /// Checks the ranges.
  public LossConfig {
    require(classes >= 1, "LOSS.num_class", "at least 1", classes);
    require(
        mask >= -1 && mask < classes - 1,
        "LOSS.mask",
        "-1 (no label ignored) to LOSS.num_class - 2, " + (classes - 2),
        mask);
    require(entropyWeight >= 0, "LOSS.weight_sum", "at least 0.0", entropyWeight);
    require(teacherDecay >= 0 && teacherDecay <= 1, "LOSS.alpha", "0.0 to 1.0", teacherDecay);
    require(consistency >= 0, "LOSS.consistency", "at least 0.0", consistency);
    require(rampUp >= 0, "LOSS.consist_rampup", "at least 0.0", rampUp);
    require(pseudoRate >= 0 && pseudoRate <= 1, "LOSS.pseudo_rate", "0.0 to 1.0", pseudoRate);
  }

  /// The weight of the consistency in {@code epoch} (1 first): consistency ·
  /// exp(-5 (1 - min(epoch, R) / R)²) with ramp R (Tarvainen and Valpola, NeurIPS 2017).
  public double consistencyWeight(int epoch) {
    if (rampUp == 0) {
      return consistency;
    }
    double left = 1 - Math.clamp(epoch, 0, rampUp) / rampUp;
    return consistency * Math.exp(-5 * left * left);
  }

  static LossConfig of(ConfigTree tree) {
    return new LossConfig(
        tree.whole("LOSS.num_class"),
        tree.whole("LOSS.mask"),
        tree.flag("LOSS.point_wise"),
        tree.number("LOSS.weight_sum"),
        tree.number("LOSS.alpha"),
        tree.number("LOSS.consistency"),
        tree.number("LOSS.consist_rampup"),
        tree.number("LOSS.pseudo_rate"));
  }
}
