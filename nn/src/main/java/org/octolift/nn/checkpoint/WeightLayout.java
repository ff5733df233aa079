package org.octolift.nn.checkpoint;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;

/// How a family of programs names and lays out the weights of the U-Net and the SegNet. The order
/// of the kernel's offsets is the same in both.
///
/// | | reference | ocnn-pytorch |
/// |---|---|---|
/// | convolution | `conv.weights` (Co, Ci·K) | `conv.weights` (K, Ci, Co) |
/// | deconvolution | `deconv.weights` (Ci, Co·K) | `deconv.weights` (K, Co, Ci) |
/// | 1×1, within a unit | `conv1x1.conv1x1.weight` (Co, Ci, 1) | `conv.linear.weight` (Co, Ci) |
/// | 1×1, alone | `conv1x1.weight` (Co, Ci, 1), `.bias` | `linear.weight` (Co, Ci), `.bias` |
/// | SegNet, going up | `deconvs.0` to `.n`, `deconv` | `bottleneck`, `deconvs.0` to `.n` |
///
/// Source: O-CNN's and ocnn-pytorch's `OctreeConv`, `Conv1x1`, `SegNet`.
public enum WeightLayout {
  /// That of the published weights, of the reference and of Octolift's own files.
  REFERENCE,
  /// That of ocnn-pytorch.
  OCNN_PYTORCH;

  private static final Pattern KERNEL = Pattern.compile("(.+\\.)?(conv|deconv)\\.weights");
  private static final Pattern NORM =
      Pattern.compile("(.+\\.)?bn\\.(weight|bias|running_mean|running_var|num_batches_tracked)");
  private static final String UNIT = ".conv1x1.conv1x1.weight";
  private static final String SINGLE = ".conv1x1.weight";
  private static final String BIAS = ".conv1x1.bias";
  private static final String OCNN_UNIT = ".conv.linear.weight";
  private static final String OCNN_SINGLE = ".linear.weight";
  private static final String OCNN_BIAS = ".linear.bias";
  private static final String STAGES = "deconvs.";
  private static final String FIRST = "bottleneck.";
  private static final String LAST = "deconv.";

  /// The layout that {@code tensors} are in, as their names and ranks tell.
  public static WeightLayout of(Map<String, NdArray> tensors) {
    boolean ocnn =
        tensors.entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getKey().contains(".linear.")
                        || (KERNEL.matcher(entry.getKey()).matches()
                            && entry.getValue().rank() == 3));
    return ocnn ? OCNN_PYTORCH : REFERENCE;
  }

  /// The same weights in this layout, in the same order. Values are moved, never changed.
  ///
  /// @param source where the tensors come from, for messages
  /// @throws InputException for a tensor that neither network has, or of a shape that no such
  ///     tensor has
  public SequencedMap<String, NdArray> convert(String source, Map<String, NdArray> tensors) {
    WeightLayout from = of(tensors);
    int stages =
        (int)
            tensors.keySet().stream()
                .filter(name -> name.startsWith(STAGES) && name.endsWith(".conv.weights"))
                .count();
    SequencedMap<String, NdArray> converted = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          String opposite = from.opposite(source, name, tensor, stages);
          NdArray moved = from.moved(source, name, tensor);
          converted.put(from == this ? name : opposite, from == this ? tensor : moved);
        });
    return converted;
  }

  /// The name in the other layout.
  private String opposite(String source, String name, NdArray tensor, int stages) {
    if (KERNEL.matcher(name).matches() || NORM.matcher(name).matches()) {
      return this == REFERENCE ? toBottleneck(name, stages) : fromBottleneck(name, stages);
    }
    String[] from = {UNIT, SINGLE, BIAS};
    String[] to = {OCNN_UNIT, OCNN_SINGLE, OCNN_BIAS};
    String[] here = this == REFERENCE ? from : to;
    String[] there = this == REFERENCE ? to : from;
    for (int i = 0; i < here.length; i++) {
      if (name.endsWith(here[i])) {
        return name.substring(0, name.length() - here[i].length()) + there[i];
      }
    }
    throw new InputException(
        "%s: %s %s is no tensor of a U-Net or SegNet in the layout of %s"
            .formatted(source, name, Shapes.text(tensor.shape()), this));
  }

  private static String toBottleneck(String name, int stages) {
    if (name.startsWith(LAST)) {
      return STAGES + (stages - 1) + name.substring(LAST.length() - 1);
    }
    return name.startsWith(STAGES) ? shifted(name, -1, FIRST) : name;
  }

  private static String fromBottleneck(String name, int stages) {
    if (name.startsWith(FIRST)) {
      return STAGES + "0" + name.substring(FIRST.length() - 1);
    }
    return name.startsWith(STAGES + (stages - 1) + '.')
        ? LAST + name.substring(name.indexOf('.', STAGES.length()) + 1)
        : name.startsWith(STAGES) ? shifted(name, 1, FIRST) : name;
  }

  /// Stage i becomes stage i + step, and what comes before the first the bottleneck.
  private static String shifted(String name, int step, String below) {
    int dot = name.indexOf('.', STAGES.length());
    int stage = Integer.parseInt(name.substring(STAGES.length(), dot)) + step;
    return stage < 0 ? below + name.substring(dot + 1) : STAGES + stage + name.substring(dot);
  }

  /// The values in the other layout.
  private NdArray moved(String source, String name, NdArray tensor) {
    int[] shape = tensor.shape();
    if (KERNEL.matcher(name).matches()) {
      int kernels = kernels(name);
      String where = source + ": " + name;
      if (this == REFERENCE) {
        if (shape.length != 2 || shape[1] % kernels != 0) {
          throw mismatch(where, "(rows, %d·n)".formatted(kernels), shape);
        }
        int columns = shape[1] / kernels;
        return NdArray.strided(
            where,
            tensor.dtype(),
            new int[] {kernels, columns, shape[0]},
            tensor.segment(),
            0,
            new long[] {1, kernels, shape[1]});
      }
      if (shape.length != 3 || shape[0] != kernels) {
        throw mismatch(where, "(%d, n, m)".formatted(kernels), shape);
      }
      return NdArray.strided(
              where,
              tensor.dtype(),
              new int[] {shape[2], shape[1], kernels},
              tensor.segment(),
              0,
              new long[] {1, shape[2], (long) shape[1] * shape[2]})
          .reshape(shape[2], shape[1] * kernels);
    }
    if (this == REFERENCE && name.endsWith(SINGLE)) {
      if (shape.length != 3 || shape[2] != 1) {
        throw mismatch(source + ": " + name, "(n, m, 1)", shape);
      }
      return tensor.reshape(shape[0], shape[1]);
    }
    if (this == OCNN_PYTORCH && name.endsWith(OCNN_SINGLE)) {
      if (shape.length != 2) {
        throw mismatch(source + ": " + name, "(n, m)", shape);
      }
      return tensor.reshape(shape[0], shape[1], 1);
    }
    return tensor;
  }

  /// Kernel offsets: 2×2×2 between depths, 3×3×3 at one.
  private static int kernels(String name) {
    return name.startsWith("downsample.") || name.startsWith("upsample.") ? 8 : 27;
  }

  private static InputException mismatch(String where, String expected, int[] shape) {
    return new InputException(
        "%s: expected shape %s, found %s".formatted(where, expected, Shapes.text(shape)));
  }

  /// The name in options and messages.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
