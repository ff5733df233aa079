package org.octolift.nn.models.dpt;

import org.octolift.engine.ops.Activation;
import org.octolift.nn.Parameter;
import org.octolift.nn.autograd.BatchNormParameters;

/// From the decoder's features, half the image's size, to what is told of each pixel.
sealed interface DptHead {
  /// Records the head; the result has the image's size.
  Image record(Layers layers, Image features);

  /// The head of a task.
  ///
  /// @param channels of the features
  static DptHead of(DptParameters factory, DptTask task, int channels) {
    return switch (task) {
      case DptTask.Segmentation(int classes) -> {
        DptHead head = new Classes(factory, "scratch.output_conv.", channels, classes);
        // An auxiliary head, which served in training, is in the published weights too.
        new Classes(factory, "auxlayer.", channels, classes);
        yield head;
      }
      case DptTask.InverseDepth() -> new InverseDepth(factory, channels);
      case DptTask.Depth(float scale, float shift) ->
          new Depth(new InverseDepth(factory, channels), scale, shift);
    };
  }

  /// Logits of classes.
  final class Classes implements DptHead {
    private final Parameter hidden;
    private final BatchNormParameters norm;
    private final DptParameters.Pair classes;

    private Classes(DptParameters factory, String prefix, int channels, int outputs) {
      hidden = factory.convolution(prefix + "0.weight", 3, channels, channels);
      norm = factory.batchNorm(prefix + "1", channels);
      classes = factory.biasedConvolution(prefix + "4", 1, channels, outputs);
    }

    @Override
    public Image record(Layers layers, Image features) {
      Image y = layers.convolution(features, hidden, null, 1, Activation.NONE);
      y = layers.batchNorm(y, norm, null, true);
      return layers.doubled(layers.convolution(y, classes, 1, Activation.NONE));
    }
  }

  /// Inverse depth, not negative.
  final class InverseDepth implements DptHead {
    private static final int HIDDEN = 32;

    private final DptParameters.Pair half;
    private final DptParameters.Pair hidden;
    private final DptParameters.Pair last;

    private InverseDepth(DptParameters factory, int channels) {
      String prefix = "scratch.output_conv.";
      half = factory.biasedConvolution(prefix + "0", 3, channels, channels / 2);
      hidden = factory.biasedConvolution(prefix + "2", 3, channels / 2, HIDDEN);
      last = factory.biasedConvolution(prefix + "4", 1, HIDDEN, 1);
    }

    @Override
    public Image record(Layers layers, Image features) {
      Image y = layers.doubled(layers.convolution(features, half, 1, Activation.NONE));
      y = layers.convolution(y, hidden, 1, Activation.RELU);
      return layers.convolution(y, last, 1, Activation.RELU);
    }
  }

  /// Depth from inverse depth.
  ///
  /// @param inverse tells the inverse depth
  /// @param scale of the inverse depth
  /// @param shift of the inverse depth
  record Depth(InverseDepth inverse, float scale, float shift) implements DptHead {
    private static final float LEAST = 1e-8f;

    @Override
    public Image record(Layers layers, Image features) {
      return layers.reciprocal(inverse.record(layers, features), scale, shift, LEAST);
    }
  }
}
