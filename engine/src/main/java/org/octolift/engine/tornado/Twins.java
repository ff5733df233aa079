package org.octolift.engine.tornado;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
///
/// Ops are asked from the last to the first, so that one that copies knows how what it writes is
/// stored before it says what it reads.
final class Twins implements Storage {
  private final Program program;
  private final List<Value> values;
  private final Map<Twin, Value> stored = new LinkedHashMap<>();
  private final Map<Value, Twin> twinOf = new HashMap<>();
  private final Map<Value, List<Twin>> twinsOf = new HashMap<>();
  private final Map<Value, List<Twin>> converted = new HashMap<>();
  private final Set<Value> absent = new HashSet<>();
  private final List<List<Value>> read;

  Twins(Program program, KernelStyle style) {
    this.program = program;
    this.values = new ArrayList<>(program.values());
    boolean wanted = style.groups() && style.precision() == Precision.BF16;
    this.read =
        wanted
            ? new Choice(style.library()).read()
            : program.ops().stream().map(Op::reads).toList();
  }

  /// Decides for each value, from the last op to the first.
  private final class Choice {
    private final Map<Value, Integer> writers = new HashMap<>();
    private final Map<Twin, Integer> wanted = new LinkedHashMap<>();
    private final Set<Value> asFloats = new HashSet<>(program.kept());
    private final Set<Value> asSigns = new HashSet<>();
    private final List<List<Twin>> twinsRead = new ArrayList<>();

    /// @param library whether dense products are left to one
    Choice(boolean library) {
      program.ops().forEach(op -> op.writes().forEach(v -> writers.merge(v, 1, Integer::sum)));
      Constants constants = Constants.of(program);
      for (Op op : program.ops().reversed()) {
        DeviceOp reader = (DeviceOp) op;
        op.writes().forEach(value -> decide(value, reader));
        Set<Value> rounded =
            op.writes().stream().filter(absent::contains).collect(Collectors.toSet());
        List<Twin> twins =
            reader.twinsRead(rounded, library).stream()
                .filter(twin -> hasOneWriter(twin.value()) && !constants.contains(twin.value()))
                .toList();
        twinsRead.addFirst(twins);
        twins.forEach(twin -> wanted.merge(twin, 1, Integer::sum));
        for (Value value : op.reads()) {
          if (twins.stream().noneMatch(twin -> twin.value().equals(value))) {
            (reader.readsSigns(value) ? asSigns : asFloats).add(value);
          }
        }
      }
    }

    private boolean hasOneWriter(Value value) {
      return value.isTemporary() && writers.get(value) == 1;
    }

    /// Decides for a value all of whose readers have been asked.
    private void decide(Value value, DeviceOp writer) {
      List<Twin> all = wanted.keySet().stream().filter(t -> t.value().equals(value)).toList();
      List<Twin> written = writer.twinsWritten(value, all);
      List<Twin> others =
          all.stream()
              .filter(twin -> twin.layout() != Twin.Layout.COLUMNS && wanted.get(twin) > 1)
              .filter(twin -> !written.contains(twin))
              .toList();
      List<Twin> twins = Stream.concat(written.stream(), others.stream()).toList();
      if (twins.isEmpty()) {
        return;
      }
      twins.forEach(this::store);
      twinsOf.put(value, twins);
      converted.put(value, others);
      boolean floats =
          asFloats.contains(value)
              || twins.size() < all.size()
              || (asSigns.contains(value) && !stored.containsKey(Twin.rows(value)));
      if (!floats && others.isEmpty()) {
        absent.add(value);
      }
    }

    private void store(Twin twin) {
      Value value = twin.value();
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
    }

    /// What each op reads.
    List<List<Value>> read() {
      List<List<Value>> read = new ArrayList<>();
      for (int i = 0; i < program.ops().size(); i++) {
        DeviceOp op = (DeviceOp) program.ops().get(i);
        Set<Value> places = new LinkedHashSet<>();
        for (Value value : op.reads()) {
          List<Twin> twins =
              twinsRead.get(i).stream().filter(t -> t.value().equals(value)).toList();
          if (twins.isEmpty() && op.readsSigns(value)) {
            twins = List.of(Twin.rows(value));
          }
          twins.stream().filter(stored::containsKey).forEach(t -> places.add(stored.get(t)));
          if (twins.isEmpty() || !stored.keySet().containsAll(twins)) {
            places.add(value);
          }
        }
        read.add(List.copyOf(places));
      }
      return read;
    }
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
