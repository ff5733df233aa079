package org.octolift.nn.checkpoint;

import java.util.List;
import org.octolift.engine.RandomSource;
import org.octolift.nn.models.Interpolation;
import org.octolift.nn.models.ModelOptions;
import org.octolift.nn.models.UNet;
import org.octolift.nn.models.UNetStages;

/// A U-Net of few values, of which `small.model.pth` is a checkpoint.
final class SmallUNet {
  private SmallUNet() {}

  /// A model with fresh weights.
  static UNet of(int classes, int decoderBlocks, long seed) {
    return new UNet(
        new ModelOptions(4, 3, classes, true, Interpolation.NEAREST),
        new UNetStages(List.of(4, 4), List.of(1), List.of(4, 3), List.of(decoderBlocks), 2),
        RandomSource.of(seed));
  }

  /// The model that the checkpoint is of, with other weights.
  static UNet of(long seed) {
    return of(5, 1, seed);
  }
}
