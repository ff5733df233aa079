package org.octolift.engine.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/// The arrays of a plan.
final class DeviceArrays {
  /// What an array has.
  enum Element {
    FLOAT(Float.BYTES, FloatArray::new, FloatArray::fromSegmentShallow),
    INT(Integer.BYTES, IntArray::new, IntArray::fromSegmentShallow),
    LONG(Long.BYTES, LongArray::new, LongArray::fromSegmentShallow);

    private final long bytes;
    private final IntFunction<TornadoNativeArray> allocate;
    private final Function<MemorySegment, TornadoNativeArray> view;

    Element(
        int bytes,
        IntFunction<TornadoNativeArray> allocate,
        Function<MemorySegment, TornadoNativeArray> view) {
      this.bytes = bytes;
      this.allocate = allocate;
      this.view = view;
    }

    static Element of(Value.Type type) {
      return switch (type) {
        case FLOAT -> FLOAT;
        case INT -> INT;
        case FOURS -> LONG;
      };
    }

    static Element of(TornadoNativeArray array) {
      return switch (array) {
        case FloatArray _ -> FLOAT;
        case IntArray _ -> INT;
        case LongArray _ -> LONG;
        default -> throw new IllegalArgumentException(array.getClass().getName());
      };
    }
  }

  /// Which arrays have memory of their own on the host.
  enum Mirrors {
    /// All: where the host is the device.
    ALL,
    /// Those that the host reads or writes.
    USED,
    /// Constants and variables alone: nothing will run.
    FIXED
  }

  private final Mirrors mirrors;
  private final SharedMirror shared;
  private final List<ResidentArray> arrays = new ArrayList<>();
  private final Set<Integer> hashes = new HashSet<>();

  /// @param shared memory for the others
  DeviceArrays(Mirrors mirrors, SharedMirror shared) {
    this.mirrors = mirrors;
    this.shared = shared;
  }

  /// A new array of at least one element. TornadoVM finds a graph's arrays by their hash codes
  /// alone, so these must differ.
  ResidentArray add(Element element, int size, ResidentArray.Role role) {
    return added(make(element, Math.max(1, size), role), role);
  }

  /// A new array that never changes.
  ResidentArray constant(int... values) {
    ResidentArray array = add(Element.INT, values.length, ResidentArray.Role.CONSTANT);
    MemorySegment.copy(
        values, 0, array.host().getSegment(), ValueLayout.JAVA_INT, 0, values.length);
    return array;
  }

  /// The array of a variable.
  ResidentArray add(Variable variable) {
    if (!hashes.add(variable.host().hashCode())) {
      throw new IllegalStateException(
          "variable %s has the hash code of another array, which TornadoVM would mix up; start"
                  .formatted(variable)
              + " again");
    }
    return added(variable.host(), ResidentArray.Role.VARIABLE);
  }

  private ResidentArray added(TornadoNativeArray array, ResidentArray.Role role) {
    ResidentArray added = new ResidentArray(array, role);
    arrays.add(added);
    return added;
  }

  /// Notes that a graph uses an array, and returns the one by which it knows it. An array is
  /// given to the graphs after its first by its address, for which TornadoVM first allocates as
  /// much as the graph's own array has: these are of one element.
  TornadoNativeArray use(ResidentArray array, int graph) {
    array.usedBy(graph);
    if (mirrors == Mirrors.USED && array.isSharedBy(graph) && array.in(graph) == array.host()) {
      array.alias(graph, make(Element.of(array.host()), 1, ResidentArray.Role.SCRATCH));
    }
    return array.in(graph);
  }

  private TornadoNativeArray make(Element element, int size, ResidentArray.Role role) {
    TornadoNativeArray array = allocate(element, size, role);
    while (!hashes.add(array.hashCode())) {
      array = allocate(element, size, role);
    }
    return array;
  }

  private TornadoNativeArray allocate(Element element, int size, ResidentArray.Role role) {
    boolean own =
        switch (mirrors) {
          case ALL -> true;
          case USED -> role.isOfHost();
          case FIXED -> role == ResidentArray.Role.CONSTANT;
        };
    return own
        ? element.allocate.apply(size)
        : element.view.apply(shared.view(TornadoNativeArray.ARRAY_HEADER + size * element.bytes));
  }

  /// All arrays, in the order in which they were added.
  List<ResidentArray> all() {
    return arrays;
  }

  /// Bytes on the device.
  Map<ResidentArray.Role, Long> bytes() {
    Map<ResidentArray.Role, Long> bytes = new EnumMap<>(ResidentArray.Role.class);
    for (ResidentArray array : arrays) {
      bytes.merge(array.role(), array.bytes(), Long::sum);
    }
    return bytes;
  }
}
