package org.octolift.nn.models.dpt;

import org.octolift.engine.Value;
import org.octolift.engine.ops.Activation;

/// A block of a Vision Transformer (Dosovitskiy et al., 2021): attention, then two dense layers,
/// each behind a LayerNorm and with its input added.
final class TransformerBlock {
  /// Channels of an attention head.
  static final int HEAD = 64;

  private static final int EXPANSION = 4;

  private final DptParameters.Pair norm1;
  private final DptParameters.Pair qkv;
  private final DptParameters.Pair projection;
  private final DptParameters.Pair norm2;
  private final DptParameters.Pair fc1;
  private final DptParameters.Pair fc2;

  TransformerBlock(DptParameters factory, String prefix, int channels) {
    norm1 = factory.norm(prefix + "norm1", channels);
    qkv = factory.dense(prefix + "attn.qkv", channels, 3 * channels);
    projection = factory.dense(prefix + "attn.proj", channels, channels);
    norm2 = factory.norm(prefix + "norm2", channels);
    fc1 = factory.dense(prefix + "mlp.fc1", channels, EXPANSION * channels);
    fc2 = factory.dense(prefix + "mlp.fc2", EXPANSION * channels, channels);
  }

  /// @param x tokens of some images, (images · tokens, channels)
  Value record(Layers layers, Value x, int images) {
    Value y = layers.dense(layers.layerNorm(x, norm1), qkv, Activation.NONE);
    y = layers.attention(y, images, x.channels() / HEAD);
    Value attended = layers.denseAdded(y, projection, x);
    Value hidden = layers.dense(layers.layerNorm(attended, norm2), fc1, Activation.GELU);
    return layers.denseAdded(hidden, fc2, attended);
  }
}
