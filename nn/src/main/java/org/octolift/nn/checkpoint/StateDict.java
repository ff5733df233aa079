package org.octolift.nn.checkpoint;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;

/// A model's parameters as the reference's state dict: its names, order, shapes and layouts
/// , with the counters `num_batches_tracked` as int64 scalars.
public final class StateDict {
  /// What the names of a classifier's entries contain; a fine-tuned model keeps its own.
  private static final String HEADER = "header";

  private static final int NAMED = 4;

  private StateDict() {}

  /// Copies of all parameters and counters in order.
  public static SequencedMap<String, NdArray> of(ParameterSet parameters) {
    SequencedMap<String, NdArray> entries = new LinkedHashMap<>();
    for (String name : parameters.names()) {
      Parameter parameter = parameters.get(name);
      entries.put(
          name,
          parameter == null
              ? NdArray.of(new long[] {parameters.batchesTracked().get(name)})
              : NdArray.of(parameter.toReference(), parameter.shape()));
    }
    return entries;
  }

  /// The entries in the order of PyTorch's state dict, which safetensors files do not keep.
  public static SequencedMap<String, NdArray> ordered(Map<String, NdArray> entries) {
    SequencedMap<String, NdArray> ordered = new LinkedHashMap<>();
    entries.keySet().stream()
        .sorted(new StateDictOrder())
        .forEach(name -> ordered.put(name, entries.get(name)));
    return ordered;
  }

  /// Sets all parameters and counters. Nothing is set when anything is wrong. Floating-point
  /// numbers of other widths are rounded to float32.
  ///
  /// @param file where the entries come from, for messages
  /// @throws InputException when a name is missing or unexpected, a shape differs or values are of
  ///     another kind
  public static void load(ParameterSet parameters, Map<String, NdArray> entries, Path file) {
    Set<String> missing = new LinkedHashSet<>(parameters.names());
    missing.removeAll(entries.keySet());
    checkNames(parameters, entries, missing, file);
    set(parameters, entries, file);
  }

  /// Sets everything but the classifier from a model of other classes: each entry whose name does
  /// not contain "header". Parameters without an entry keep their values. Nothing
  /// is set when anything is wrong.
  ///
  /// @param file where the entries come from, for messages
  /// @throws InputException when there is no such entry, one is unexpected, its shape differs or
  ///     its values are of another kind
  public static void loadTrunk(ParameterSet parameters, Map<String, NdArray> entries, Path file) {
    Map<String, NdArray> trunk = new LinkedHashMap<>(entries);
    trunk.keySet().removeIf(name -> name.contains(HEADER));
    Set<String> missing =
        trunk.isEmpty() ? new LinkedHashSet<>(parameters.names()) : new LinkedHashSet<>();
    checkNames(parameters, trunk, missing, file);
    set(parameters, trunk, file);
  }

  private static void checkNames(
      ParameterSet parameters, Map<String, NdArray> entries, Set<String> missing, Path file) {
    Set<String> unexpected = new LinkedHashSet<>(entries.keySet());
    parameters.names().forEach(unexpected::remove);
    if (missing.isEmpty() && unexpected.isEmpty()) {
      return;
    }
    StringBuilder problem = new StringBuilder("this checkpoint is of another network:");
    if (!missing.isEmpty()) {
      problem.append(
          " %d of %d expected entries are missing, e.g. %s%s"
              .formatted(
                  missing.size(),
                  parameters.names().size(),
                  missing.stream()
                      .limit(NAMED)
                      .map(name -> name + " " + Shapes.text(shape(parameters, name)))
                      .collect(Collectors.joining(", ")),
                  unexpected.isEmpty() ? "" : ";"));
    }
    if (!unexpected.isEmpty()) {
      problem.append(
          " %d of %d entries found are unexpected, e.g. %s"
              .formatted(
                  unexpected.size(),
                  entries.size(),
                  unexpected.stream()
                      .limit(NAMED)
                      .map(name -> name + " " + Shapes.text(entries.get(name).shape()))
                      .collect(Collectors.joining(", "))));
    }
    if (WeightLayout.of(entries) == WeightLayout.OCNN_PYTORCH) {
      problem.append("; it has ocnn-pytorch's layout: octolift convert changes it");
    }
    throw InputException.in(file, problem.toString());
  }

  private static void set(ParameterSet parameters, Map<String, NdArray> entries, Path file) {
    Map<String, Long> counts = new LinkedHashMap<>();
    entries.forEach(
        (name, entry) -> {
          int[] expected = shape(parameters, name);
          if (!Arrays.equals(expected, entry.shape())) {
            throw InputException.in(
                file,
                "this checkpoint is of another network: expected %s %s, found %s"
                    .formatted(name, Shapes.text(expected), Shapes.text(entry.shape())));
          }
          if (parameters.get(name) == null) {
            counts.put(name, count(name, entry, file));
          } else if (!entry.dtype().isFloat()) {
            throw InputException.in(
                file,
                "%s: expected floating-point numbers, found %s".formatted(name, entry.dtype()));
          }
        });
    // One by one: copies of all at once would need as much memory as the model.
    entries.forEach(
        (name, entry) -> {
          Parameter parameter = parameters.get(name);
          if (parameter != null) {
            parameter.fromReference(floats(entry));
          }
        });
    counts.forEach(parameters::setBatchesTracked);
  }

  private static long count(String name, NdArray entry, Path file) {
    long count = entry.dtype().isFloat() ? -1 : entry.longs()[0];
    if (count < 0) {
      throw InputException.in(
          file, "%s: expected a number of batches, found %s".formatted(name, entry.dtype()));
    }
    return count;
  }

  private static float[] floats(NdArray entry) {
    if (entry.dtype() != DType.FLOAT64) {
      return entry.floats();
    }
    double[] wide = entry.doubles();
    float[] rounded = new float[wide.length];
    for (int i = 0; i < wide.length; i++) {
      rounded[i] = (float) wide[i];
    }
    return rounded;
  }

  /// The shape of an entry in the reference.
  private static int[] shape(ParameterSet parameters, String name) {
    Parameter parameter = parameters.get(name);
    return parameter == null ? new int[0] : parameter.shape();
  }
}
