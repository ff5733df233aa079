package org.octolift.nn.models;

/// What a model is made for.
///
/// @param depth of the octree, 1..16
/// @param channels of the input signal
/// @param classes of the output
/// @param nonEmpty whether rows are the non-empty nodes only
/// @param interpolation from voxels to points
/// @param batchNormMomentum weight of a new batch in BatchNorm's running statistics, above 0, up to
/// 1
public record ModelOptions(
    int depth,
    int channels,
    int classes,
    boolean nonEmpty,
    Interpolation interpolation,
    float batchNormMomentum) {
  private static final float REFERENCE_MOMENTUM = 0.01f;

  /// With the reference's momentum, 0.01.
  public ModelOptions(
      int depth, int channels, int classes, boolean nonEmpty, Interpolation interpolation) {
    this(depth, channels, classes, nonEmpty, interpolation, REFERENCE_MOMENTUM);
  }

  /// Checks the ranges.
  public ModelOptions {
    if (depth < 1 || depth > 16) {
      throw new IllegalArgumentException("depth must be 1..16, is " + depth);
    }
    if (channels < 1 || classes < 1) {
      throw new IllegalArgumentException(
          "channels and classes must be positive, are %d and %d".formatted(channels, classes));
    }
    if (!(batchNormMomentum > 0 && batchNormMomentum <= 1)) {
      throw new IllegalArgumentException(
          "BatchNorm's momentum must be above 0, up to 1, is " + batchNormMomentum);
    }
  }
}
