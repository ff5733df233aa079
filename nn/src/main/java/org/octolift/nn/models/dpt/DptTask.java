package org.octolift.nn.models.dpt;

/// What a DPT tells of each pixel.
public sealed interface DptTask {
  /// Which class it shows.
  ///
  /// @param classes number of classes
  record Segmentation(int classes) implements DptTask {
    /// Checks that there are classes.
    public Segmentation {
      if (classes < 1) {
        throw new IllegalArgumentException(classes + " classes");
      }
    }
  }

  /// How near it is: inverse depth, up to a scale and a shift that differ from image to image.
  record InverseDepth() implements DptTask {}

  /// How far it is: `1 / max(scale · inverse depth + shift, 1e-8)` metres.
  ///
  /// @param scale of the network's output
  /// @param shift of the network's output
  record Depth(float scale, float shift) implements DptTask {}
}
