package org.octolift.apps.bench;

import java.util.List;
import java.util.function.Supplier;
import org.octolift.apps.profile.OpCosts;
import org.octolift.apps.profile.OpTable;
import org.octolift.engine.Op;
import org.octolift.engine.Program;

/// The time of each op of a program.
final class OpTimes {
  private OpTimes() {}

  /// The table of the fastest of {@code repeat} runs for each op.
  ///
  /// @param profile runs the program; nanoseconds of each op
  static List<String> measure(
      int repeat, Program program, OpCosts costs, Runnable setUp, Supplier<long[]> profile) {
    long[] best = null;
    for (int run = 0; run < repeat; run++) {
      setUp.run();
      long[] nanoseconds = profile.get();
      if (best == null) {
        best = nanoseconds;
      }
      for (int i = 0; i < best.length; i++) {
        best[i] = Math.min(best[i], nanoseconds[i]);
      }
    }
    OpTable table = new OpTable();
    for (int i = 0; i < best.length; i++) {
      Op op = program.ops().get(i);
      table.add(op, costs.gflop(op), best[i] * 1e-9);
    }
    return table.lines();
  }
}
