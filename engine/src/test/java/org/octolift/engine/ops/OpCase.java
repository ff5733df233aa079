package org.octolift.engine.ops;

import java.util.function.Consumer;
import org.octolift.engine.Op;

/// A way to use an op: fills a scenario with values, the op and what is expected of it.
record OpCase(Class<? extends Op> op, String variant, Consumer<Scenario> define) {
  @Override
  public String toString() {
    return variant.isEmpty() ? op.getSimpleName() : op.getSimpleName() + " " + variant;
  }

  Scenario at(int rows, int channels) {
    Scenario scenario = new Scenario(rows, channels, toString().hashCode());
    define.accept(scenario);
    return scenario;
  }
}
