package org.octolift.apps.config;

import static org.octolift.apps.config.InvalidSetting.require;

import java.util.List;

/// How the learning rate starts and falls.
///
/// @param type which curve
/// @param base the rate of the first epoch
/// @param milestones epochs after which `step` divides by 10, in any order
/// @param power exponent of `poly`
public record LearningRateConfig(Type type, double base, List<Integer> milestones, double power) {
  /// The curves.
  public enum Type {
    /// A tenth after each milestone.
    STEP,
    /// Half a cosine down to 0.001.
    COS,
    /// A power of the share of epochs left.
    POLY,
    /// The same throughout.
    CONSTANT
  }

  /// Checks the ranges.
  public LearningRateConfig {
    milestones = List.copyOf(milestones);
    require(base > 0, "SOLVER.lr", "a number above 0", base);
    require(
        milestones.stream().allMatch(epoch -> epoch >= 1),
        "SOLVER.step_size",
        "epochs of at least 1",
        milestones);
    require(power > 0, "SOLVER.lr_power", "a number above 0", power);
  }
}
