package org.octolift.nn.models.dpt;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Activation;
import org.octolift.nn.Parameter;

/// A Vision Transformer (Dosovitskiy et al., 2021; timm's `VisionTransformer`), the ResNet before
/// it if there is one, and what makes the decoder's maps of both.
final class Encoder {
  private static final int PATCH = 16;

  /// Rows and columns of patches that the embeddings of positions were learnt for.
  private static final int SIDE = 24;

  private static final int IMAGENET_CLASSES = 1000;

  private final DptBackbone shape;
  private final Parameter classToken;
  private final Parameter positions;
  private final ResidualBackbone residual;
  private final DptParameters.Pair patches;
  private final List<TransformerBlock> blocks = new ArrayList<>();
  private final List<Reassembly> reassemblies = new ArrayList<>();

  Encoder(DptParameters factory, DptBackbone shape) {
    this.shape = shape;
    int channels = shape.channels();
    String model = "pretrained.model.";
    classToken = factory.tokens(model + "cls_token", 1, channels);
    positions = factory.tokens(model + "pos_embed", 1 + SIDE * SIDE, channels);
    String embedding = model + "patch_embed.";
    residual = shape.residual() ? new ResidualBackbone(factory, embedding + "backbone.") : null;
    patches =
        residual == null
            ? factory.biasedConvolution(embedding + "proj", PATCH, 3, channels)
            : factory.biasedConvolution(embedding + "proj", 1, ResidualBackbone.CHANNELS, channels);
    for (int i = 0; i < shape.blocks(); i++) {
      blocks.add(new TransformerBlock(factory, "%sblocks.%d.".formatted(model, i), channels));
    }
    // The published weights also hold what ImageNet's classes were told by.
    factory.norm(model + "norm", channels);
    factory.dense(model + "head", channels, IMAGENET_CLASSES);
    for (int level = 5 - shape.hooks().size(); level <= 4; level++) {
      reassemblies.add(new Reassembly(factory, level, channels, shape.widths().get(level - 1)));
    }
  }

  /// The four maps, the largest first.
  List<Image> record(Layers layers, Image image) {
    List<Image> maps = new ArrayList<>();
    Image embedded;
    if (residual == null) {
      embedded = layers.patches(image, patches);
    } else {
      List<Image> stages = residual.record(layers, image);
      embedded = layers.convolution(stages.getLast(), patches, 1, Activation.NONE);
      maps.addAll(stages.subList(0, stages.size() - 1));
    }
    Value x = layers.tokens(embedded, classToken, positions);
    // What follows the last block that the decoder reads serves ImageNet's classes.
    for (int i = 0; i <= shape.hooks().getLast(); i++) {
      x = blocks.get(i).record(layers, x, embedded.grid().images());
      int hook = shape.hooks().indexOf(i);
      if (hook >= 0) {
        maps.add(reassemblies.get(hook).record(layers, x, embedded.grid()));
      }
    }
    return maps;
  }
}
