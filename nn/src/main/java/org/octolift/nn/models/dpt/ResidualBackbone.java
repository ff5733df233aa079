package org.octolift.nn.models.dpt;

import java.util.ArrayList;
import java.util.List;
import org.octolift.nn.Parameter;

/// The first three stages of a ResNet-50 with weight standardisation and GroupNorm (Kolesnikov et
/// al., "Big Transfer", 2020; timm's `ResNetV2`, post-activation), as in a hybrid Vision
/// Transformer.
final class ResidualBackbone {
  private static final int[] BLOCKS = {3, 4, 9};
  private static final int STEM = 64;

  /// Channels of the last stage.
  static final int CHANNELS = STEM * 16;

  private final Parameter stem;
  private final DptParameters.Pair stemNorm;
  private final List<List<Bottleneck>> stages = new ArrayList<>();

  ResidualBackbone(DptParameters factory, String prefix) {
    stem = factory.convolution(prefix + "stem.conv.weight", 7, 3, STEM);
    stemNorm = factory.norm(prefix + "stem.norm", STEM);
    int in = STEM;
    for (int stage = 0; stage < BLOCKS.length; stage++) {
      int out = channels(stage);
      List<Bottleneck> blocks = new ArrayList<>();
      for (int block = 0; block < BLOCKS[stage]; block++) {
        String name = "%sstages.%d.blocks.%d.".formatted(prefix, stage, block);
        blocks.add(new Bottleneck(factory, name, in, out, block == 0 && stage > 0 ? 2 : 1));
        in = out;
      }
      stages.add(blocks);
    }
  }

  /// Channels of a stage.
  static int channels(int stage) {
    return (4 * STEM) << stage;
  }

  /// The outputs of all stages, at a 4th, an 8th and a 16th of the size.
  List<Image> record(Layers layers, Image image) {
    Image x = layers.groupNorm(layers.standardised(image, stem, 2), stemNorm, null, true);
    x = layers.maxPool(x);
    List<Image> outputs = new ArrayList<>();
    for (List<Bottleneck> blocks : stages) {
      for (Bottleneck block : blocks) {
        x = block.record(layers, x);
      }
      outputs.add(x);
    }
    return outputs;
  }

  /// 1 × 1, 3 × 3 and 1 × 1 convolutions around which the input is added.
  private static final class Bottleneck {
    private final int stride;
    private final Parameter shortcut;
    private final DptParameters.Pair shortcutNorm;
    private final Parameter[] convolutions = new Parameter[3];
    private final DptParameters.Pair[] norms = new DptParameters.Pair[3];

    Bottleneck(DptParameters factory, String prefix, int in, int out, int stride) {
      this.stride = stride;
      boolean projected = in != out;
      shortcut =
          projected ? factory.convolution(prefix + "downsample.conv.weight", 1, in, out) : null;
      shortcutNorm = projected ? factory.norm(prefix + "downsample.norm", out) : null;
      int middle = out / 4;
      int[] widths = {in, middle, middle, out};
      for (int i = 0; i < 3; i++) {
        String name = "%sconv%d.weight".formatted(prefix, i + 1);
        convolutions[i] = factory.convolution(name, i == 1 ? 3 : 1, widths[i], widths[i + 1]);
        norms[i] = factory.norm(prefix + "norm" + (i + 1), widths[i + 1]);
      }
    }

    Image record(Layers layers, Image x) {
      Image residual =
          shortcut == null
              ? x
              : layers.groupNorm(
                  layers.standardised(x, shortcut, stride), shortcutNorm, null, false);
      Image y = x;
      for (int i = 0; i < 3; i++) {
        y = layers.standardised(y, convolutions[i], i == 1 ? stride : 1);
        y = layers.groupNorm(y, norms[i], i == 2 ? residual : null, true);
      }
      return y;
    }
  }
}
