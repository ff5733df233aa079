package org.octolift.kernels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// What a Vision Transformer (Dosovitskiy et al., 2021) has beside dense layers. Tokens are rows,
/// `image · tokens + t`; token 0 of an image stands for the whole of it, the others for its
/// patches.
public final class Transformers {
  private Transformers() {}

  /// `y = (x - mean x) / √(variance x + epsilon) · gamma + beta` in each row (Ba et al., 2016).
  ///
  /// @param y written, (capacity, channels)
  /// @param x not modified
  /// @param gamma not modified, (1, channels)
  /// @param beta not modified, (1, channels)
  public static void layerNorm(
      FloatArray y,
      FloatArray x,
      FloatArray gamma,
      FloatArray beta,
      IntArray counts,
      int slot,
      int channels,
      int capacity,
      float epsilon) {
    for (@Parallel int row = 0; row < (capacity & Bounds.LITERAL); row++) {
      if (row < counts.get(slot)) {
        int from = row * channels;
        float sum = 0;
        for (int c = 0; c < channels; c++) {
          sum += x.get(from + c);
        }
        float mean = sum / channels;
        float squares = 0;
        for (int c = 0; c < channels; c++) {
          float difference = x.get(from + c) - mean;
          squares += difference * difference;
        }
        float scale = 1 / TornadoMath.sqrt(squares / channels + epsilon);
        for (int c = 0; c < channels; c++) {
          y.set(from + c, (x.get(from + c) - mean) * scale * gamma.get(c) + beta.get(c));
        }
      }
    }
  }

  /// `y = softmax(Q · Kᵀ / √d) · V` within each image and head (Vaswani et al., 2017).
  ///
  /// @param y written, (images · tokens, channels): heads side by side
  /// @param qkv not modified, (images · tokens, 3 · channels): Q, K and V side by side
  public static void attention(
      FloatArray y, FloatArray qkv, int images, int tokens, int channels, int heads) {
    for (@Parallel int i = 0; i < images * tokens * heads; i++) {
      int row = i / heads;
      int head = i % heads;
      int size = channels / heads;
      float scale = 1 / TornadoMath.sqrt(size);
      int query = row * 3 * channels + head * size;
      int first = row / tokens * tokens * 3 * channels + head * size;
      float maximum = Float.NEGATIVE_INFINITY;
      for (int t = 0; t < tokens; t++) {
        int key = first + (3 * t + 1) * channels;
        maximum = TornadoMath.max(maximum, scale * product(qkv, query, key, size));
      }
      int to = row * channels + head * size;
      for (int c = 0; c < size; c++) {
        y.set(to + c, 0f);
      }
      float sum = 0;
      for (int t = 0; t < tokens; t++) {
        int key = first + (3 * t + 1) * channels;
        float share = TornadoMath.exp(scale * product(qkv, query, key, size) - maximum);
        sum += share;
        for (int c = 0; c < size; c++) {
          y.set(to + c, y.get(to + c) + share * qkv.get(key + channels + c));
        }
      }
      for (int c = 0; c < size; c++) {
        y.set(to + c, y.get(to + c) / sum);
      }
    }
  }

  private static float product(FloatArray x, int a, int b, int size) {
    float sum = 0;
    for (int c = 0; c < size; c++) {
      sum += x.get(a + c) * x.get(b + c);
    }
    return sum;
  }

  /// The input of a transformer: the class token and the patches, each with its position's
  /// embedding; those of the patches are resized, bilinearly, to the patches of this image.
  ///
  /// @param y written, (images · (1 + height · width), channels)
  /// @param patches not modified, (images · height · width, channels)
  /// @param token not modified, (1, channels)
  /// @param positions not modified, (1 + side², channels)
  public static void tokens(
      FloatArray y,
      FloatArray patches,
      FloatArray token,
      FloatArray positions,
      int images,
      int height,
      int width,
      int side,
      int channels) {
    for (@Parallel int i = 0; i < images * (1 + height * width) * channels; i++) {
      int row = i / channels;
      int channel = i % channels;
      int patch = row % (1 + height * width) - 1;
      float value = positions.get(channel);
      if (patch < 0) {
        value += token.get(channel);
      } else {
        int image = row / (1 + height * width);
        value = patches.get((image * height * width + patch) * channels + channel);
        float v = Resampling.coordinate(patch / width, side, height, 2, false);
        float h = Resampling.coordinate(patch % width, side, width, 2, false);
        for (int tap = 0; tap < 4; tap++) {
          int at = Resampling.index(v, tap / 2, side, 2) * side;
          at = (1 + at + Resampling.index(h, tap % 2, side, 2)) * channels + channel;
          float weight = Resampling.weight(v, tap / 2, 2) * Resampling.weight(h, tap % 2, 2);
          value += weight * positions.get(at);
        }
      }
      y.set(i, value);
    }
  }

  /// Beside each patch's token, the class token of its image.
  ///
  /// @param y written, (images · patches, 2 · channels)
  /// @param tokens not modified, (images · (1 + patches), channels)
  public static void readout(
      FloatArray y, FloatArray tokens, int images, int patches, int channels) {
    for (@Parallel int i = 0; i < images * patches * 2 * channels; i++) {
      int row = i / (2 * channels);
      int channel = i % (2 * channels);
      int token = row / patches * (1 + patches);
      if (channel < channels) {
        token += 1 + row % patches;
      }
      y.set(i, tokens.get(token * channels + channel % channels));
    }
  }
}
