package org.octolift.apps.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.Op;
import org.octolift.engine.Value;
import org.octolift.engine.ops.Convolution;
import org.octolift.engine.ops.ConvolutionWeightGradient;

/// Where a program's time goes: ops of one kind and shape together, the longest first.
final class OpTable {
  private record Row(int count, double gflop, double seconds) {
    Row plus(double moreFlop, double moreSeconds) {
      return new Row(count + 1, gflop + moreFlop, seconds + moreSeconds);
    }
  }

  private static final Row EMPTY = new Row(0, 0, 0);

  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final Map<String, Row> kinds = new LinkedHashMap<>();
  private Row total = EMPTY;

  void add(Op op, double gflop, double seconds) {
    rows.merge(shape(op), EMPTY.plus(gflop, seconds), (a, b) -> a.plus(b.gflop, b.seconds));
    kinds.merge(kind(op), EMPTY.plus(gflop, seconds), (a, b) -> a.plus(b.gflop, b.seconds));
    total = total.plus(gflop, seconds);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-58s %5s %9s %7s %9s %9s".formatted("op", "count", "ms", "share", "GFLOP", "GFLOP/s"));
    addAll(lines, kinds);
    lines.add(line("total", total));
    addAll(lines, rows);
    return lines;
  }

  private void addAll(List<String> lines, Map<String, Row> table) {
    table.entrySet().stream()
        .sorted(Comparator.comparingDouble(entry -> -entry.getValue().seconds))
        .forEach(entry -> lines.add(line(entry.getKey(), entry.getValue())));
  }

  private String line(String name, Row row) {
    return "%-58s %5d %9.2f %6.1f%% %9.2f %9s"
        .formatted(
            name,
            row.count,
            1e3 * row.seconds,
            100 * row.seconds / total.seconds,
            row.gflop,
            row.gflop == 0 ? "" : "%.1f".formatted(row.gflop / row.seconds));
  }

  private static String kind(Op op) {
    return op instanceof Convolution c && c.transposed() ? op.name() + " backwards" : op.name();
  }

  private static String shape(Op op) {
    String shape =
        switch (op) {
          case Convolution c -> channels(c.x(), c.y()) + " to " + c.y().rows();
          case ConvolutionWeightGradient c -> channels(c.x(), c.dy()) + " to " + c.dy().rows();
          default -> op.writes().getFirst().rows() + " x " + op.writes().getFirst().channels();
        };
    return "  " + kind(op) + " " + shape;
  }

  private static String channels(Value in, Value out) {
    return in.channels() + ">" + out.channels();
  }
}
