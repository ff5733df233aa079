package org.octolift.apps.bench;

import java.util.Locale;

/// What `octolift bench` measures.
public enum Workload {
  /// A training step of the default U-Net: forward, backward, SGD with momentum.
  UNET_TRAIN,
  /// Logits of the default U-Net at all points.
  UNET_INFER,
  /// The U-Net's 3×3×3 layers one by one: forward and both gradients.
  CONV,
  /// Building and merging octrees and the tables of neighbours.
  OCTREE,
  /// A square matrix product.
  GEMM,
  /// Logits of DPT-Hybrid for images of 640 × 480 pixels.
  DPT,
  /// The same of DPT-Large.
  DPT_LARGE;

  /// Whether it works on points.
  public boolean hasScene() {
    return this != GEMM && !hasImages();
  }

  /// Whether it works on images.
  public boolean hasImages() {
    return this == DPT || this == DPT_LARGE;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
