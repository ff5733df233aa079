package org.octolift.engine;

import java.util.List;
import java.util.Map;
import org.octolift.engine.cpu.CpuRun;

/// One step of a program. An op checks its values' types and shapes when it is made and may then
/// rely on them; it holds no arrays and no state, so a program runs on any device.
public interface Op {
  /// Short name for plans, profiles and messages.
  String name();

  /// Values that it reads.
  List<Value> reads();

  /// Values that it writes, whole. A value in both lists is updated in place.
  List<Value> writes();

  /// Outputs that may lie where an input lies that nobody needs any more: an element of such an
  /// output depends on the same element of that input, and not on others.
  default Map<Value, Value> inPlace() {
    return Map.of();
  }

  /// Runs on the CPU. The result must not depend on the number of threads.
  void run(CpuRun cpu);
}
