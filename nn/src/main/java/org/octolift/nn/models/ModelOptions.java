package org.octolift.nn.models;

/// What a model is made for.
///
/// @param depth of the octree, 1..16
/// @param channels of the input signal
/// @param classes of the output
/// @param nonEmpty whether rows are the non-empty nodes only
/// @param interpolation from voxels to points
public record ModelOptions(
    int depth, int channels, int classes, boolean nonEmpty, Interpolation interpolation) {
  /// Checks the ranges.
  public ModelOptions {
    if (depth < 1 || depth > 16) {
      throw new IllegalArgumentException("depth must be 1..16, is " + depth);
    }
    if (channels < 1 || classes < 1) {
      throw new IllegalArgumentException(
          "channels and classes must be positive, are %d and %d".formatted(channels, classes));
    }
  }
}
