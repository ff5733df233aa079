package org.octolift.apps.inspect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.Safetensors;
import org.octolift.nn.checkpoint.TorchFile;
import org.octolift.nn.checkpoint.WeightLayout;

/// Lists what a safetensors file or one of torch.save holds: values one a line, then tensors with
/// type and shape, then their number. Entries of entries are named as `model_dict.conv1.bn.bias`.
final class TensorListing {
  /// Longer lists are counted.
  private static final int SHOWN = 8;

  private final StringBuilder values = new StringBuilder();
  private final Map<String, NdArray> tensors = new LinkedHashMap<>();

  private TensorListing() {}

  /// The content of {@code file} as text.
  ///
  /// @throws org.octolift.engine.InputException when the file is damaged or of another kind
  static String of(Path file) throws IOException {
    TensorListing listing = new TensorListing();
    if (ModelFiles.isSafetensors(file)) {
      try (Safetensors open = Safetensors.open(file)) {
        open.metadata().forEach(listing::add);
        open.tensors().forEach(listing::add);
      }
    } else if (ModelFiles.recognises(file)) {
      listing.add("", TorchFile.read(file));
    } else {
      listing.add("", ModelFiles.read(file));
    }
    return listing.text();
  }

  private void add(String name, Object value) {
    switch (value) {
      case NdArray tensor -> tensors.put(name, tensor);
      case Map<?, ?> map when !map.isEmpty() ->
          map.forEach((key, entry) -> add(name.isEmpty() ? "" + key : name + "." + key, entry));
      case List<?> list when list.stream().anyMatch(TensorListing::isContainer) -> {
        for (int i = 0; i < list.size(); i++) {
          add(name + "." + i, list.get(i));
        }
      }
      case List<?> list when list.size() > SHOWN ->
          values.append("%s: %,d values%n".formatted(name, list.size()));
      case byte[] bytes -> values.append("%s: %,d bytes%n".formatted(name, bytes.length));
      case null, default -> values.append("%s: %s%n".formatted(name, value));
    }
  }

  private static boolean isContainer(Object value) {
    return value instanceof NdArray || value instanceof Map || value instanceof List;
  }

  private String text() {
    StringBuilder text = new StringBuilder(values);
    if (WeightLayout.of(tensors) == WeightLayout.OCNN_PYTORCH) {
      text.append("layout: ").append(WeightLayout.OCNN_PYTORCH).append(System.lineSeparator());
    }
    int width = tensors.keySet().stream().mapToInt(String::length).max().orElse(0);
    long count = 0;
    for (Map.Entry<String, NdArray> entry : tensors.entrySet()) {
      NdArray tensor = entry.getValue();
      count += tensor.size();
      text.append(
          "%s  %-8s %s%n"
              .formatted(
                  entry.getKey() + " ".repeat(width - entry.getKey().length()),
                  tensor.dtype(),
                  shape(tensor.shape())));
    }
    return text.append("%,d tensors, %,d values%n".formatted(tensors.size(), count)).toString();
  }

  /// "(32, 189)".
  private static String shape(int[] shape) {
    return Arrays.stream(shape)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
