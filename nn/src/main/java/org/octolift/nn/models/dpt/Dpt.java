package org.octolift.nn.models.dpt;

import java.util.ArrayList;
import java.util.List;
import org.octolift.engine.Recorder;
import org.octolift.engine.ops.Activation;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;

/// A dense prediction transformer (Ranftl et al., 2021): an encoder makes four maps of an image, a
/// convolutional decoder joins them from coarse to fine, and a head tells classes or depth.
/// Parameters carry the names and shapes of the published weights.
public final class Dpt {
  /// Heights and widths of images are multiples of this.
  public static final int MULTIPLE = 32;

  private static final int FEATURES = 256;

  private final DptParameters factory = new DptParameters();
  private final Encoder encoder;
  private final List<Parameter> lateral = new ArrayList<>();
  private final List<FusionBlock> fusions = new ArrayList<>();
  private final DptHead head;

  /// A network of zeros, to be loaded.
  ///
  /// @param backbone the encoder
  /// @param task what is told of each pixel
  public Dpt(DptBackbone backbone, DptTask task) {
    this(backbone, task, FEATURES);
  }

  /// @param features channels of the decoder
  Dpt(DptBackbone backbone, DptTask task, int features) {
    encoder = new Encoder(factory, backbone);
    for (int level = 1; level <= 4; level++) {
      String name = "scratch.layer%d_rn.weight".formatted(level);
      lateral.add(factory.convolution(name, 3, backbone.widths().get(level - 1), features));
    }
    boolean normalised = task instanceof DptTask.Segmentation;
    for (int level = 1; level <= 4; level++) {
      String prefix = "scratch.refinenet%d.".formatted(level);
      fusions.add(new FusionBlock(factory, prefix, features, normalised));
    }
    head = DptHead.of(factory, task, features);
  }

  /// The parameters, by the published names.
  public ParameterSet parameters() {
    return factory.parameters();
  }

  /// Records the network.
  ///
  /// @param image red, green and blue in -1..1; height and width multiples of [#MULTIPLE]
  /// @return of the image's size: logits (pixels, classes), or depth or inverse depth (pixels, 1)
  public Image record(Recorder recorder, Image image) {
    if (image.grid().height() % MULTIPLE != 0 || image.grid().width() % MULTIPLE != 0) {
      throw new IllegalArgumentException(
          "%s: height and width must be multiples of %d".formatted(image.grid(), MULTIPLE));
    }
    Layers layers = new Layers(recorder);
    List<Image> maps = encoder.record(layers, image);
    Image x = null;
    for (int level = 3; level >= 0; level--) {
      Image fine =
          layers.convolution(maps.get(level), lateral.get(level), null, 1, Activation.NONE);
      x = fusions.get(level).record(layers, x == null ? fine : x, x == null ? null : fine);
    }
    return head.record(layers, x);
  }
}
