package org.octolift.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Records a [Program]. The same input key or variable always gives the same value.
public final class Recorder {
  private final List<Value> values = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();
  private final Set<Value> kept = new HashSet<>();
  private final Map<InputKey, Value> inputs = new HashMap<>();
  private final Map<Variable, Value> persistent = new HashMap<>();

  /// A planned float value that the next op writes.
  public Value temporary(String name, Rows rows, int channels) {
    return add(name, Value.Type.FLOAT, rows, channels, new Value.Source.Temporary());
  }

  /// A planned int value that the next op writes.
  public Value temporaryInts(String name, Rows rows, int channels) {
    return add(name, Value.Type.INT, rows, channels, new Value.Source.Temporary());
  }

  /// A float input of the batch.
  public Value input(InputKey key, Rows rows, int channels) {
    return input(key, Value.Type.FLOAT, rows, channels);
  }

  /// An int input of the batch.
  public Value inputInts(InputKey key, Rows rows, int channels) {
    return input(key, Value.Type.INT, rows, channels);
  }

  /// The value of a variable.
  public Value persistent(Variable variable) {
    return persistent.computeIfAbsent(
        variable,
        v ->
            add(
                v.name(),
                Value.Type.FLOAT,
                Rows.fixed(v.rows()),
                v.channels(),
                new Value.Source.Persistent(v)));
  }

  /// Appends an op.
  public void add(Op op) {
    ops.add(op);
  }

  /// Keeps a temporary readable after each run.
  public Value keep(Value value) {
    kept.add(value);
    return value;
  }

  /// The values recorded so far, by id.
  public List<Value> values() {
    return List.copyOf(values);
  }

  /// The program recorded so far.
  public Program program() {
    return new Program(values, ops, kept);
  }

  private Value input(InputKey key, Value.Type type, Rows rows, int channels) {
    Value value = inputs.get(key);
    if (value == null) {
      value = add(key.toString(), type, rows, channels, new Value.Source.Input(key));
      inputs.put(key, value);
    } else if (value.type() != type || !value.rows().equals(rows) || value.channels() != channels) {
      throw new IllegalArgumentException(
          "input %s is %s, asked for as (%s, %d)".formatted(key, value, rows, channels));
    }
    return value;
  }

  private Value add(String name, Value.Type type, Rows rows, int channels, Value.Source source) {
    Value value = new Value(values.size(), name, type, rows, channels, source);
    values.add(value);
    return value;
  }
}
