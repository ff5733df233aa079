package org.octolift.engine;

import java.util.List;
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

  /// Runs on the CPU. The result must not depend on the number of threads.
  void run(CpuRun cpu);
}
