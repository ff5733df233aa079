package org.octolift.engine.tornado;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.octolift.engine.InputKey;
import org.octolift.engine.Program;
import org.octolift.engine.Value;
import org.octolift.engine.memory.MemoryPlan;
import org.octolift.engine.tornado.DeviceArrays.Element;

/// The arrays of a program's values, made as they are asked for. Temporaries have those of their
/// planned buffers.
final class ValueArrays {
  private final MemoryPlan memory;
  private final Constants constants;
  private final DeviceArrays arrays;
  private final Function<InputKey, ResidentArray> derived;
  private final Set<Integer> results;
  private final Map<Value, ResidentArray> ofValues = new LinkedHashMap<>();
  private final Map<Integer, ResidentArray> buffers = new HashMap<>();

  /// @param derived the array of an input that the device makes itself, null for others
  ValueArrays(
      Program program,
      MemoryPlan memory,
      Constants constants,
      DeviceArrays arrays,
      Function<InputKey, ResidentArray> derived) {
    this.memory = memory;
    this.constants = constants;
    this.arrays = arrays;
    this.derived = derived;
    this.results =
        program.kept().stream()
            .filter(Value::isTemporary)
            .map(memory::bufferOf)
            .collect(Collectors.toSet());
  }

  /// The array of a value.
  ResidentArray of(Value value) {
    return ofValues.computeIfAbsent(value, this::make);
  }

  /// All values that have been asked for, in this order.
  Map<Value, ResidentArray> all() {
    return Collections.unmodifiableMap(ofValues);
  }

  private ResidentArray make(Value value) {
    return switch (value.source()) {
      case Value.Source.Persistent(var variable) -> arrays.add(variable);
      case Value.Source.Input(var key) -> {
        ResidentArray made = derived.apply(key);
        yield made == null ? add(value, ResidentArray.Role.INPUT) : made;
      }
      case Value.Source.Temporary _ when constants.contains(value) ->
          add(value, ResidentArray.Role.PREPARED);
      case Value.Source.Temporary _ ->
          buffers.computeIfAbsent(memory.bufferOf(value), index -> buffer(value, index));
    };
  }

  private ResidentArray add(Value value, ResidentArray.Role role) {
    int size = Math.multiplyExact(memory.capacities().get(value.rows()), value.channels());
    return arrays.add(Element.of(value.type()), size, role);
  }

  private ResidentArray buffer(Value value, int index) {
    ResidentArray.Role role =
        results.contains(index) ? ResidentArray.Role.RESULT : ResidentArray.Role.TEMPORARY;
    return arrays.add(Element.of(value.type()), memory.buffers().get(index).size(), role);
  }
}
