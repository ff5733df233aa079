package org.octolift.engine.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;

/// When the temporaries of a program must be in memory.
final class Lifetimes {
  /// Values that lie in the same memory one after the other, each computed in place of the one
  /// before; one alone as a rule.
  ///
  /// @param size number of elements, at least one
  /// @param first the op that writes them first
  /// @param last the op that touches them last
  record Life(List<Value> values, int size, int first, int last) {
    boolean overlaps(Life other) {
      return first <= other.last && other.first <= last;
    }

    boolean holds(int time) {
      return first <= time && time <= last;
    }

    Value.Type type() {
      return values.getFirst().type();
    }

    int id() {
      return values.getFirst().id();
    }

    long bytes() {
      return (long) type().bytes() * size;
    }
  }

  private static final int NEVER = -1;

  private final Program program;
  private final Storage storage;
  private final int[] first;
  private final int[] last;
  private final Value[] successors; // what is computed in a value's place
  private final Set<Value> placed;

  Lifetimes(Program program, Storage storage) {
    this.program = program;
    this.storage = storage;
    int count = storage.values().size();
    first = new int[count];
    last = new int[count];
    successors = new Value[count];
    Arrays.fill(first, NEVER);
    for (int time = 0; time < program.ops().size(); time++) {
      touch(storage.touched(time), time);
    }
    program.kept().forEach(value -> last[value.id()] = Integer.MAX_VALUE);
    placed = inPlace();
  }

  private void touch(List<Value> values, int time) {
    for (Value value : values) {
      if (first[value.id()] == NEVER) {
        first[value.id()] = time;
      }
      last[value.id()] = time;
    }
  }

  /// Whether some op reads or writes a value.
  boolean isUsed(Value value) {
    return first[value.id()] != NEVER;
  }

  /// The lives of all temporaries, by the number of their first value.
  List<Life> lives(ToIntFunction<Rows> capacity) {
    List<Life> lives = new ArrayList<>();
    for (Value value : storage.values()) {
      if (value.isTemporary() && isUsed(value) && !placed.contains(value)) {
        List<Value> values = new ArrayList<>();
        for (Value next = value; next != null; next = successors[next.id()]) {
          values.add(next);
        }
        int size = storage.size(value, capacity.applyAsInt(value.rows()));
        int end = last[values.getLast().id()];
        lives.add(new Life(values, Math.max(1, size), first[value.id()], end));
      }
    }
    return lives;
  }

  /// Finds what may be computed in place of an input that dies; returns these values.
  private Set<Value> inPlace() {
    Set<Value> found = new HashSet<>();
    for (int time = 0; time < program.ops().size(); time++) {
      Op op = program.ops().get(time);
      for (Map.Entry<Value, Value> pair : op.inPlace().entrySet()) {
        Value output = pair.getKey();
        Value input = pair.getValue();
        boolean free = successors[input.id()] == null && !op.writes().contains(input);
        if (free && isBorn(output, time) && dies(input, time)) {
          successors[input.id()] = output;
          found.add(output);
        }
      }
    }
    return found;
  }

  private boolean isBorn(Value value, int time) {
    return value.isTemporary() && first[value.id()] == time;
  }

  private boolean dies(Value value, int time) {
    return value.isTemporary() && first[value.id()] < time && last[value.id()] == time;
  }

  /// When most temporaries are in memory.
  Optional<MemoryPlan.Peak> peak(ToIntFunction<Rows> capacity) {
    List<Life> lives = lives(capacity);
    long most = 0;
    int when = NEVER;
    for (Life start : lives) {
      long bytes = lives.stream().filter(l -> l.holds(start.first)).mapToLong(Life::bytes).sum();
      if (bytes > most) {
        most = bytes;
        when = start.first;
      }
    }
    if (when == NEVER) {
      return Optional.empty();
    }
    int time = when;
    List<Value> values =
        lives.stream()
            .filter(life -> life.holds(time))
            .sorted(Comparator.comparingLong(Life::bytes).reversed())
            .map(life -> at(life, time))
            .toList();
    return Optional.of(new MemoryPlan.Peak(program.ops().get(time), most, values));
  }

  /// Which value of a life is there after an op.
  private Value at(Life life, int time) {
    return life.values().reversed().stream()
        .filter(value -> first[value.id()] <= time)
        .findFirst()
        .orElseThrow();
  }
}
