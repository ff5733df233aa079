package org.octolift.apps.config;

import static org.octolift.apps.config.InvalidSetting.require;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.octolift.engine.octree.OctreeOptions;

/// Section `MODEL`: the network.
///
/// @param name which network
/// @param depth octree depth of its input
/// @param channels input channels: 3 of the normal, 1 of the displacement, 3 of the colour
/// @param classes output channels
/// @param interpolation how features of nodes become features of points
/// @param nonEmpty whether it works on non-empty nodes alone
/// @param recompute whether activations are computed again instead of kept
/// @param stages widths and lengths of the U-Net
/// @param batchNormMomentum weight of a new batch in BatchNorm's running statistics
/// @param pretrained weights to start the trunk from
/// @param pseudoLabels weights of the network that labels unlabelled scans
/// @param teacher weights of the network that labels images
public record ModelConfig(
    Network name,
    int depth,
    int channels,
    int classes,
    Interpolation interpolation,
    boolean nonEmpty,
    boolean recompute,
    Stages stages,
    double batchNormMomentum,
    Optional<Path> pretrained,
    Optional<Path> pseudoLabels,
    Path teacher) {
  /// The networks.
  public enum Network {
    /// Residual U-Net.
    UNET,
    /// Encoder and decoder with pooling and unpooling.
    SEGNET
  }

  /// How nodes' features are read at points.
  public enum Interpolation {
    /// The node that holds the point.
    NEAREST,
    /// Eight nodes around it.
    LINEAR
  }

  /// Shape of the U-Net: an encoder stage goes one depth up, a decoder stage one down.
  ///
  /// @param encoderChannels of the first convolution and of each encoder stage, (S + 1)
  /// @param encoderBlocks residual blocks of each encoder stage, (S)
  /// @param decoderChannels of the deepest features and of each decoder stage, (S + 1)
  /// @param decoderBlocks residual blocks of each decoder stage, (S)
  /// @param headChannels hidden channels of the classifier
  public record Stages(
      List<Integer> encoderChannels,
      List<Integer> encoderBlocks,
      List<Integer> decoderChannels,
      List<Integer> decoderBlocks,
      int headChannels) {
    /// Checks that the lists fit together.
    public Stages {
      encoderChannels = List.copyOf(encoderChannels);
      encoderBlocks = List.copyOf(encoderBlocks);
      decoderChannels = List.copyOf(decoderChannels);
      decoderBlocks = List.copyOf(decoderBlocks);
      int stages = encoderBlocks.size();
      list("MODEL.encoder_blocks", encoderBlocks, stages);
      list("MODEL.encoder_channel", encoderChannels, stages + 1);
      list("MODEL.decoder_channel", decoderChannels, stages + 1);
      list("MODEL.decoder_blocks", decoderBlocks, stages);
      require(
          decoderChannels.getFirst().equals(encoderChannels.getLast()),
          "MODEL.decoder_channel",
          "to begin with the last of MODEL.encoder_channel, " + encoderChannels.getLast(),
          decoderChannels);
      require(headChannels >= 1, "MODEL.head_channel", "at least 1", headChannels);
    }

    /// Number of stages S.
    public int count() {
      return encoderBlocks.size();
    }

    private static void list(String key, List<Integer> values, int size) {
      require(
          size >= 1 && values.size() == size && values.stream().allMatch(n -> n >= 1),
          key,
          "%d whole numbers of at least 1, as MODEL.encoder_blocks names %d stages"
              .formatted(size, key.endsWith("channel") ? size - 1 : size),
          values);
    }
  }

  /// Checks the ranges.
  public ModelConfig {
    require(
        depth >= 1 && depth <= OctreeOptions.MAX_DEPTH,
        "MODEL.depth",
        "1 to " + OctreeOptions.MAX_DEPTH,
        depth);
    require(
        batchNormMomentum > 0 && batchNormMomentum <= 1,
        "MODEL.bn_momentum",
        "above 0.0, up to 1.0",
        batchNormMomentum);
    require(channels >= 1, "MODEL.channel", "at least 1", channels);
    require(classes >= 1, "MODEL.nout", "at least 1", classes);
    require(
        name != Network.UNET || stages.count() < depth,
        "MODEL.encoder_blocks",
        "fewer stages than the depth " + depth,
        stages.encoderBlocks);
  }

  static ModelConfig of(ConfigTree tree) {
    return new ModelConfig(
        Choice.of(Network.class, "MODEL.name", tree),
        tree.whole("MODEL.depth"),
        tree.whole("MODEL.channel"),
        tree.whole("MODEL.nout"),
        Choice.of(Interpolation.class, "MODEL.interp", tree),
        tree.flag("MODEL.nempty"),
        tree.flag("MODEL.use_checkpoint"),
        new Stages(
            tree.wholes("MODEL.encoder_channel"),
            tree.wholes("MODEL.encoder_blocks"),
            tree.wholes("MODEL.decoder_channel"),
            tree.wholes("MODEL.decoder_blocks"),
            tree.whole("MODEL.head_channel")),
        tree.number("MODEL.bn_momentum"),
        path("MODEL.pretrain_file", tree),
        path("MODEL.pseudo_file", tree),
        Choice.path("MODEL.teacher", tree));
  }

  private static Optional<Path> path(String key, ConfigTree tree) {
    return tree.text(key).isEmpty() ? Optional.empty() : Optional.of(Choice.path(key, tree));
  }
}
