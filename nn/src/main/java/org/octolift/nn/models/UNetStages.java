package org.octolift.nn.models;

import java.util.List;

/// The shape of a U-Net. An encoder stage goes one depth up in the octree, a decoder stage one
/// down.
///
/// @param encoderChannels of the first convolution and of each encoder stage, (S + 1)
/// @param encoderBlocks residual blocks of each encoder stage, (S)
/// @param decoderChannels of the deepest features and of each decoder stage, (S + 1)
/// @param decoderBlocks residual blocks of each decoder stage, (S)
/// @param headChannels hidden channels of the header
public record UNetStages(
    List<Integer> encoderChannels,
    List<Integer> encoderBlocks,
    List<Integer> decoderChannels,
    List<Integer> decoderBlocks,
    int headChannels) {
  /// Checks that the lists fit together.
  public UNetStages {
    encoderChannels = List.copyOf(encoderChannels);
    encoderBlocks = List.copyOf(encoderBlocks);
    decoderChannels = List.copyOf(decoderChannels);
    decoderBlocks = List.copyOf(decoderBlocks);
    int stages = encoderBlocks.size();
    if (stages < 1
        || decoderBlocks.size() != stages
        || encoderChannels.size() != stages + 1
        || decoderChannels.size() != stages + 1
        || !decoderChannels.getFirst().equals(encoderChannels.getLast())) {
      throw new IllegalArgumentException(
          "encoder %s × %s and decoder %s × %s do not fit together"
              .formatted(encoderChannels, encoderBlocks, decoderChannels, decoderBlocks));
    }
  }

  /// The reference's U-Net.
  public static UNetStages reference() {
    return new UNetStages(
        List.of(32, 32, 64, 128, 256),
        List.of(2, 3, 4, 6),
        List.of(256, 256, 128, 96, 96),
        List.of(2, 2, 2, 2),
        64);
  }

  /// Number of stages S.
  public int count() {
    return encoderBlocks.size();
  }
}
