package org.octolift.engine.tornado;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Value;

/// What is the same in every run of a program: variables that no op writes, and what ops make of
/// them alone, such as standardised weights. A device computes that once.
///
/// @param values the constant ones
/// @param ops that write constants
record Constants(Set<Value> values, Set<Op> ops) {
  static Constants of(Program program) {
    Map<Value, Integer> writers = new HashMap<>();
    program
        .ops()
        .forEach(op -> op.writes().forEach(value -> writers.merge(value, 1, Integer::sum)));
    Set<Value> values = new HashSet<>();
    for (Value value : program.values()) {
      if (value.source() instanceof Value.Source.Persistent && !writers.containsKey(value)) {
        values.add(value);
      }
    }
    Set<Op> ops = new HashSet<>();
    for (Op op : program.ops()) {
      List<Value> reads = op.reads();
      boolean once =
          op.writes().stream()
              .allMatch(
                  value ->
                      value.isTemporary()
                          && writers.get(value) == 1
                          && !program.kept().contains(value));
      if (!reads.isEmpty() && values.containsAll(reads) && once) {
        ops.add(op);
        values.addAll(op.writes());
      }
    }
    return new Constants(values, ops);
  }

  boolean contains(Value value) {
    return values.contains(value);
  }

  boolean contains(Op op) {
    return ops.contains(op);
  }
}
