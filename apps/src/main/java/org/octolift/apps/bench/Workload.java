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
  GEMM;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
