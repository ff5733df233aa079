package org.octolift.nn.models.dpt;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Activation;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;
import org.octolift.nn.autograd.BatchNormParameters;

/// DPT-Hybrid for semantic segmentation (Ranftl et al., 2021): a ResNet-50 makes patches, a
/// ViT-Base works on them, and a convolutional decoder joins both. Parameters carry the names and
/// shapes of the published `dpt_hybrid-ade20k-53898607.pt`.
public final class DptHybrid {
  /// Heights and widths of images are multiples of this.
  public static final int MULTIPLE = 32;

  private static final int CHANNELS = 768;
  private static final int BLOCKS = 12;
  private static final int SIDE = 24;
  private static final int FEATURES = 256;
  private static final int IMAGENET_CLASSES = 1000;

  /// Blocks after which the decoder reads the tokens.
  private static final List<Integer> HOOKS = List.of(8, 11);

  private final DptParameters factory = new DptParameters();
  private final Parameter classToken;
  private final Parameter positions;
  private final ResidualBackbone backbone;
  private final DptParameters.Pair patches;
  private final List<TransformerBlock> blocks = new ArrayList<>();
  private final List<DptParameters.Pair> readouts = new ArrayList<>();
  private final List<DptParameters.Pair> projections = new ArrayList<>();
  private final DptParameters.Pair reduction;
  private final List<Parameter> lateral = new ArrayList<>();
  private final List<FusionBlock> fusions = new ArrayList<>();
  private final Head head;

  /// A network of zeros, to be loaded.
  ///
  /// @param classes number of classes
  public DptHybrid(int classes) {
    String model = "pretrained.model.";
    classToken = factory.tokens(model + "cls_token", 1, CHANNELS);
    positions = factory.tokens(model + "pos_embed", 1 + SIDE * SIDE, CHANNELS);
    backbone = new ResidualBackbone(factory, model + "patch_embed.backbone.");
    patches =
        factory.biasedConvolution(
            model + "patch_embed.proj", 1, ResidualBackbone.CHANNELS, CHANNELS);
    for (int i = 0; i < BLOCKS; i++) {
      blocks.add(new TransformerBlock(factory, "%sblocks.%d.".formatted(model, i), CHANNELS));
    }
    // The checkpoint also holds what ImageNet's classes were told by.
    factory.norm(model + "norm", CHANNELS);
    factory.dense(model + "head", CHANNELS, IMAGENET_CLASSES);
    for (int level = 3; level <= 4; level++) {
      String prefix = "pretrained.act_postprocess%d.".formatted(level);
      readouts.add(factory.dense(prefix + "0.project.0", 2 * CHANNELS, CHANNELS));
      projections.add(factory.biasedConvolution(prefix + "3", 1, CHANNELS, CHANNELS));
    }
    reduction = factory.biasedConvolution("pretrained.act_postprocess4.4", 3, CHANNELS, CHANNELS);
    int[] widths = {ResidualBackbone.channels(0), ResidualBackbone.channels(1), CHANNELS, CHANNELS};
    for (int level = 1; level <= 4; level++) {
      String name = "scratch.layer%d_rn.weight".formatted(level);
      lateral.add(factory.convolution(name, 3, widths[level - 1], FEATURES));
    }
    for (int level = 1; level <= 4; level++) {
      fusions.add(new FusionBlock(factory, "scratch.refinenet%d.".formatted(level), FEATURES));
    }
    head = new Head(factory, "scratch.output_conv.", classes);
    // And an auxiliary head, which served in training.
    new Head(factory, "auxlayer.", classes);
  }

  /// The parameters, by the published names.
  public ParameterSet parameters() {
    return factory.parameters();
  }

  /// Records the network.
  ///
  /// @param image red, green and blue in -1..1; height and width multiples of [#MULTIPLE]
  /// @return logits of the image's size, (pixels, classes)
  public Image record(Recorder recorder, Image image) {
    if (image.grid().height() % MULTIPLE != 0 || image.grid().width() % MULTIPLE != 0) {
      throw new IllegalArgumentException(
          "%s: height and width must be multiples of %d".formatted(image.grid(), MULTIPLE));
    }
    Layers layers = new Layers(recorder);
    List<Image> stages = backbone.record(layers, image);
    List<Image> levels = new ArrayList<>(stages.subList(0, 2));
    levels.addAll(transform(layers, stages.get(2)));
    Image x = null;
    for (int level = 3; level >= 0; level--) {
      Image fine =
          layers.convolution(levels.get(level), lateral.get(level), null, 1, Activation.NONE);
      x = fusions.get(level).record(layers, x == null ? fine : x, x == null ? null : fine);
    }
    return head.record(layers, x);
  }

  /// The transformer's two maps, at a 16th and a 32nd of the size.
  private List<Image> transform(Layers layers, Image features) {
    Image embedded =
        layers.convolution(features, patches.weight(), patches.bias(), 1, Activation.NONE);
    Value x = layers.tokens(embedded, classToken, positions);
    List<Image> maps = new ArrayList<>();
    for (int i = 0; i < BLOCKS; i++) {
      x = blocks.get(i).record(layers, x, embedded.grid().images());
      if (HOOKS.contains(i)) {
        int hook = HOOKS.indexOf(i);
        Image pairs = layers.readout(x, embedded.grid());
        Value read = layers.dense(pairs.value(), readouts.get(hook), Activation.GELU);
        DptParameters.Pair projection = projections.get(hook);
        maps.add(
            layers.convolution(
                new Image(read, embedded.grid()),
                projection.weight(),
                projection.bias(),
                1,
                Activation.NONE));
      }
    }
    Image coarse =
        layers.convolution(maps.get(1), reduction.weight(), reduction.bias(), 2, Activation.NONE);
    return List.of(maps.get(0), coarse);
  }

  /// From features to logits of twice the size.
  private static final class Head {
    private final Parameter hidden;
    private final BatchNormParameters norm;
    private final DptParameters.Pair classes;

    Head(DptParameters factory, String prefix, int outputs) {
      hidden = factory.convolution(prefix + "0.weight", 3, FEATURES, FEATURES);
      norm = factory.batchNorm(prefix + "1", FEATURES);
      classes = factory.biasedConvolution(prefix + "4", 1, FEATURES, outputs);
    }

    Image record(Layers layers, Image x) {
      Image y = layers.convolution(x, hidden, null, 1, Activation.NONE);
      y = layers.batchNorm(y, norm, null, true);
      y = layers.convolution(y, classes.weight(), classes.bias(), 1, Activation.NONE);
      return layers.doubled(y);
    }
  }
}
