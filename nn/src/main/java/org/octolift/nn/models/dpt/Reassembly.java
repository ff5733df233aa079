package org.octolift.nn.models.dpt;

import org.octolift.engine.Grid;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Activation;

/// Makes a map for the decoder of the tokens after a block (Ranftl et al., 2021, "Reassemble"):
/// each token is joined with the class token, projected, and the map is brought to its level's
/// size.
final class Reassembly {
  private final int level;
  private final DptParameters.Pair readout;
  private final DptParameters.Pair projection;
  private final DptParameters.Pair scaling;

  /// @param level 1 to 4: the map has a 4th, an 8th, a 16th or a 32nd of the image's size
  /// @param channels of the tokens
  /// @param width channels of the map
  Reassembly(DptParameters factory, int level, int channels, int width) {
    this.level = level;
    String prefix = "pretrained.act_postprocess%d.".formatted(level);
    readout = factory.dense(prefix + "0.project.0", 2 * channels, channels);
    projection = factory.biasedConvolution(prefix + "3", 1, channels, width);
    scaling =
        switch (level) {
          case 1 -> factory.deconvolution(prefix + "4", 4, width, width);
          case 2 -> factory.deconvolution(prefix + "4", 2, width, width);
          case 3 -> null;
          default -> factory.biasedConvolution(prefix + "4", 3, width, width);
        };
  }

  /// @param tokens (images · (1 + patches), channels)
  /// @param patches where the tokens lie, at a 16th of the image's size
  Image record(Layers layers, Value tokens, Grid patches) {
    Image pairs = layers.readout(tokens, patches);
    Value read = layers.dense(pairs.value(), readout, Activation.GELU);
    Image map = layers.convolution(new Image(read, patches), projection, 1, Activation.NONE);
    return switch (level) {
      case 1, 2 -> layers.deconvolution(map, scaling);
      case 3 -> map;
      default -> layers.convolution(map, scaling, 2, Activation.NONE);
    };
  }
}
