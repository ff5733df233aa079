package org.octolift.nn.optim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.octolift.engine.InputKey;
import org.octolift.engine.Recorder;
import org.octolift.engine.Rows;
import org.octolift.engine.Value;
import org.octolift.engine.Variable;
import org.octolift.nn.Parameter;

/// Keeps the state of an optimiser: variables shaped like their parameters, zero at first.
abstract sealed class AbstractOptimiser implements Optimiser permits Sgd, Adam {
  private final Map<String, Variable> state = new LinkedHashMap<>();
  private final Map<String, Parameter> owners = new LinkedHashMap<>();

  /// The state {@code name} of a parameter, made when first asked for.
  final Value state(Recorder recorder, String name, Parameter parameter) {
    String key = name + "." + parameter.name();
    owners.put(key, parameter);
    Variable like = parameter.variable();
    return recorder.persistent(
        state.computeIfAbsent(key, k -> new Variable(k, like.rows(), like.channels())));
  }

  final Value hyperInput(Recorder recorder, int count) {
    return recorder.input(new InputKey.Named(HYPER), Rows.fixed(1), count);
  }

  @Override
  public final Map<String, Variable> state() {
    return Collections.unmodifiableMap(state);
  }

  @Override
  public final Parameter owner(String stateName) {
    return owners.get(stateName);
  }
}
