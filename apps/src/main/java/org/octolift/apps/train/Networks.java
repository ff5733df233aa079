package org.octolift.apps.train;

import java.util.random.RandomGenerator;
import org.octolift.apps.config.ModelConfig;
import org.octolift.engine.InputException;
import org.octolift.nn.models.Interpolation;
import org.octolift.nn.models.Model;
import org.octolift.nn.models.ModelOptions;
import org.octolift.nn.models.SegNet;
import org.octolift.nn.models.UNet;
import org.octolift.nn.models.UNetStages;

/// Makes the network that a configuration asks for.
public final class Networks {
  private Networks() {}

  /// A network with fresh weights.
  ///
  /// @throws InputException if section `MODEL` asks for what does not exist
  public static Model create(ModelConfig config, RandomGenerator random) {
    ModelOptions options =
        new ModelOptions(
            config.depth(),
            config.channels(),
            config.classes(),
            config.nonEmpty(),
            switch (config.interpolation()) {
              case NEAREST -> Interpolation.NEAREST;
              case LINEAR -> Interpolation.LINEAR;
            },
            (float) config.batchNormMomentum());
    try {
      return switch (config.name()) {
        case UNET -> new UNet(options, stages(config.stages()), random);
        case SEGNET -> new SegNet(options, random);
      };
    } catch (IllegalArgumentException e) {
      throw new InputException("MODEL: " + e.getMessage(), e);
    }
  }

  private static UNetStages stages(ModelConfig.Stages stages) {
    return new UNetStages(
        stages.encoderChannels(),
        stages.encoderBlocks(),
        stages.decoderChannels(),
        stages.decoderBlocks(),
        stages.headChannels());
  }
}
