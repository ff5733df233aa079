package org.octolift.nn.autograd;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.octolift.engine.Recorder;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Add;
import org.octolift.engine.ops.AddInPlace;

/// The gradients known so far while a tape is walked backwards. A value that several ops read
/// gets the sum of their contributions, in reverse order of reading.
public final class Gradients {
  private final Recorder recorder;
  private final Set<Value> differentiable;
  private final Map<Value, Function<Gradients, Value>> recipes;
  private final Map<Value, Value> byValue = new HashMap<>();
  private final Map<Value, Value> recomputed = new HashMap<>();

  /// Gradients that belong to one value only and so may be added to in place.
  private final Set<Value> owned = new HashSet<>();

  /// @param recipes how to compute values again that are not kept for the way back
  Gradients(
      Recorder recorder,
      Set<Value> differentiable,
      Map<Value, Function<Gradients, Value>> recipes) {
    this.recorder = recorder;
    this.differentiable = differentiable;
    this.recipes = recipes;
  }

  /// Where derivative rules record their ops.
  public Recorder recorder() {
    return recorder;
  }

  /// Whether somebody needs the gradient of this value.
  public boolean wanted(Value value) {
    return value != null && differentiable.contains(value);
  }

  /// The gradient of a value, or null if nothing contributed.
  public Value of(Value value) {
    return byValue.get(value);
  }

  /// A value of the forward pass, for use in a derivative: the value itself, or, if computing it
  /// again is cheaper than keeping it, a new one of the same bits.
  public Value forward(Value value) {
    Function<Gradients, Value> recipe = recipes.get(value);
    if (recipe == null) {
      return value;
    }
    Value again = recomputed.get(value);
    if (again == null) {
      again = recipe.apply(this);
      recomputed.put(value, again);
    }
    return again;
  }

  /// A new value shaped like {@code value} to hold a contribution to its gradient.
  public Value like(Value value) {
    return recorder.temporary("d(" + value.name() + ")", value.rows(), value.channels());
  }

  /// Adds a contribution that nothing else uses.
  public void add(Value value, Value contribution) {
    contribute(value, contribution, true);
  }

  /// Adds a contribution that is also the gradient of another value.
  public void addShared(Value value, Value contribution) {
    contribute(value, contribution, false);
  }

  private void contribute(Value value, Value contribution, boolean own) {
    if (!wanted(value)) {
      return;
    }
    if (!own) {
      owned.remove(contribution);
    }
    Value present = byValue.get(value);
    if (present == null) {
      byValue.put(value, contribution);
      if (own) {
        owned.add(contribution);
      }
    } else if (owned.contains(present)) {
      recorder.add(new AddInPlace(present, contribution));
    } else {
      Value sum = like(value);
      recorder.add(new Add(sum, present, contribution));
      byValue.put(value, sum);
      owned.add(sum);
    }
  }
}
