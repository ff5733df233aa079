package org.octolift.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters of a model in the order of the reference's state dict, and the number of batches
/// that each BatchNorm layer has seen in training.
public final class ParameterSet {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Long> batchesTracked = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();

  /// Adds a parameter.
  ///
  /// @return the parameter
  public Parameter add(Parameter parameter) {
    if (parameters.putIfAbsent(parameter.name(), parameter) != null) {
      throw new IllegalArgumentException("two parameters are named " + parameter.name());
    }
    names.add(parameter.name());
    return parameter;
  }

  /// Adds a counter of batches, which the reference keeps as an int64 scalar.
  public void addCounter(String name) {
    if (batchesTracked.putIfAbsent(name, 0L) != null) {
      throw new IllegalArgumentException("two counters are named " + name);
    }
    names.add(name);
  }

  /// All parameters, statistics included, in order.
  public List<Parameter> all() {
    return List.copyOf(parameters.values());
  }

  /// The parameters that an optimiser updates, in the order of the reference's `parameters()`.
  public List<Parameter> trainable() {
    return parameters.values().stream().filter(Parameter::trainable).toList();
  }

  /// Names of all entries of the state dict, counters included, in order.
  public List<String> names() {
    return Collections.unmodifiableList(names);
  }

  /// The parameter of that name, or null.
  public Parameter get(String name) {
    return parameters.get(name);
  }

  /// The counters of batches.
  public Map<String, Long> batchesTracked() {
    return Collections.unmodifiableMap(batchesTracked);
  }

  /// Sets a counter.
  public void setBatchesTracked(String name, long count) {
    if (batchesTracked.replace(name, count) == null) {
      throw new IllegalArgumentException("no counter is named " + name);
    }
  }

  /// Counts one training batch in every BatchNorm layer.
  public void countBatch() {
    batchesTracked.replaceAll((name, count) -> count + 1);
  }

  /// Number of trainable values.
  public long trainableCount() {
    return trainable().stream().mapToLong(Parameter::size).sum();
  }

  /// Copies every value and counter from a set of the same model.
  public void copyFrom(ParameterSet other) {
    for (Parameter parameter : parameters.values()) {
      Parameter source = other.get(parameter.name());
      if (source == null || source.size() != parameter.size()) {
        throw new IllegalArgumentException("no values for " + parameter.name());
      }
      parameter.variable().data().getSegment().copyFrom(source.variable().values().getSegment());
    }
    batchesTracked.replaceAll((name, count) -> other.batchesTracked.get(name));
  }
}
