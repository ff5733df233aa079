package org.octolift.engine.tornado;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.octolift.engine.Op;
import org.octolift.engine.Program;
import org.octolift.engine.Value;
import org.octolift.engine.memory.Storage;

/// How a GPU stores the values of a program: as floats, as [Twin]s in 16 bits, or as both.
///
/// A value gets the twins that its readers want ([DeviceOp#twinsRead]), if one op alone writes it,
/// and if that op writes them itself ([DeviceOp#twinsWritten]) or several ops read them, for which
/// the value is then converted once, behind its writer. As floats it is stored while an op reads
/// it so: where all read twins and its writer writes them, never.
final class Twins implements Storage {
  private final Program program;
  private final List<Value> values;
  private final Map<Twin, Value> stored = new LinkedHashMap<>();
  private final Map<Value, Twin> twinOf = new HashMap<>();
  private final Map<Value, List<Twin>> twinsOf = new HashMap<>();
  private final Map<Value, List<Twin>> converted = new HashMap<>();
  private final Set<Value> absent;
  private final List<List<Value>> read = new ArrayList<>();

  Twins(Program program, KernelStyle style) {
    this.program = program;
    this.values = new ArrayList<>(program.values());
    boolean wanted = style.groups() && style.precision() == Precision.BF16;
    Map<Value, Op> writers = wanted ? writers(program) : Map.of();
    Map<Twin, Integer> readers = new LinkedHashMap<>();
    for (Op op : program.ops()) {
      for (Twin twin : wanted ? ((DeviceOp) op).twinsRead() : List.<Twin>of()) {
        if (writers.containsKey(twin.value())) {
          readers.merge(twin, 1, Integer::sum);
        }
      }
    }
    Map<Value, List<Twin>> candidates = new LinkedHashMap<>();
    for (Twin twin : readers.keySet()) {
      candidates.computeIfAbsent(twin.value(), _ -> new ArrayList<>()).add(twin);
    }
    candidates.forEach((value, twins) -> choose(value, twins, writers.get(value), readers));
    this.absent = absent(candidates.keySet());
  }

  /// The ops that alone write a temporary, by what they write.
  private static Map<Value, Op> writers(Program program) {
    Constants constants = Constants.of(program);
    Map<Value, Integer> counts = new HashMap<>();
    program.ops().forEach(op -> op.writes().forEach(v -> counts.merge(v, 1, Integer::sum)));
    Map<Value, Op> writers = new HashMap<>();
    for (Op op : program.ops()) {
      for (Value value : op.writes()) {
        if (value.isTemporary() && counts.get(value) == 1 && !constants.contains(value)) {
          writers.put(value, op);
        }
      }
    }
    return writers;
  }

  private void choose(Value value, List<Twin> wanted, Op writer, Map<Twin, Integer> readers) {
    List<Twin> written = ((DeviceOp) writer).twinsWritten(value, wanted);
    for (Twin twin : wanted) {
      boolean shared = twin.layout() != Twin.Layout.COLUMNS && readers.get(twin) > 1;
      if (!written.contains(twin) && shared) {
        converted.computeIfAbsent(value, _ -> new ArrayList<>()).add(twin);
      }
      if (written.contains(twin) || shared) {
        Value place =
            new Value(
                values.size(),
                value.name() + " in 16 bits",
                Value.Type.FOURS,
                value.rows(),
                value.channels(),
                new Value.Source.Temporary());
        values.add(place);
        stored.put(twin, place);
        twinOf.put(place, twin);
        twinsOf.computeIfAbsent(value, _ -> new ArrayList<>()).add(twin);
      }
    }
  }

  /// Notes what each op reads; returns the values that are not stored as floats.
  private Set<Value> absent(Collection<Value> candidates) {
    Set<Value> absent = new LinkedHashSet<>(candidates);
    absent.removeAll(program.kept());
    absent.removeIf(value -> !twinsOf.containsKey(value) || converted.containsKey(value));
    for (Op op : program.ops()) {
      Set<Value> places = new LinkedHashSet<>();
      for (Value value : op.reads()) {
        List<Twin> wanted = twinsOf.containsKey(value) ? wanted((DeviceOp) op, value) : List.of();
        wanted.stream().filter(stored::containsKey).forEach(twin -> places.add(stored.get(twin)));
        if (wanted.isEmpty() || !stored.keySet().containsAll(wanted)) {
          places.add(value);
          absent.remove(value);
        }
      }
      read.add(List.copyOf(places));
    }
    return absent;
  }

  private static List<Twin> wanted(DeviceOp op, Value value) {
    List<Twin> wanted = op.twinsRead().stream().filter(twin -> twin.value().equals(value)).toList();
    return wanted.isEmpty() && op.readsSigns(value) ? List.of(Twin.rows(value)) : wanted;
  }

  @Override
  public List<Value> values() {
    return values;
  }

  @Override
  public List<Value> touched(int op) {
    return Stream.concat(read.get(op).stream(), written(program.ops().get(op)).stream()).toList();
  }

  @Override
  public int size(Value value, int rows) {
    Twin twin = twinOf.get(value);
    return twin == null ? Math.multiplyExact(rows, value.channels()) : twin.longs(rows);
  }

  /// What an op writes.
  List<Value> written(Op op) {
    List<Value> written = new ArrayList<>();
    for (Value value : op.writes()) {
      if (isStored(value)) {
        written.add(value);
      }
      of(value).forEach(twin -> written.add(stored.get(twin)));
    }
    return written;
  }

  /// Whether a value is stored as floats.
  boolean isStored(Value value) {
    return !absent.contains(value);
  }

  /// What stands for a twin in the memory plan; null if it is not stored.
  Value place(Twin twin) {
    return stored.get(twin);
  }

  /// The twins of a value.
  List<Twin> of(Value value) {
    return twinsOf.getOrDefault(value, List.of());
  }

  /// The twins that a value is to be converted to behind its writer.
  List<Twin> converted(Value value) {
    return converted.getOrDefault(value, List.of());
  }

  /// What an op's kernels depend on beside the op: how each of its values is stored.
  List<Object> kind(Op op) {
    List<Object> kind = new ArrayList<>();
    Stream.concat(op.reads().stream(), op.writes().stream())
        .forEach(
            value -> {
              kind.add(isStored(value));
              of(value).forEach(twin -> kind.add(List.of(twin.layout(), twin.table() != null)));
            });
    return kind;
  }
}
