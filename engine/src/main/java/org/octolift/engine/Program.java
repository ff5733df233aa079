package org.octolift.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A recorded list of ops over values, replayed once a step on a device. Immutable.
///
/// @param values all values, by id
/// @param ops in order of execution
/// @param kept temporaries that stay readable after a run
public record Program(List<Value> values, List<Op> ops, Set<Value> kept) {
  /// Checks that every temporary is written before it is read and that inputs are never written.
  public Program {
    values = List.copyOf(values);
    ops = List.copyOf(ops);
    kept = Set.copyOf(kept);
    Set<Value> written = new HashSet<>();
    for (Op op : ops) {
      for (Value value : op.reads()) {
        if (value.isTemporary() && !written.contains(value)) {
          throw new IllegalArgumentException(
              op.name() + " reads " + value + " before it is written");
        }
      }
      for (Value value : op.writes()) {
        if (value.source() instanceof Value.Source.Input) {
          throw new IllegalArgumentException(op.name() + " writes the input " + value);
        }
        written.add(value);
      }
    }
    for (Value value : kept) {
      if (!written.contains(value)) {
        throw new IllegalArgumentException(value + " is kept but never written");
      }
    }
  }

  /// The values that the batch supplies and that some op reads.
  public List<Value> inputs() {
    List<Value> inputs = new ArrayList<>();
    Set<Value> seen = new HashSet<>();
    for (Op op : ops) {
      for (Value value : op.reads()) {
        if (value.source() instanceof Value.Source.Input && seen.add(value)) {
          inputs.add(value);
        }
      }
    }
    return List.copyOf(inputs);
  }
}
