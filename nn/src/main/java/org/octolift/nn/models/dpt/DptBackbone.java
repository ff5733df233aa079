package org.octolift.nn.models.dpt;

import java.util.List;

/// The encoder of a DPT: a Vision Transformer on patches of 16 × 16 pixels, which may be made by
/// the first three stages of a ResNet-50. The decoder gets four maps, at a 4th, an 8th, a 16th and
/// a 32nd of the image's size: the last ones from the transformer, those before from the ResNet.
///
/// @param residual whether a ResNet makes the patches; else they are the image's own
/// @param channels of the tokens, a multiple of 64
/// @param blocks of the transformer
/// @param hooks blocks whose tokens the decoder reads, in order: two behind a ResNet, else four
/// @param widths channels of the four maps
public record DptBackbone(
    boolean residual, int channels, int blocks, List<Integer> hooks, List<Integer> widths) {
  /// ViT-Base on the features of a ResNet-50.
  public static final DptBackbone HYBRID =
      new DptBackbone(true, 768, 12, List.of(8, 11), List.of(256, 512, 768, 768));

  /// ViT-Large.
  public static final DptBackbone LARGE =
      new DptBackbone(false, 1024, 24, List.of(5, 11, 17, 23), List.of(256, 512, 1024, 1024));

  /// Checks the numbers.
  public DptBackbone {
    hooks = List.copyOf(hooks);
    widths = List.copyOf(widths);
    boolean ordered = hooks.equals(hooks.stream().sorted().distinct().toList());
    if (hooks.size() != (residual ? 2 : 4) || !ordered || hooks.getLast() >= blocks) {
      throw new IllegalArgumentException(
          "hooks %s in %d blocks, expected %d".formatted(hooks, blocks, residual ? 2 : 4));
    }
    if (widths.size() != 4 || channels % TransformerBlock.HEAD != 0) {
      throw new IllegalArgumentException("%d channels, widths %s".formatted(channels, widths));
    }
  }
}
