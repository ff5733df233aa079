package org.octolift.nn.checkpoint;

import java.util.Comparator;
import java.util.List;

/// The order of PyTorch's state dicts of the U-Net and the SegNet, in which modules stand as their
/// constructors make them. Names are compared part by part: numbers by value, known parts in the
/// order below, then all others by name.
final class StateDictOrder implements Comparator<String> {
  private static final List<String> PARTS =
      List.of(
          "conv1",
          "convs",
          "downsample",
          "encoder",
          "upsample",
          "decoder",
          "bottleneck",
          "deconvs",
          "conv3x3a",
          "conv3x3b",
          "conv1x1",
          "conv",
          "deconv",
          "header",
          "bn",
          "weights",
          "weight",
          "bias",
          "running_mean",
          "running_var",
          "num_batches_tracked");

  @Override
  public int compare(String a, String b) {
    String[] left = a.split("\\.", -1);
    String[] right = b.split("\\.", -1);
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      if (!left[i].equals(right[i])) {
        int order = Long.compare(rank(left[i]), rank(right[i]));
        return order == 0 ? left[i].compareTo(right[i]) : order;
      }
    }
    return Integer.compare(left.length, right.length);
  }

  private static long rank(String part) {
    if (part.matches("[0-9]{1,9}")) {
      return Long.parseLong(part);
    }
    int known = PARTS.indexOf(part);
    return (1L << 32) + (known < 0 ? PARTS.size() : known);
  }
}
